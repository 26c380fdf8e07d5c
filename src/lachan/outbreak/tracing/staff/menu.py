"""What tracing adds to the staff menu, and what its tasks are called."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lachan.base.navigation import NavItem, register
from lachan.outbreak.cases import panels
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tracing.services.reviewing import REVIEW
from lachan.outbreak.tracing.services.self_reports import TASK


def install() -> None:
    """Called once the apps are ready."""
    register(NavItem("outbreak", lazy("Truy vết"), "tracing:list", "tracing.view", "affiliate", order=20))
    panels.register(
        "tracing",
        panels.Panel(
            lazy("Người tiếp xúc"),
            "tracing.view",
            lambda case: reverse("tracing:case", args=[case]),
            "affiliate",
            button=True,
        ),
    )
    titles.register(
        TASK, _self_report_title, _self_report_url, name=lazy("Xem lời tự khai đã gặp F1"), by_hand=False
    )
    titles.register(REVIEW, _title, _url, name=lazy("Xét người tiếp xúc"), by_hand=False)


def _title(task: Task) -> str:
    return _("Xét người tiếp xúc của ca %(code)s") % {"code": task.params.get("code", "")}


def _url(task: Task) -> str:
    return reverse("tracing:case", args=[task.subject])


def _self_report_title(task: Task) -> str:
    return _("Có người tự khai đã gặp %(code)s") % {"code": task.params.get("code", "")}


def _self_report_url(task: Task) -> str:
    return reverse("tracing:self_reports", args=[task.subject])
