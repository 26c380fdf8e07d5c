"""24 hours as bars of an inline SVG: plain numbers, no script, no style attribute."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lachan.base.bars import Part, stacked
from lachan.gate.checkpoints.board.figures import Flow

WIDTH, HEIGHT, GAP = 480, 96, 3
PARTS = (("green", ("passed", "unscanned")), ("attention", ("advised", "held")), ("stop", ("referred",)))


@dataclass(frozen=True, slots=True)
class Bar:
    hour: int
    flow: Flow
    x: float
    width: float
    parts: tuple[Part, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """`most`: people an hour at the top of the chart; 0 when nobody came."""

    bars: list[Bar]
    most: int
    width: int = WIDTH
    height: int = HEIGHT


def chart(hours: Sequence[Flow]) -> Chart:
    """Bars from hour 0, stacked through, held, referred from the bottom."""
    most = max((flow.through for flow in hours), default=0)
    step = WIDTH / max(1, len(hours))
    bars = [
        Bar(hour, flow, round(hour * step + GAP / 2, 1), round(step - GAP, 1), _parts(flow, most))
        for hour, flow in enumerate(hours)
    ]
    return Chart(bars, most)


def _parts(flow: Flow, most: int) -> tuple[Part, ...]:
    return stacked(
        ((kind, sum(getattr(flow, name) for name in names)) for kind, names in PARTS), most, HEIGHT
    )
