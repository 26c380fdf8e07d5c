"""A chart of stacked bars with its axes, as plain numbers for an inline SVG: no script, no style attribute.

`components/bars.html` draws it. Beside it stands a table of the same numbers, for whoever can't see it.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

HEIGHT, LEFT, GAP = 120, 40, 3
STEPS = (1, 2, 5)
MOST_TICKS = 5


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar. `kind` names its colour."""

    kind: str
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Bar:
    """`label` stands below it on the axis, empty for none; `title` is said when one points at it."""

    label: str
    title: str
    x: float
    width: float
    middle: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Tick:
    """A line across the chart, with the number that it stands for."""

    value: int
    y: float


@dataclass(frozen=True, slots=True)
class Chart:
    """`most`: the highest bar; 0 when there is nothing to draw. `left`: where the bars begin, behind the numbers.

    `top`: what the upper edge stands for, a round number.
    """

    bars: tuple[Bar, ...]
    ticks: tuple[Tick, ...]
    most: int
    top: int
    width: int
    height: int = HEIGHT
    left: int = LEFT

    @property
    def below(self) -> int:
        """Where the labels of the bars stand."""
        return self.height + 16

    @property
    def whole(self) -> int:
        return self.height + 22


@dataclass(frozen=True, slots=True)
class Column:
    """What a bar shows: (kind, number) from the ground up."""

    label: str
    title: str
    values: Sequence[tuple[str, int]]

    @property
    def total(self) -> int:
        return sum(number for _, number in self.values)


def chart(columns: Sequence[Column], width: int) -> Chart:
    """Bars from the left; each takes its share of a round number above the highest."""
    most = max((column.total for column in columns), default=0)
    marks = scale(most)
    step = (width - LEFT) / max(1, len(columns))
    bars = tuple(_bar(column, LEFT + number * step, step, marks[-1]) for number, column in enumerate(columns))
    ticks = tuple(Tick(value, round(HEIGHT - HEIGHT * value / marks[-1], 1)) for value in marks)
    return Chart(bars, ticks, most, marks[-1], width)


def _bar(column: Column, left: float, step: float, top: int) -> Bar:
    return Bar(
        column.label,
        column.title,
        round(left + GAP / 2, 1),
        round(step - GAP, 1),
        round(left + step / 2, 1),
        stacked(column.values, top, HEIGHT),
    )


def scale(most: int) -> tuple[int, ...]:
    """Round numbers from 0 to the first that isn't below `most`, evenly apart: for 428, (0, 100, 200, 300, 400, 500)."""
    power = 1
    while True:
        for step in (number * power for number in STEPS):
            top = -(-max(most, 1) // step) * step
            if top // step <= MOST_TICKS:
                return tuple(range(0, top + 1, step))
        power *= 10


def stacked(values: Iterable[tuple[str, int]], most: int, height: float) -> tuple[Part, ...]:
    """The parts of one bar from the ground up; together they take their share of `most`, which is the whole height."""
    parts, top = [], height
    for kind, value in values:
        if value and most:
            share = height * value / most
            top -= share
            parts.append(Part(kind, round(top, 1), round(share, 1)))
    return tuple(parts)
