"""Kept counts of each place's hours, from the scans that devices brought."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.db.models import F

from lachan.gate.checkpoints.consumers.lines import unread, weight
from lachan.gate.checkpoints.models import GateResult, Outcome, PlaceHour
from lachan.registry.audit.consumers import SealedEvent, consumer

RESULTS = {
    GateResult.PASS: "passed",
    GateResult.ADVISE: "advised",
    GateResult.HOLD: "held",
    GateResult.REFER: "referred",
}
OUTCOMES = {
    Outcome.TURNED_BACK: "turned_back",
    Outcome.SENT_TO_TEST: "sent_to_test",
    Outcome.HANDED_OVER: "handed_over",
}
UNSCANNED = "count"


class Seen(NamedTuple):
    """As much of a scan as is counted."""

    place: UUID
    unit: str
    occurred_at: datetime
    how: str
    result: int
    overridden: int | None
    outcome: str
    people: int


COLUMNS = (*Seen._fields[:-1], "count")
Hour = tuple[UUID, str, datetime]


@consumer("checkpoints.counts", kinds={"scan.batch"}, weigh=weight)
def count(events: list[SealedEvent], now: datetime) -> None:
    """Add what is new to the hours in which it happened, by the devices' clocks."""
    hours: dict[Hour, Counter[str]] = {}
    for scans in unread("counts", events):
        for row in scans.values_list(*COLUMNS).iterator():
            one = Seen(*row)
            hours.setdefault(hour_of(one), Counter()).update(counted(one))
    _add(hours)


def hour_of(one: Seen) -> Hour:
    return one.place, one.unit, one.occurred_at.replace(minute=0, second=0, microsecond=0)


def counted(one: Seen) -> dict[str, int]:
    """The columns that a scan adds to: what was decided in the end, what became of it, whether an officer overrode."""
    if one.how == UNSCANNED:
        return {"unscanned": one.people}
    decided = one.result if one.overridden is None else one.overridden
    columns = {RESULTS[GateResult(decided)]: 1}
    if one.outcome in OUTCOMES:
        columns[OUTCOMES[Outcome(one.outcome)]] = 1
    if one.overridden is not None:
        columns["overridden"] = 1
    return columns


def _add(hours: dict[Hour, Counter[str]]) -> None:
    PlaceHour.objects.bulk_create(
        [PlaceHour(place=place, unit=unit, hour=hour) for place, unit, hour in hours], ignore_conflicts=True
    )
    for (place, _unit, hour), counts in hours.items():
        added = {column: F(column) + number for column, number in counts.items()}
        PlaceHour.objects.filter(place=place, hour=hour).update(**added)
