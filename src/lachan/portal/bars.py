"""A bar chart of days as plain numbers for an inline SVG: no script, no style attribute."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from lachan.base.bars import Part, stacked
from lachan.gate.declarations.selectors.counters import Counts

WIDTH, HEIGHT, GAP = 336, 120, 4
PARTS = ("green", "attention", "stop")


@dataclass(frozen=True, slots=True)
class Bar:
    day: date
    counts: Counts
    x: float
    width: float
    parts: tuple[Part, ...]

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 1)


@dataclass(frozen=True, slots=True)
class Chart:
    """`most`: what the top of the chart stands for; 0 when there is nothing to draw."""

    bars: list[Bar]
    most: int
    width: int = WIDTH
    height: int = HEIGHT

    @property
    def total(self) -> int:
        return sum(bar.counts.total for bar in self.bars)


def chart(days: list[tuple[date, Counts]]) -> Chart:
    """Bars from the left, stacked green, attention, stop from the bottom; heights add up to the day's share of the most."""
    most = max((counts.total for _, counts in days), default=0)
    step = WIDTH / max(len(days), 1)
    bars = [
        Bar(
            day,
            counts,
            round(number * step + GAP / 2, 1),
            round(step - GAP, 1),
            stacked(((kind, getattr(counts, kind)) for kind in PARTS), most, HEIGHT),
        )
        for number, (day, counts) in enumerate(days)
    ]
    return Chart(bars, most)
