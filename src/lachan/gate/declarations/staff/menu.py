"""What declarations add to the staff menu."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from lachan.base.navigation import NavItem, register
from lachan.registry.people import panels


def install() -> None:
    """Called once the apps are ready."""
    register(
        NavItem("gate", _("Tờ khai"), "declarations:list", "declarations.view", "clipboard-list", order=10),
        NavItem("gate", _("Theo dõi"), "declarations:queue", "follow_up.view", "list-check", order=20),
        NavItem("gate", _("Số liệu hôm nay"), "declarations:counts", "counters.view", "chart-bar", order=30),
        NavItem("gate", _("Khai hộ"), "declarations:assist", "assist.declare", "user-plus", order=40),
        NavItem("gate", _("Tờ giấy"), "declarations:paper", "paper.key", "file-text", order=50),
        NavItem(
            "gate",
            _("Yêu cầu của người dân"),
            "declarations:requests",
            "requests.decide",
            "message",
            order=60,
        ),
    )
    panels.register("declarations", panels.Panel(_("Tờ khai"), "declarations.view", _of_person))


def _of_person(person: UUID) -> str:
    return reverse("declarations:of_person", args=[person])
