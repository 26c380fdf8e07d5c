"""The inspectors' pages: every place of the jurisdiction, declared at today or not, and what was seen there."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.portal import links
from lachan.portal.forms import InspectionForm, PlaceFilter
from lachan.portal.selectors import inspection
from lachan.portal.services.inspect import FINDINGS, OUTCOMES, note
from lachan.registry.audit import services as audit
from lachan.registry.places import selectors as places
from lachan.registry.places.codes import shown
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

PERMISSION = "places.inspect"
MOST_EXPORTED = 50_000


@requires(PERMISSION)
@discreet("q")
def index(request: Request) -> HttpResponse:
    """The list. A code that names one place of the jurisdiction (a scanned poster) opens it at once."""
    form = PlaceFilter(request.asked, request.scope(PERMISSION))
    if form.is_valid():
        code = inspection.code_in(form.cleaned_data["q"])
        if code and _place(request, code) is not None:
            return redirect("portal:inspect_place", code)
    found = _rows(request, form)
    page = inspection.page(found, request.clock.now(), request.GET.get("cursor", ""))
    context = {
        "form": form,
        "posted": True,
        "page": page,
        "total": found.count(),
        "counts": places.counts(found),
        "export_url": _export_url(request),
    }
    for each in page.rows:
        each.unit_label = units.label(each.unit)  # type: ignore[attr-defined]
    return render(request, "portal/inspect.html", context)


def _rows(request: Request, form: PlaceFilter) -> QuerySet[Place]:
    given: dict[str, Any] = form.cleaned_data if form.is_valid() else {}
    return inspection.rows(
        request.scope(PERMISSION),
        request.clock.now(),
        text=given.get("q", ""),
        kind=given.get("kind", ""),
        status=given.get("status", ""),
        unit=given.get("don_vi", ""),
        silent=given.get("im", False),
    )


def _export_url(request: Request) -> str:
    query = {key: value for key, value in request.GET.items() if key in PlaceFilter.base_fields}
    return links.to("portal:inspect_export") + (f"?{urlencode(query)}" if query else "")


def _place(request: Request, code: str) -> Place | None:
    """The place of a code inside the inspector's jurisdiction."""
    place = places.by_code(code)
    return place if place is not None and request.scope(PERMISSION).covers(place.unit) else None


@requires(PERMISSION)
def place(request: Request, code: str) -> HttpResponse:
    """One place; POST notes an inspection."""
    found = _place(request, code)
    if found is None:
        raise Http404
    form = InspectionForm(request.POST or None)
    if form.is_valid() and _noted(request, found, form):
        messages.success(request, _("Đã ghi lần kiểm tra."))
        return redirect("portal:inspect_place", found.code)
    [row] = inspection.with_counts([found], request.clock.now())
    context = {
        "place": found,
        "row": row,
        "unit": units.label(found.unit),
        "shown_code": shown(found.code),
        "form": form,
        "history": [_told(one) for one in inspection.inspections(found)],
    }
    status = 422 if form.is_bound and not form.is_valid() else 200
    return render(request, "portal/inspect_place.html", context, status=status)


def _noted(request: Request, found: Place, form: InspectionForm) -> bool:
    given = form.cleaned_data
    try:
        note(found, given["outcome"], given["findings"], by=request.user, now=request.clock.now())
    except InvalidInput as invalid:
        form.add_error(invalid.field, text_of(invalid.code, invalid.params))
        return False
    return True


def _told(one: inspection.Inspection) -> dict[str, Any]:
    """A line of the timeline component."""
    return {
        "title": OUTCOMES.get(one.outcome, one.outcome),
        "text": "; ".join(str(FINDINGS.get(each, each)) for each in one.findings),
        "at": one.at,
        "icon": "check" if one.outcome == "good" else "alert-triangle",
    }


@requires(PERMISSION)
@require_safe
@discreet("q")
def export(request: Request) -> HttpResponseBase:
    """The filtered list as a spreadsheet; the download is audited with its filters' names and its length."""
    now = request.clock.now()
    form = PlaceFilter(request.asked, request.scope(PERMISSION))
    found = _rows(request, form)
    with transaction.atomic():
        used = sorted(key for key in PlaceFilter.base_fields if request.GET.get(key))
        audit.record(
            "place.inspection_exported",
            actor=request.user,
            unit=request.scope(PERMISSION).paths[0],
            data={"filters": used, "rows": min(found.count(), MOST_EXPORTED)},
            now=now,
        )
    columns = [
        _("Mã"),
        _("Tên"),
        _("Loại"),
        _("Tình trạng"),
        _("Địa chỉ"),
        _("Xã, phường"),
        _("Lượt khai hôm nay"),
        _("Khai gần nhất"),
    ]
    return xlsx_response(f"kiem-tra-{local_day(now):%Y%m%d}.xlsx", columns, _lines(found, now))


def _lines(found: QuerySet[Place], now: Any) -> Iterator[list[Any]]:
    """Read a thousand places at a time, by id."""
    last = None
    for _step in range(MOST_EXPORTED // 1000):
        rows = list((found.filter(pk__lt=last) if last else found).order_by("-pk")[:1000])
        if not rows:
            return
        last = rows[-1].pk
        for row in inspection.with_counts(rows, now):
            it = row.place
            yield [
                it.code, it.name, it.get_kind_display(), it.get_status_display(), it.address, units.label(it.unit),
                row.today.total, row.last_at,
            ]  # fmt: skip
