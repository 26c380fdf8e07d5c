"""Kept counts: per place and day, per commune and day."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import date, datetime
from typing import Any

from django.db.models import F

from lachan.gate.declarations.models import Entry, PlaceDay, Result, UnitDay
from lachan.kernel.clock import local_day
from lachan.registry.audit.consumers import SealedEvent, consumer

COLUMNS = {Result.GREEN: "green", Result.ATTENTION: "attention", Result.STOP: "stop"}


@consumer("declarations.counters", kinds={"declaration.received"})
def count(events: list[SealedEvent], now: datetime) -> None:
    """Add a batch to the counts. The cursor moves in the same transaction, so nothing is counted twice."""
    entries = list(Entry.objects.filter(declaration__in=[event.subject for event in events if event.subject]))
    last: dict[tuple[Any, date], datetime] = {}
    for entry in entries:
        if entry.place:
            key = (entry.place, local_day(entry.recorded_at))
            last[key] = max(last.get(key, entry.recorded_at), entry.recorded_at)
    places = _grouped((entry.place, entry) for entry in entries if entry.place)
    _make(PlaceDay(place=place, day=day, last_at=last[(place, day)]) for place, day in places)
    for (place, day), counts in places.items():
        PlaceDay.objects.filter(place=place, day=day).update(last_at=last[(place, day)], **_added(counts))
    units = _grouped((entry.declared or entry.residence, entry) for entry in entries)
    _make(UnitDay(unit=unit, day=day) for unit, day in units)
    for (unit, day), counts in units.items():
        UnitDay.objects.filter(unit=unit, day=day).update(**_added(counts))


def _make(rows: Iterable[PlaceDay] | Iterable[UnitDay]) -> None:
    """The rows of days that have none yet, with zeros."""
    new = list(rows)
    if new:
        type(new[0])._default_manager.bulk_create(new, ignore_conflicts=True)


def _grouped(pairs: Iterable[tuple[Any, Entry]]) -> dict[tuple[Any, date], Counter[str]]:
    groups: dict[tuple[Any, date], Counter[str]] = {}
    for key, entry in pairs:
        if key:
            groups.setdefault((key, local_day(entry.recorded_at)), Counter())[
                COLUMNS[Result(entry.result)]
            ] += 1
    return groups


def _added(counts: Counter[str]) -> dict[str, Any]:
    return {column: F(column) + number for column, number in counts.items()}
