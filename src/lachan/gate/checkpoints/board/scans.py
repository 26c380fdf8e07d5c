"""/cb/chot/luot/: the scans behind the board's numbers, without names, numbers or answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.paging import by_id
from lachan.base.scope import Scope
from lachan.gate.checkpoints.board.words import direction_words, how_words, reason_words
from lachan.gate.checkpoints.models import GateResult, Outcome, Scan
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField, day_field, place_named
from lachan.kernel.clock import day_bounds, local_day, ms_at
from lachan.kernel.ids import floor_of
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

MOST_TYPED = 100
ASTRAY = timedelta(days=1)
"""A device makes a line's id and its time by one clock; so far apart they may lie, and the id finds the day's rows."""
STOPPED, UNSCANNED = "stopped", "unscanned"
COUNTED = "count"  # `Scan.how` of people who were counted and not scanned


class ScanFilter(ScopedForm):
    """Which scans."""

    don_vi = UnitField(label=lazy("Đơn vị"))
    diem = forms.CharField(label=lazy("Chốt hoặc điểm"), required=False, max_length=MOST_TYPED)
    ngay = day_field(lazy("Ngày"))
    kq = forms.ChoiceField(
        label=lazy("Kết quả"),
        required=False,
        choices=[
            ("", lazy("Tất cả")),
            (STOPPED, lazy("Giữ lại hoặc chuyển y tế")),
            *[(str(value), words) for value, words in GateResult.choices],
            (UNSCANNED, lazy("Qua không quét")),
        ],
    )
    xu_ly = forms.ChoiceField(
        label=lazy("Xử lý"),
        required=False,
        choices=[("", lazy("Tất cả")), *[pair for pair in Outcome.choices if pair[0]]],
    )

    def clean_diem(self) -> Place | None:
        """A place of the jurisdiction by its code, else by a piece of its name."""
        text = self.cleaned_data["diem"].strip()
        if not text:
            return None
        place = place_named(text, self.scope) if "\x00" not in text else None
        if place is None or not self.scope.covers(place.unit):
            raise forms.ValidationError(_("Không có điểm khai báo này."))
        return place


@requires("checkpoints.view")
@never_cache
@require_safe
def scan_list(request: Request) -> HttpResponse:
    """A day's scans, newest first: where, how, what was decided and done; no names, no numbers"""
    now, scope = request.clock.now(), request.scope("checkpoints.view")
    form = ScanFilter(request.GET, scope)
    valid = form.is_valid()
    day = form.cleaned_data.get("ngay") or local_day(now)
    found = scans(scope if valid else Scope(), day, form.cleaned_data)
    page = by_id(found, request.GET.get("cursor", ""))
    places = Place.objects.in_bulk({row.place for row in page.rows})
    context = {
        "form": form,
        "page": page,
        "total": found.count(),
        "day": day,
        "rows": [_shown(row, places.get(row.place), day) for row in page.rows],
        "filtered": not valid or any(form.cleaned_data.values()),
        "crumbs": [(_("Bảng chỉ huy các chốt"), reverse("checkpoints:board")), (_("Lượt qua chốt"), "")],
    }
    return render(request, "checkpoints/board/scans.html", context)


def scans(scope: Scope, day: date, given: dict[str, Any]) -> QuerySet[Scan]:
    """The scans of a day that a filter names, unordered."""
    within = scope.intersect(given["don_vi"]) if given.get("don_vi") else scope
    start, end = day_bounds(day)
    found = within.narrow(Scan.objects.filter(occurred_at__gte=start, occurred_at__lt=end), "unit")
    found = found.filter(id__gte=floor_of(ms_at(start - ASTRAY)), id__lt=floor_of(ms_at(end + ASTRAY)))
    if place := given.get("diem"):
        found = found.filter(place=place.pk)
    if outcome := given.get("xu_ly"):
        found = found.filter(outcome=outcome)
    return found.filter(_decided(given.get("kq") or ""))


def _decided(result: str) -> Q:
    if result == STOPPED:
        return Q(result__gte=GateResult.HOLD)
    if result == UNSCANNED:
        return Q(how=COUNTED)
    return Q(result=int(result)) & ~Q(how=COUNTED) if result.isdigit() else Q()


def _shown(row: Scan, place: Place | None, day: date) -> tuple[Any, ...]:
    why = [reason_words(rule, day) for rule in row.reasons.split()]
    return row, place, units.label(row.unit), how_words(row.how), direction_words(row.direction), why
