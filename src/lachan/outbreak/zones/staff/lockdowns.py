"""Locking an area down, and the households inside: what they need, on paper, as a table."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones import drawing, services
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.outbreak.zones.rules import ZoneRules
from lachan.outbreak.zones.selectors import zones
from lachan.outbreak.zones.staff.forms import LockdownForm, NeedsForm
from lachan.outbreak.zones.staff.rows import left
from lachan.outbreak.zones.staff.views import PEOPLE, PROPOSE, crumbs, found
from lachan.registry.audit.services import record
from lachan.registry.households.models import Household
from lachan.registry.households.selectors import listing, unplaced
from lachan.registry.households.words import NEED_WORDS
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

MOST_DOTS = 5000


@requires(PROPOSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """Pick a commune, then its hamlets or an outline; POST proposes the lockdown"""
    unit = request.POST.get("unit", "") or request.GET.get("don_vi", "")
    scope = request.scope(PROPOSE)
    communes = units.communes_under(scope)
    if not unit and len(communes) == 1:
        unit = communes[0]
    if not (scope.covers(unit) and units.by_path(unit)):
        choices = [(path, units.label(path)) for path in communes]
        return render(
            request,
            "zones/lockdown_where.html",
            {"communes": choices, "crumbs": crumbs((_("Phong tỏa"), ""))},
        )
    return _drawn(request, unit)


def _drawn(request: Request, unit: str) -> HttpResponse:
    post, now = request.method == "POST", request.clock.now()
    hamlets = listing.hamlets(Scope((unit,)))
    form = LockdownForm(request.POST if post else None, request.FILES if post else None, hamlets)
    if post and form.is_valid():
        try:
            zone = _made(request, unit, form.cleaned_data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lập đề xuất phong tỏa; chờ người có thẩm quyền quyết định."))
            return redirect("zones:zone", zone.pk)
    standing = [(one.name, one.outline) for one in zones.in_force(unit, now) if one.outline]
    context = {
        "form": form,
        "unit": unit,
        "where": units.label(unit),
        "map": drawing.draw(unit, standing, _dots(request, unit)),
        "unplaced": unplaced(unit),
        "crumbs": crumbs((_("Phong tỏa"), "")),
    }
    return render(request, "zones/lockdown.html", context, status=422 if form.errors else 200)


def _dots(request: Request, unit: str) -> list[tuple[float, float]]:
    """Where households are, without whose they are."""
    if not request.scope(PEOPLE).covers(unit):
        return []
    rows = Household.objects.filter(
        unit=unit, closed_at=None, longitude__isnull=False, latitude__isnull=False
    )
    return [
        (x, y)
        for x, y in rows.values_list("longitude", "latitude")[:MOST_DOTS]
        if x is not None and y is not None
    ]


def _made(request: Request, unit: str, given: dict[str, Any]) -> Zone:
    outline, now = given["outline"], request.clock.now()
    if outline is not None and not drawing.overlaps(unit, outline):
        raise InvalidInput("zone_elsewhere", field="outline")
    disease = ZoneRules.at(local_day(now)).diseases[0]
    return services.lockdown(
        unit,
        disease,
        name=given["name"],
        outline=outline,
        hamlets=[UUID(one) for one in given.get("hamlets", ())],
        measures=given["measures"],
        by=request.user,
        now=now,
    )


@requires(PROPOSE)
@require_POST
def refresh(request: Request, pk: UUID) -> HttpResponse:
    """Bring the list of households up to date; what was noted stays"""
    zone = found(request, pk, PROPOSE)
    if zone.kind == Zone.Kind.LOCKDOWN and zone.status == Zone.Status.DECIDED:
        count = services.list_households(zone, now=request.clock.now())
        messages.success(request, _("Trong vùng có %(count)s hộ.") % {"count": count})
    return redirect("zones:zone", zone.pk)


def _row(request: Request, pk: UUID) -> ZoneHousehold:
    rows = request.scope(PROPOSE).narrow(ZoneHousehold.objects.filter(pk=pk), "unit")
    row = rows.select_related("zone").first()
    if row is None:
        raise Http404
    return row


@requires(PROPOSE)
@require_POST
def needs(request: Request, pk: UUID) -> HttpResponse:
    """What a household in a lockdown needs"""
    row, form = _row(request, pk), NeedsForm(request.POST)
    try:
        if not form.is_valid():
            raise InvalidInput("zone_needs")
        given = form.cleaned_data
        services.note_needs(row, given["needs"], note=given["note"], by=request.user, now=request.clock.now())
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã ghi."))
    return _back(row)


@requires(PROPOSE)
@require_POST
def met(request: Request, pk: UUID) -> HttpResponse:
    """What it needed was brought"""
    row = _row(request, pk)
    try:
        services.meet(row, by=request.user, now=request.clock.now())
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã ghi: đã đáp ứng."))
    return _back(row)


def _back(row: ZoneHousehold) -> HttpResponse:
    return redirect(reverse("zones:zone", args=[row.zone_id]) + f"#ho-{row.pk}")


def _told(request: Request, pk: UUID) -> tuple[Zone, list[zones.Inside]]:
    """The households for whoever may see households there; told to the log."""
    zone = found(request, pk)
    if not request.scope(PEOPLE).covers(zone.unit):
        raise Http404
    inside = zones.households(zone)
    with transaction.atomic():
        record(
            "zone.exported",
            actor=request.user,
            subject_kind="zone",
            subject=zone.pk,
            unit=zone.unit,
            data={"rows": len(inside)},
            now=request.clock.now(),
        )
    return zone, inside


@requires(PEOPLE)
@never_cache
@require_safe
def printed(request: Request, pk: UUID) -> HttpResponse:
    """The households of a lockdown on paper; leaves an event"""
    zone, inside = _told(request, pk)
    now = request.clock.now()
    context = {
        "zone": zone,
        "inside": inside,
        "totals": zones.totals(zone),
        "unit": units.label(zone.unit),
        "left": left(zone, now),
        "now": now,
        "need_words": NEED_WORDS,
    }
    return render(request, "zones/print.html", context)


@requires(PEOPLE)
@require_safe
def export(request: Request, pk: UUID) -> HttpResponseBase:
    """The same as a spreadsheet; leaves an event"""
    _zone, inside = _told(request, pk)
    columns = [
        _("Thôn, tổ dân phố"), _("Số hộ"), _("Chủ hộ"), _("Địa chỉ"), _("Số người"), _("Từ 65 tuổi"), _("Bệnh nền"),
        _("Mang thai"), _("Cần"), _("Đến lúc"), _("Đã đáp ứng lúc"),
    ]  # fmt: skip
    return xlsx_response("ho-phong-toa.xlsx", columns, (_line(one) for one in inside), sheet=_("Hộ"))


def _line(one: zones.Inside) -> list[Any]:
    house, row = one.house, one.row
    who = [house.hamlet.name, house.number, house.head, house.address] if house else ["", "", "", ""]
    needed = ", ".join(str(NEED_WORDS[need]) for need in one.needs if need in NEED_WORDS)
    return [*who, row.people, row.old, row.ill, row.pregnant, needed, row.visited_at, row.met_at]
