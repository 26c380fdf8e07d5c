"""Kept counts for pages: places today, communes today, the days behind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet, Sum

from lachan.base.scope import Scope
from lachan.gate.declarations.models import PlaceDay, UnitDay, UnitHour
from lachan.kernel.clock import day_bounds, local_day


@dataclass(frozen=True, slots=True)
class Counts:
    green: int = 0
    attention: int = 0
    stop: int = 0
    last_at: datetime | None = None

    @property
    def total(self) -> int:
        return self.green + self.attention + self.stop


def place(place_id: UUID, now: datetime) -> Counts:
    """Today's counts of one place."""
    row = PlaceDay.objects.filter(place=place_id, day=local_day(now)).first()
    return Counts(row.green, row.attention, row.stop, row.last_at) if row else Counts()


def places(place_ids: list[UUID], now: datetime) -> dict[UUID, Counts]:
    rows = PlaceDay.objects.filter(place__in=place_ids, day=local_day(now))
    return {row.place: Counts(row.green, row.attention, row.stop, row.last_at) for row in rows}


def last_seen(place_ids: list[UUID]) -> dict[UUID, datetime]:
    """When each place last received a declaration, whatever the day."""
    rows = PlaceDay.objects.filter(place__in=place_ids).values_list("place")
    return dict(rows.annotate(last=Max("last_at")))


def units(scope: Scope, day: date) -> Counts:
    """A jurisdiction's day."""
    return units_between(scope, day, day)


def units_between(scope: Scope, first: date, last: date) -> Counts:
    """A jurisdiction's days, both included."""
    return _sum(scope.narrow(UnitDay.objects.filter(day__gte=first, day__lte=last), "unit"))


def until_hour(scope: Scope, moment: datetime) -> Counts:
    """A jurisdiction's day as far as the last full hour before a moment, so that two days compare fairly."""
    start = day_bounds(local_day(moment))[0]
    end = moment.replace(minute=0, second=0, microsecond=0)
    return _sum(scope.narrow(UnitHour.objects.filter(hour__gte=start, hour__lt=end), "unit"))


def place_between(place_id: UUID, first: date, last: date) -> Counts:
    """A place's days, both included."""
    return _sum(PlaceDay.objects.filter(place=place_id, day__gte=first, day__lte=last))


def _sum(rows: QuerySet[Any]) -> Counts:
    sums = rows.aggregate(g=Sum("green"), a=Sum("attention"), s=Sum("stop"))
    return Counts(sums["g"] or 0, sums["a"] or 0, sums["s"] or 0)


def days(scope: Scope, until: date, number: int = 14) -> list[tuple[date, Counts]]:
    """The last days of a jurisdiction, oldest first; a day without declarations is there with zeros."""
    first = until - timedelta(days=number - 1)
    rows = scope.narrow(UnitDay.objects.filter(day__gte=first, day__lte=until), "unit").values("day")
    found = {
        row["day"]: Counts(row["g"], row["a"], row["s"])
        for row in rows.annotate(g=Sum("green"), a=Sum("attention"), s=Sum("stop"))
    }
    return [
        (day, found.get(day, Counts())) for day in (first + timedelta(days=step) for step in range(number))
    ]


def communes(scope: Scope, day: date) -> dict[str, Counts]:
    rows = scope.narrow(UnitDay.objects.filter(day=day), "unit")
    return {row.unit: Counts(row.green, row.attention, row.stop) for row in rows}
