"""A jurisdiction's communes on one day: declarations, how many were flagged, places that fell silent."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lachan.base.scope import Scope
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.selectors.counters import Counts
from lachan.kernel.clock import local_day
from lachan.kernel.text import fold
from lachan.portal.selectors import silence
from lachan.registry.units import selectors as units

SORTS = ("flagged", "total", "silent", "name")


@dataclass(frozen=True, slots=True)
class Row:
    """`flagged`: declarations of today that need attention or were stopped."""

    path: str
    name: str
    district: str
    counts: Counts
    silent: int

    @property
    def flagged(self) -> int:
        return self.counts.attention + self.counts.stop

    @property
    def rate(self) -> float | None:
        """Flagged per hundred; None without a declaration."""
        return 100 * self.flagged / self.counts.total if self.counts.total else None


def rows(scope: Scope, now: datetime, sort: str = "flagged") -> list[Row]:
    """Every commune that declared today or has a silent place, the most pressing first."""
    days = counters.communes(scope, local_day(now))
    silent = silence.by_commune(scope, now)
    found = [_row(path, days.get(path, Counts()), silent[path]) for path in {*days, *silent}]
    return sorted(found, key=lambda row: (_order(row, sort), fold(row.name), row.path))


def _row(path: str, counts: Counts, silent: int) -> Row:
    above = units.ancestors(path)
    return Row(
        path, units.short_label(path), units.short_label(above[-1].path) if above else "", counts, silent
    )


def _order(row: Row, sort: str) -> float:
    return -{"total": row.counts.total, "silent": row.silent, "name": 0}.get(sort, row.flagged)
