"""/cb/ho-dan/: the list, as a table, and on paper."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.paging import Page, by_keys
from lachan.kernel.clock import local_day
from lachan.registry.audit.services import record
from lachan.registry.households.models import Household, RoundNote
from lachan.registry.households.selectors import listing
from lachan.registry.households.staff.forms import HouseholdFilter
from lachan.registry.units import selectors as units

VIEW, MANAGE = "households.view", "households.manage"
ORDER = ("unit", "hamlet", "number", "id")
WORRIES = dict(RoundNote.Worry.choices)
WORRY_KINDS = {"symptoms": "stop", "refused": "attention", "absent": "attention", "needs": "wait"}
MOST_PRINTED = 500
MOST_EXPORTED = 20_000
NOTHING: Page[Household] = Page([], "", True)


def found(request: Request, pk: UUID, permission: str = VIEW) -> Household:
    """The household, where the reader holds the permission; 404 otherwise."""
    house = listing.get(request.scope(permission), pk)
    if house is None:
        raise Http404
    return house


def _filtered(request: Request) -> tuple[HouseholdFilter, QuerySet[Household] | None]:
    scope = request.scope(VIEW)
    form = HouseholdFilter(request.asked, scope)
    return form, listing.households(scope, form.filters()) if form.is_valid() else None


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def household_list(request: Request) -> HttpResponseBase:
    """Households of the jurisdiction, by hamlet and number"""
    form, rows = _filtered(request)
    page = by_keys(rows, ORDER, request.GET.get("cursor", "")) if rows is not None else NOTHING
    shown = listing.rows(page.rows, local_day(request.clock.now()))
    context = {
        "form": form,
        "posted": True,
        "page": page,
        "rows": [
            (
                row,
                units.short_label(row.house.unit),
                WORRY_KINDS.get(row.worry, ""),
                WORRIES.get(row.worry, ""),
            )
            for row in shown
        ],
        "total": rows.count() if rows is not None else 0,
        "filtered": rows is None or any(form.cleaned_data.values()),
        "may_manage": bool(request.scope(MANAGE).paths),
        "export_url": f"{reverse('households:export')}?{request.GET.urlencode()}",
        "print_url": f"{reverse('households:print')}?{request.GET.urlencode()}",
    }
    return render(request, "households/list.html", context)


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def printed(request: Request) -> HttpResponseBase:
    """The filtered list on paper, with who lives there; leaves an event"""
    rows = _filtered(request)[1]
    houses = list((rows if rows is not None else Household.objects.none()).order_by(*ORDER)[:MOST_PRINTED])
    return paper(request, houses, _("Danh sách hộ dân"))


def paper(request: Request, houses: list[Household], title: str, sheet: bool = False) -> HttpResponse:
    """A list on paper. `sheet`: with empty columns for a round."""
    now = request.clock.now()
    _tell(request, len(houses))
    people = listing.living([house.pk for house in houses], local_day(now))
    context: dict[str, Any] = {
        "title": title,
        "houses": [(house, people.get(house.pk, [])) for house in houses],
        "unit": units.label(houses[0].unit) if houses else "",
        "now": now,
        "sheet": sheet,
        "full": len(houses) >= MOST_PRINTED,
    }
    return render(request, "households/print.html", context)


def _tell(request: Request, rows: int) -> None:
    with transaction.atomic():
        record(
            "households.exported",
            actor=request.user,
            subject_kind="household",
            data={"rows": rows},
            now=request.clock.now(),
        )


@requires(VIEW)
@discreet("q")
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The filtered list as a spreadsheet, a row a person; leaves an event"""
    rows = _filtered(request)[1]
    houses = list((rows if rows is not None else Household.objects.none()).order_by(*ORDER)[:MOST_EXPORTED])
    _tell(request, len(houses))
    people = listing.living([house.pk for house in houses], local_day(request.clock.now()))
    columns = [
        _("Xã, phường"), _("Thôn, tổ dân phố"), _("Số hộ"), _("Chủ hộ"), _("Họ tên"), _("Ngày hoặc năm sinh"),
        _("Giới tính"), _("Quan hệ với chủ hộ"), _("Địa chỉ"), _("Bệnh nền"), _("Mang thai"),
    ]  # fmt: skip
    lines = (_line(house, one) for house in houses for one in people.get(house.pk, [None]))
    return xlsx_response("ho-dan.xlsx", columns, lines, sheet=_("Hộ dân"))


def _line(house: Household, one: listing.Living | None) -> list[Any]:
    head = [units.label(house.unit), house.hamlet.name, house.number, house.head]
    if one is None:
        return [*head, "", "", "", "", house.address, "", ""]
    sex = {"m": _("Nam"), "f": _("Nữ")}.get(one.sex, "")
    said = {True: _("có"), False: _("không"), None: ""}
    member = one.member
    return [
        *head, one.name, one.birth, sex, member.relation, house.address, said[member.chronic], said[member.pregnant],
    ]  # fmt: skip
