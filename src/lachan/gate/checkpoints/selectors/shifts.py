"""Questions about shifts."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from lachan.base import typed
from lachan.base.paging import SIZE, Page, by_keys
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import Device, Shift
from lachan.kernel.clock import day_bounds, local_day
from lachan.registry.places.models import Place
from lachan.registry.places.selectors import by_code

MOST_TYPED = 100
RUNNING, COMING, OVER = "running", "coming", "over"
STATES = (RUNNING, COMING, OVER)


@dataclass(frozen=True, slots=True)
class ShiftRow:
    """A shift as a list shows it. `devices`: those enrolled and not revoked."""

    shift: Shift
    place: Place | None
    state: str
    devices: int


SORTS: dict[str, tuple[str, ...]] = {
    "starts": ("-starts_at", "-id"),
    "ends": ("ends_at", "id"),
    "place": ("place_name", "-id"),
    "devices": ("-enrolled", "-id"),
}


def get(scope: Scope, pk: UUID) -> Shift | None:
    """A shift, if it lies in the scope."""
    return scope.narrow(Shift.objects.filter(pk=pk), "unit").first()


def state_of(shift: Shift, now: datetime) -> str:
    """`running`, `coming` or `over`."""
    if shift.closed_at is not None or now >= shift.ends_at:
        return OVER
    return COMING if now < shift.starts_at else RUNNING


def search(
    scope: Scope, now: datetime, *, text: str = "", state: str = "", unit: str = ""
) -> QuerySet[Shift]:
    """Shifts of a scope by the place's name or code or their own name, in a state, below a unit."""
    rows = (scope.intersect(unit) if unit else scope).narrow(Shift.objects.all(), "unit")
    if state in STATES:
        rows = rows.filter(_in_state(state, now))
    return rows.filter(_typed(scope, text)) if text.strip() else rows


def _in_state(state: str, now: datetime) -> Q:
    open_still = Q(closed_at=None, ends_at__gt=now)
    if state == OVER:
        return ~open_still
    return open_still & (Q(starts_at__gt=now) if state == COMING else Q(starts_at__lte=now))


def _typed(scope: Scope, text: str) -> Q:
    named = scope.narrow(Place.objects.filter(typed.names(text, MOST_TYPED)), "unit")
    found = Q(place__in=named.values("pk"))
    if "\x00" not in text:
        found |= Q(name__icontains=text.strip()[:MOST_TYPED])
    place = by_code(text)
    return found | Q(place=place.pk) if place else found


def page(found: QuerySet[Shift], sort: str, cursor: str, size: int = SIZE) -> Page[Shift]:
    """One page of shifts in an order of SORTS."""
    order = SORTS.get(sort, SORTS["starts"])
    if "place_name" in order:
        names = Place.objects.filter(pk=OuterRef("place")).values("folded")[:1]
        found = found.annotate(place_name=Coalesce(Subquery(names), Value("")))
    if "-enrolled" in order:
        found = found.annotate(enrolled=Coalesce(Subquery(_enrolled()), Value(0)))
    return by_keys(found, order, cursor, size=size)


def _enrolled() -> QuerySet[Any]:
    """Devices of a shift that weren't revoked."""
    theirs = Device.objects.filter(shift=OuterRef("pk"), revoked_at=None).order_by()
    return theirs.values("shift").annotate(number=Count("pk")).values("number")


def rows_of(found: Iterable[Shift], now: datetime) -> list[ShiftRow]:
    """Shifts with their places and devices, in the order given."""
    shown = list(found)
    places = Place.objects.in_bulk({shift.place for shift in shown})
    owned = Device.objects.filter(shift__in=[shift.pk for shift in shown], revoked_at=None)
    devices = Counter(owned.values_list("shift", flat=True))
    return [
        ShiftRow(shift, places.get(shift.place), state_of(shift, now), devices[shift.pk]) for shift in shown
    ]


def of_day(scope: Scope, now: datetime, limit: int = 20) -> list[ShiftRow]:
    """Shifts of a scope that touch the day of a moment: the running ones first, then by their beginning."""
    start, end = day_bounds(local_day(now))
    rows = scope.narrow(Shift.objects.filter(starts_at__lt=end, ends_at__gt=start), "unit")
    found = rows_of(rows.order_by("starts_at", "id")[:limit], now)
    return sorted(found, key=lambda row: STATES.index(row.state))


def counts(scope: Scope, now: datetime) -> dict[str, int]:
    """How many shifts of a scope stand in each state."""
    rows = scope.narrow(Shift.objects.all(), "unit")
    return {state: rows.filter(_in_state(state, now)).count() for state in STATES}


def offered_places(scope: Scope) -> list[Place]:
    """Gates that someone may pick from while typing: checkpoints and health facilities first."""
    open_ones = Place.objects.filter(status__in=(Place.Status.ACTIVE, Place.Status.PROVISIONAL))
    kinds = (Place.Kind.CHECKPOINT, Place.Kind.FACILITY, Place.Kind.TRANSPORT, Place.Kind.FACTORY)
    return list(scope.narrow(open_ones.filter(kind__in=kinds), "unit").order_by("folded")[:200])
