"""/cb/truy-vet/ca/<case>/: the ranked contacts of a case, what is decided about them, and looking again."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.templatetags.lachan import dmy, dmyhm
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.selectors import infectious, reasons
from lachan.outbreak.tracing.selectors.chain import chain
from lachan.outbreak.tracing.selectors.foci import rate_of
from lachan.outbreak.tracing.selectors.levels import levels_of
from lachan.outbreak.tracing.selectors.ranked import OPEN, Ranked, ranked
from lachan.outbreak.tracing.staff.common import (
    EXPOSURE_KINDS,
    EXPOSURE_WORDS,
    REVEAL,
    VIEW,
    WORK,
    Who,
    called,
    case_or_404,
    crumbs,
    level_words,
    slice_of,
    uuids,
)
from lachan.outbreak.tracing.staff.forms import DecideForm, RevealForm
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

STATES = {
    "": OPEN,
    "proposed": (Exposure.Status.PROPOSED,),
    "confirmed": (Exposure.Status.CONFIRMED,),
    "dismissed": (Exposure.Status.DISMISSED,),
}


@dataclass(frozen=True, slots=True)
class Line:
    """A contact as the list shows it."""

    row: Ranked
    who: Who
    level: str
    kind: str
    words: str
    reasons: Sequence[str]
    percent: int
    dismissed_for: str


@requires(VIEW)
@never_cache
@require_safe
def page(request: Request, case: UUID) -> HttpResponse:
    """The contacts of a case, the most urgent first, each with its evidence"""
    row, now = case_or_404(request, case), request.clock.now()
    state = request.GET.get("tinh_trang", "")
    everyone = ranked(row, now, statuses=Exposure.Status.values)
    wanted = STATES.get(state, OPEN)
    shown = slice_of([one for one in everyone if one.status in wanted], request.GET.get("cursor", ""), _key)
    reached, window = chain(row), infectious.window(row)
    context = {
        "case": row,
        "unit": units.label(row.unit),
        "window": window,
        "spreads": infectious.spreads(infectious.disease_of(row)),
        "lines": lines(request, row, shown.rows),
        "page": shown,
        "state": state if state in STATES else "",
        "counts": Counter(one.status for one in everyone),
        "levels": [(f"F{level}", reached.count(level)) for level in (1, 2, 3)],
        "rate": rate_of(row),
        "facts": _facts(row, window),
        "may_work": request.scope(WORK).covers_any(row.unit, row.reported_by),
        "may_reveal": request.scope(REVEAL).covers_any(row.unit, row.reported_by),
        "reveal": RevealForm(),
        "crumbs": crumbs(row),
    }
    return render(request, "tracing/case.html", context)


def _key(row: Ranked) -> UUID:
    return row.node


def _facts(case: Case, window: Any) -> list[tuple[str, Any]]:
    between = f"{dmyhm(window.since)} – {dmyhm(window.until)}" if window else None
    return [
        (_("Phân loại"), case.get_classification_display()),
        (_("Ngày khởi phát"), dmy(case.onset) or None),
        (_("Lấy mẫu dương tính"), dmy(case.sampled_on) or None),
        (_("Thời gian có thể lây"), between),
        (_("Đã cách ly từ"), dmyhm(case.isolated_at) or None),
    ]


def lines(request: Request, case: Case, rows: Sequence[Ranked]) -> list[Line]:
    """Rows with names for this reader, levels by the whole graph, and reasons."""
    who = called(request, {row.node: row.alias for row in rows})
    levels = levels_of([row.alias for row in rows], case.disease)
    ids = {one.place for row in rows for one in row.exposures if one.place}
    places = dict(Place.objects.filter(pk__in=ids).values_list("pk", "name"))
    return [
        Line(
            row,
            who[row.node],
            level_words(levels[row.alias].level if row.alias in levels else None),
            EXPOSURE_KINDS[Exposure.Status(row.status)],
            str(EXPOSURE_WORDS[Exposure.Status(row.status)]),
            reasons.of_row(row, places),
            round(100 * row.urgency.score),
            next((one.reason for one in row.exposures if one.reason), "")
            if row.status == Exposure.Status.DISMISSED
            else "",
        )
        for row in rows
    ]


@requires(WORK)
@require_POST
def decide(request: Request, case: UUID) -> HttpResponse:
    """Confirm the ticked contacts, dismiss them with a reason, or take that back"""
    row, now = case_or_404(request, case, WORK), request.clock.now()
    form = DecideForm(request.POST)
    wanted = set(uuids(request.POST.getlist("node")))
    if not form.is_valid() or not wanted:
        messages.warning(request, _("Chưa chọn người nào."))
        return _back(request, row)
    everyone = ranked(row, now, statuses=Exposure.Status.values)
    exposures = [one for each in everyone if each.node in wanted for one in each.exposures]
    try:
        _act(form.cleaned_data, exposures, request, now)
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        people = len({each.node for each in everyone} & wanted)
        messages.success(
            request, ngettext("Đã ghi cho %(n)d người.", "Đã ghi cho %(n)d người.", people) % {"n": people}
        )
    return _back(request, row)


def _act(given: dict[str, str], exposures: list[Exposure], request: Request, now: Any) -> None:
    if given["verb"] == "confirm":
        services.confirm(exposures, by=request.user, now=now)
    elif given["verb"] == "dismiss":
        services.dismiss(exposures, given["reason"], by=request.user, now=now)
    else:
        services.reconsider(exposures, by=request.user, now=now)


def _back(request: Request, case: Case) -> HttpResponse:
    response = redirect("tracing:case", case.pk)
    state = request.POST.get("tinh_trang", "")
    if state in STATES and state:
        response["Location"] += f"?tinh_trang={state}"
    return response


@requires(WORK)
@require_POST
def find(request: Request, case: UUID) -> HttpResponse:
    """Look again for whoever met the case, or (`f2`) whoever met its confirmed contacts"""
    row, now = case_or_404(request, case, WORK), request.clock.now()
    search = services.trace_contacts if request.POST.get("f2") else services.trace
    try:
        new = search(row, by=request.user, now=now)
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        text = ngettext("Tìm thấy thêm %(n)d tiếp xúc.", "Tìm thấy thêm %(n)d tiếp xúc.", new) % {"n": new}
        messages.success(request, text if new else _("Không có tiếp xúc nào mới."))
    return redirect("tracing:case", row.pk)
