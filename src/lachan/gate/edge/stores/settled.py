"""What both stores do alike when a batch is settled against what stands."""

from __future__ import annotations

from collections.abc import Mapping

from lachan.gate.edge.judge import Said, Verdict
from lachan.gate.edge.rows import ID, Ready, Row


def fresh(batch: Ready, first: int, standing: Mapping[str, str]) -> list[Row]:
    """The rows from line `first` on whose scans don't stand yet; `standing`: {scan's id: its log}.

    A scan that stands in another log came there before the device began a new one. The same id twice in one log is two
    lines of a device that errs: the second is kept, as one that can't be read.
    """
    kept: list[Row] = []
    for place in range(first - batch.first, len(batch.rows)):
        row = batch.rows[place]
        where = standing.get(row[ID])
        if where is None:
            kept.append(row)
        elif where == batch.log.hex:
            kept.append(batch.broken(place))
    return kept


def taken(batch: Ready, count: int) -> Verdict:
    """The batch is whole at the province; `count` of its scans are new."""
    return Verdict(Said.TAKEN, batch.last + 1, batch.heads[-1], count)
