"""A jurisdiction's communes today: declarations, how many were flagged, follow-ups that wait, places that fell silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lachan.base.scope import Scope
from lachan.gate.declarations.selectors import counters, queue
from lachan.gate.declarations.selectors.counters import Counts
from lachan.gate.declarations.selectors.queue import Waiting
from lachan.gate.declarations.staff import span
from lachan.kernel.clock import local_day
from lachan.kernel.text import fold
from lachan.portal.selectors import silence
from lachan.registry.units import selectors as units

SORTS = ("late", "flagged", "total", "silent", "name")


@dataclass(frozen=True, slots=True)
class Row:
    """`flagged`: declarations of today that need attention or were stopped. `longest`: how long the oldest follow-up is
    overdue, in words; empty without one."""

    path: str
    name: str
    district: str
    counts: Counts
    silent: int
    waiting: Waiting
    longest: str

    @property
    def flagged(self) -> int:
        return self.counts.attention + self.counts.stop

    @property
    def rate(self) -> float | None:
        """Flagged per hundred; None without a declaration."""
        return 100 * self.flagged / self.counts.total if self.counts.total else None


def rows(scope: Scope, now: datetime, sort: str = "late", follow_up: Scope | None = None) -> list[Row]:
    """Every commune with a declaration today, work that waits or a silent place, the most pressing first.

    `follow_up`: where the reader may see follow-ups.
    """
    days = counters.communes(scope, local_day(now))
    silent = silence.by_commune(scope, now)
    waiting = queue.by_unit(follow_up or Scope(), now)
    paths = {*days, *silent, *(path for path in waiting if scope.covers(path))}
    found = [
        _row(path, days.get(path, Counts()), silent[path], waiting.get(path, Waiting()), now)
        for path in paths
    ]
    return sorted(found, key=lambda row: (_order(row, sort), -row.flagged, fold(row.name), row.path))


def _row(path: str, counts: Counts, silent: int, waiting: Waiting, now: datetime) -> Row:
    above = units.ancestors(path)
    district = units.short_label(above[-1].path) if above else ""
    longest = span.words(now - waiting.since) if waiting.since else ""
    return Row(path, units.short_label(path), district, counts, silent, waiting, longest)


def _order(row: Row, sort: str) -> float:
    values = {"late": row.waiting.overdue, "total": row.counts.total, "silent": row.silent, "name": 0}
    return -values.get(sort, row.flagged)
