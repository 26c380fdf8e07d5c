"""Who was at a place beside somebody, in one day's segment, by binary search: numpy alone, for a process that serves.

These name people and measure nothing: what they did there is read from the database, which may know better by now.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine.segment import Segment

__all__ = ["was_beside", "was_there"]

Numbers = npt.NDArray[np.uint32]


def was_beside(segment: Segment, place: int, since: int, until: int, least: int) -> Numbers:
    """Whoever was at the place for `least` seconds (at least 1) of [since, until) in one visit that touches the day."""
    held = segment.columns
    found = [np.zeros(0, np.uint32)]
    for low, high, longest in _runs(segment, place):
        start = held.start[low:high]
        first = low + int(np.searchsorted(start, since + least - longest))
        last = low + int(np.searchsorted(start, until - least, side="right"))
        if first < last:
            begun = np.maximum(held.start[first:last], since)
            ended = np.minimum(held.end[first:last], until)
            found.append(held.subject[first:last][ended.astype(np.int64) - begun >= least])
    return np.unique(np.concatenate(found))


def was_there(segment: Segment, place: int) -> Numbers:
    """Whoever was at the place on that day."""
    held = segment.columns
    return np.unique(
        np.concatenate(
            [np.zeros(0, np.uint32), *(held.subject[low:high] for low, high, _ in _runs(segment, place))]
        )
    )


def _runs(segment: Segment, place: int) -> Iterator[tuple[int, int, int]]:
    """(first row, row after the last, seconds of the longest) of each class of visits to the place."""
    held = segment.columns
    wanted: Any = np.uint32(place)
    low, high = (int(np.searchsorted(held.place, wanted, side=side)) for side in ("left", "right"))
    for run in range(low, high):
        yield int(held.place_at[run]), int(held.place_at[run + 1]), int(held.longest[run])
