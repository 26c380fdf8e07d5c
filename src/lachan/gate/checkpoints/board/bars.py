"""24 hours of checkpoints as a chart with its table."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from lachan.base import bars
from lachan.gate.checkpoints.board.figures import Flow

WIDTH, EVERY = 520, 3
PARTS = (("green", ("passed", "unscanned")), ("attention", ("advised", "held")), ("stop", ("referred",)))


@dataclass(frozen=True, slots=True)
class Hours:
    """What the chart draws and the table says, from hour 0."""

    drawing: bars.Chart
    flows: tuple[Flow, ...]


def chart(hours: Sequence[Flow]) -> Hours:
    """Stacked through, held, referred from the ground; each third hour bears its number."""
    columns = [
        bars.Column(
            f"{hour}" if hour % EVERY == 0 else "",
            f"{hour}–{hour + 1}: {flow.through}",
            tuple((kind, sum(getattr(flow, name) for name in names)) for kind, names in PARTS),
        )
        for hour, flow in enumerate(hours)
    ]
    return Hours(bars.chart(columns, WIDTH), tuple(hours))
