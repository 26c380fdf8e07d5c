"""Where visits come from: what the Django side gives and the engine takes."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Protocol

import numpy as np
import numpy.typing as npt

__all__ = ["VisitChunk", "VisitSource", "Visits"]


@dataclass(frozen=True, slots=True)
class VisitChunk:
    """Some visits as the database knows them, columns of one length.

    ``subject``, ``place``: `ids.UUIDS` (a person's tracing alias, a place); ``start``, ``end``: int32 seconds of
    `days.seconds`, half-open: the person was there from start until just before end.
    """

    subject: npt.NDArray[Any]
    place: npt.NDArray[Any]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Visits:
    """The same with the numbers of the folder's id maps (uint32) in place of UUIDs."""

    subject: npt.NDArray[np.uint32]
    place: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]

    @staticmethod
    def joined(parts: Iterable[Visits]) -> Visits:
        """All of them in one. Columns are brought to their types, and must be of one length (ValueError)."""
        held = [(each.subject, each.place, each.start, each.end) for each in parts]
        kinds: tuple[Any, ...] = (np.uint32, np.uint32, np.int32, np.int32)
        columns = [
            np.concatenate([part[number] for part in held]).astype(kind, copy=False)
            if held
            else np.zeros(0, kind)
            for number, kind in enumerate(kinds)
        ]
        if len({column.size for column in columns}) != 1:
            raise ValueError("columns of different lengths")
        return Visits(*columns)


class VisitSource(Protocol):
    """The truth that segments are built from: the visits of the database, by day."""

    def days(self) -> Mapping[int, bytes]:
        """Each day that has visits → a fingerprint (1 to 32 bytes) of them.

        It must change whenever a visit that touches that day appears, changes or goes (a count with the greatest
        `recorded_at` and id does). A visit over midnight touches each of its days.
        """

    def read(self, day: int) -> Iterator[VisitChunk]:
        """Every visit that touches the day, in any order, whole (not cut at midnight). More may come: visits that
        don't touch the day are left out."""
