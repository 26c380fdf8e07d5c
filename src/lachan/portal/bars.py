"""The days of a jurisdiction or a place as a chart with its table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lachan.base import bars
from lachan.gate.declarations.selectors.counters import Counts

WIDTH, EVERY = 520, 3
PARTS = ("green", "attention", "stop")


@dataclass(frozen=True, slots=True)
class Days:
    """What the chart draws and the table says."""

    drawing: bars.Chart
    days: tuple[tuple[date, Counts], ...]

    @property
    def total(self) -> int:
        return sum(counts.total for _, counts in self.days)


def chart(days: list[tuple[date, Counts]]) -> Days:
    """Stacked green, attention, stop from the ground; the last day and each third before it bear their date."""
    last = len(days) - 1
    columns = [
        bars.Column(
            f"{day:%d/%m}" if (last - number) % EVERY == 0 else "",
            f"{day:%d/%m/%Y}: {counts.total}",
            tuple((kind, getattr(counts, kind)) for kind in PARTS),
        )
        for number, (day, counts) in enumerate(days)
    ]
    return Days(bars.chart(columns, WIDTH), tuple(days))
