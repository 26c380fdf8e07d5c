"""/cb/cach-ly/: orders, who is to be called today, where there is room."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db import transaction
from django.http import FileResponse, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.paging import Page
from lachan.kernel.clock import local_day
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.selectors import orders
from lachan.outbreak.isolation.staff.forms import CheckForm, OrderFilter
from lachan.outbreak.isolation.words import ALARMS, LEVELS
from lachan.registry.audit import services as audit
from lachan.registry.units import selectors as units

VIEW, DRAFT = "isolation.view", "isolation.draft"
STATUS = {"draft": "wait", "issued": "work", "released": "done", "cancelled": "off"}
MOST_ROWS = 50_000


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def order_list(request: Request) -> HttpResponse:
    """Orders of the jurisdiction"""
    now, scope = request.clock.now(), request.scope(VIEW)
    today = local_day(now)
    form = OrderFilter(request.asked, scope)
    valid = form.is_valid()
    filters = form.filters() if valid else None
    page: Page[Order] = (
        orders.page(scope, filters, today, request.GET.get("cursor", "")) if filters else Page([], "", True)
    )
    context = {
        "form": form,
        "page": page,
        "rows": [shown(row, today) for row in page.rows],
        "total": orders.rows(scope, filters, today).count() if filters else 0,
        "counts": orders.counts(scope, now, today),
        "may_call": bool(request.scope(DRAFT).paths),
        "filtered": not valid or any(form.cleaned_data.values()),
        "export_url": f"{reverse('isolation:export')}?{request.GET.urlencode()}",
    }
    return render(request, "isolation/staff/list.html", context)


def shown(row: Order, today: Any) -> dict[str, Any]:
    """A row as lists show it."""
    return {
        "row": row,
        "unit": units.short_label(row.unit),
        "level": LEVELS.get(row.level, row.level),
        "kind": STATUS[row.status],
        "words": row.get_status_display(),
        "alarm": ALARMS.get(row.alarm, ""),
        "left": (row.to_on - today).days if row.status == Order.Status.ISSUED else None,
    }


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def export(request: Request) -> HttpResponse | FileResponse:
    """The filtered list as XLSX; leaves an event"""
    now, scope = request.clock.now(), request.scope(VIEW)
    today = local_day(now)
    form = OrderFilter(request.asked, scope)
    if not form.is_valid():
        return redirect("isolation:list")
    rows = list(orders.rows(scope, form.filters(), today).order_by("-id")[:MOST_ROWS])
    with transaction.atomic():
        audit.record(
            "order.exported", actor=request.user, subject_kind="order", data={"rows": len(rows)}, now=now
        )
    titles = [
        _("Số quyết định"), _("Họ và tên"), _("Mức"), _("Hình thức"), _("Đơn vị"), _("Từ ngày"), _("Đến ngày"),
        _("Tình trạng"), _("Báo động"), _("Tin gần nhất"),
    ]  # fmt: skip
    return xlsx_response(f"cach-ly-{today.isoformat()}.xlsx", titles, _lines(rows), _("Cách ly"))


def _lines(rows: list[Order]) -> Iterator[list[Any]]:
    for row in rows:
        yield [
            row.number, row.name, LEVELS.get(row.level, row.level), row.get_kind_display(), units.label(row.unit), row.from_on,
            row.to_on, row.get_status_display(), str(ALARMS.get(row.alarm, "")), row.last_check_at,
        ]  # fmt: skip


@requires(DRAFT)
@never_cache
@require_safe
def call_list(request: Request) -> HttpResponse:
    """Who hasn't been heard of today, alarms first"""
    now, scope = request.clock.now(), request.scope(DRAFT)
    today = local_day(now)
    page = orders.to_call(scope, today, request.GET.get("cursor", ""))
    context = {
        "page": page,
        "rows": [shown(row, today) for row in page.rows],
        "form": CheckForm(),
        "via": DailyCheck.Via.CALL.value,
        "tests": orders.due_tests(scope, today).select_related("order").order_by("due_on", "id")[:200],
        "crumbs": [(_("Cách ly"), reverse("isolation:list")), (_("Cần gọi hôm nay"), "")],
    }
    return render(request, "isolation/staff/call.html", context)


@requires(VIEW)
@never_cache
@require_safe
def room(request: Request) -> HttpResponse:
    """Places of isolation and how full they are"""
    scope = request.scope(VIEW)
    found = orders.sites(scope)
    context = {
        "sites": found,
        "inside": sum(site.inside for site in found),
        "capacity": sum(site.place.capacity or 0 for site in found),
        "crumbs": [(_("Cách ly"), reverse("isolation:list")), (_("Chỗ cách ly"), "")],
    }
    return render(request, "isolation/staff/room.html", context)
