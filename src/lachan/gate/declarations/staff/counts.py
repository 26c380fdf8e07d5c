"""/cb/dem/: live counts per place. The numbers are kept by the worker, never counted here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.declarations.models import PlaceDay
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.staff import present
from lachan.gate.declarations.staff.filters import DayFilter
from lachan.kernel.clock import local_day
from lachan.registry.places.models import Place

MOST = 200
SORTS = ("total", "stop", "attention", "green", "last", "name")


@dataclass(frozen=True, slots=True)
class PlaceCount:
    """A place's day."""

    place: Place
    unit: str
    green: int
    attention: int
    stop: int
    last_at: datetime

    @property
    def total(self) -> int:
        return self.green + self.attention + self.stop


@requires("counters.view")
@never_cache
@require_safe
def counts(request: Request) -> HttpResponse:
    """A day of the jurisdiction: its sum, and each place that had a declaration."""
    now, scope = request.clock.now(), request.scope("counters.view")
    form = DayFilter(request.GET, scope)
    today = local_day(now)
    day = form.chosen(today)
    within = (
        scope.intersect(form.cleaned_data["don_vi"])
        if form.is_valid() and form.cleaned_data["don_vi"]
        else scope
    )
    sort = request.GET.get("sort", "total")
    rows = place_counts(within, day, sort if sort in SORTS else "total")
    context = {
        "form": form,
        "day": day,
        "today": today,
        "as_of": now,
        "sum": counters.units(within, day),
        "rows": rows[:MOST],
        "may_list": bool(request.scope("declarations.view").paths),
        "may_place": bool(request.scope("places.view").paths),
        "hidden": max(0, len(rows) - MOST),
        "sort": sort,
        "here": request.get_full_path(),
    }
    return render(request, "declarations/staff/counts.html", context)


def place_counts(scope: Scope, day: date, sort: str) -> list[PlaceCount]:
    """Every place of the scope that had a declaration on the day, most first (or by name, or latest first)."""
    mine = scope.narrow(Place.objects.all(), "unit")
    days = list(PlaceDay.objects.filter(day=day, place__in=mine.values("id")))
    places = mine.in_bulk([row.place for row in days])
    found = [
        PlaceCount(place, present.near(place.unit), row.green, row.attention, row.stop, row.last_at)
        for row in days
        if (place := places.get(row.place))
    ]
    if sort == "name":
        return sorted(found, key=lambda one: (one.place.folded, one.place.code))
    return sorted(found, key=lambda one: _value(one, sort), reverse=True)


def _value(one: PlaceCount, sort: str) -> tuple[float, str]:
    value = one.last_at.timestamp() if sort == "last" else getattr(one, sort)
    return value, one.place.code


@requires("counters.view")
@never_cache
@require_safe
def place_counter(request: Request, place: UUID) -> HttpResponse:
    """One place's counts of today as a piece of a page, for other pages to take in by htmx."""
    row = request.scope("counters.view").narrow(Place.objects.filter(pk=place), "unit").first()
    if row is None:
        raise Http404
    now = request.clock.now()
    context = {"counts": counters.place(row.id, now), "as_of": now, "url": request.path}
    return render(request, "declarations/staff/_place_counter.html", context)
