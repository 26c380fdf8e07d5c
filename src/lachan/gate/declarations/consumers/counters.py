"""Kept counts: per place and day, per commune and day, per commune and hour."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any, TypeVar

from django.db.models import F

from lachan.gate.declarations.models import Entry, PlaceDay, Result, UnitDay, UnitHour
from lachan.kernel.clock import local_day
from lachan.registry.audit.consumers import SealedEvent, consumer

K = TypeVar("K")
T = TypeVar("T")
HOURS_KEPT = timedelta(days=8)
"""Hours only serve to compare a day with the one before."""
COLUMNS = {Result.GREEN: "green", Result.ATTENTION: "attention", Result.STOP: "stop"}


@consumer("declarations.counters", kinds={"declaration.received"})
def count(events: list[SealedEvent], now: datetime) -> None:
    """Add a batch to the counts. The cursor moves in the same transaction, so nothing is counted twice."""
    entries = list(Entry.objects.filter(declaration__in=[event.subject for event in events if event.subject]))
    last: dict[tuple[Any, date], datetime] = {}
    for entry in entries:
        if entry.place:
            key = (entry.place, _day(entry))
            last[key] = max(last.get(key, entry.recorded_at), entry.recorded_at)
    places = _grouped((entry.place, _day(entry), entry) for entry in entries if entry.place)
    _make(PlaceDay(place=place, day=day, last_at=last[(place, day)]) for place, day in places)
    for (place, day), counts in places.items():
        PlaceDay.objects.filter(place=place, day=day).update(last_at=last[(place, day)], **_added(counts))
    units = _grouped((entry.declared or entry.residence, _day(entry), entry) for entry in entries)
    _make(UnitDay(unit=unit, day=day) for unit, day in units)
    for (unit, day), counts in units.items():
        UnitDay.objects.filter(unit=unit, day=day).update(**_added(counts))
    hours = _grouped((entry.declared or entry.residence, _hour(entry), entry) for entry in entries)
    _make(UnitHour(unit=unit, hour=hour) for unit, hour in hours)
    for (unit, hour), counts in hours.items():
        UnitHour.objects.filter(unit=unit, hour=hour).update(**_added(counts))
    UnitHour.objects.filter(hour__lt=now - HOURS_KEPT).delete()


def _day(entry: Entry) -> date:
    return local_day(entry.recorded_at)


def _hour(entry: Entry) -> datetime:
    return entry.recorded_at.replace(minute=0, second=0, microsecond=0)  # Vietnam's hours begin with UTC's


def _make(rows: Iterable[PlaceDay] | Iterable[UnitDay] | Iterable[UnitHour]) -> None:
    """The rows of days and hours that have none yet, with zeros."""
    new = list(rows)
    if new:
        type(new[0])._default_manager.bulk_create(new, ignore_conflicts=True)


def _grouped(rows: Iterable[tuple[K, T, Entry]]) -> dict[tuple[K, T], Counter[str]]:
    groups: dict[tuple[K, T], Counter[str]] = {}
    for key, time, entry in rows:
        if key:
            groups.setdefault((key, time), Counter())[COLUMNS[Result(entry.result)]] += 1
    return groups


def _added(counts: Counter[str]) -> dict[str, Any]:
    return {column: F(column) + number for column, number in counts.items()}
