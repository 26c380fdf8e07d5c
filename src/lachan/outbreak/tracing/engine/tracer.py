"""The questions. All windows are half-open seconds of `days.seconds`; all people and places are the numbers of the id maps."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine import kernels
from lachan.outbreak.tracing.engine.answers import (
    F1,
    F1F2,
    Contacts,
    Present,
    contacts_from,
    contacts_of_table,
    empty_table,
    meetings_from,
    present_from,
)
from lachan.outbreak.tracing.engine.days import DAY, LAST
from lachan.outbreak.tracing.engine.segment import Segment
from lachan.outbreak.tracing.engine.store import Store

__all__ = ["Pairs", "Sources", "Tracer"]


@dataclass(frozen=True, slots=True)
class Sources:
    """People and the window in which each counts, columns of one length. A person may stand in it several times."""

    subject: npt.NDArray[np.uint32]
    since: npt.NDArray[np.int32]
    until: npt.NDArray[np.int32]

    @staticmethod
    def of(rows: Sequence[tuple[int, int, int]]) -> Sources:
        """From (subject, since, until)."""
        table = np.array(rows, np.int64).reshape(-1, 3)
        return Sources(table[:, 0].astype(np.uint32), *(_clipped(table[:, each]) for each in (1, 2)))

    def sorted(self) -> Sources:
        order = np.argsort(self.subject, kind="stable")
        return Sources(self.subject[order], self.since[order], self.until[order])


@dataclass(frozen=True, slots=True)
class Pairs:
    """How often any two people met, and for how long in all."""

    meetings: int
    seconds: int
    missing: tuple[int, ...]


class Tracer:
    """Asks the segments of a `Store`. Every question raises `segment.Damaged` rather than answer without a day that it can't
    read, and names the days that were never built in ``missing``.

    ``min_overlap_s``: the shortest time together that counts, at least 1 (ValueError).
    """

    def __init__(self, store: Store, *, threads: int = 1) -> None:
        self.store = store
        self.threads = threads

    def f1(
        self, subject: int, since: int, until: int, *, min_overlap_s: int, weights: npt.NDArray[np.float64] | None = None
    ) -> F1:  # fmt: skip
        """Everyone whom one person met in a window, by place and in total.

        ``weights``: for each place's number how much a second there counts (`Contacts.score`).
        """
        least, (since, until) = _least(min_overlap_s), _window(since, until)
        segments, missing = self.store.segments(since, until)
        found = [
            kernels.meetings_of(*each.columns, each.dawn, subject, since, until, least) for each in segments
        ]
        by_place = meetings_from(found)
        return F1(contacts_from(by_place, weights), by_place, missing)

    def f1_many(self, sources: Sources, *, min_overlap_s: int) -> tuple[Contacts, tuple[int, ...]]:
        """Everyone who met any of the sources within that one's window, summed over sources; and the missing days.

        A source that met another is a contact of it, and is listed too.
        """
        return self._swept(sources, _least(min_overlap_s), left_out=None)

    def f1f2(self, subject: int, since: int, until: int, *, min_overlap_s: int, latency_s: int = 0) -> F1F2:
        """F1 of one person and F2: whoever met an F1 from `latency_s` after that one's first exposure to the window's end."""
        f1 = self.f1(subject, since, until, min_overlap_s=min_overlap_s)
        people = f1.contacts.subject
        sources = Sources(
            people,
            _clipped(f1.contacts.first + latency_s),
            np.full(people.size, _window(since, until)[1], np.int32),
        )
        left_out = np.append(people, np.uint32(subject))
        f2, missing = self._swept(sources, _least(min_overlap_s), left_out=left_out)
        return F1F2(f1, f2, tuple(sorted({*f1.missing, *missing})))

    def at_setting(self, place: int, since: int, until: int, *, min_stay_s: int = 1) -> Present:
        """Everyone who was at a place for `min_stay_s` of one visit within the window: an exposure setting."""
        least, (since, until) = _least(min_stay_s), _window(since, until)
        segments, missing = self.store.segments(since, until)
        return present_from([_present(each, place, since, until, least) for each in segments], missing)

    def pairs(self, since: int, until: int, *, min_overlap_s: int) -> Pairs:
        """All meetings of all people in the days that the window touches (whole days)."""
        segments, missing = self.store.segments(*_window(since, until))
        counted = [
            kernels.count_pairs(*each.columns[:6], each.dawn, _least(min_overlap_s)) for each in segments
        ]
        return Pairs(sum(int(one) for one, _ in counted), sum(int(two) for _, two in counted), missing)

    def _swept(
        self, sources: Sources, least: int, left_out: npt.NDArray[Any] | None
    ) -> tuple[Contacts, tuple[int, ...]]:
        """``left_out``: whoever is not asked for, all sources among them; None: sources are contacts of one another."""
        if not sources.subject.size:
            return contacts_of_table(empty_table(0)), ()
        sources = sources.sorted()
        segments, missing = self.store.segments(int(sources.since.min()), int(sources.until.max()))
        bits = np.zeros(self._people(segments, sources, left_out), np.uint8)
        if left_out is None:
            bits[sources.subject] = 1
        source = np.packbits(bits, bitorder="little")
        parts = [segments[each :: self.threads] for each in range(self.threads)]
        with ThreadPoolExecutor(self.threads) as pool:
            tables = list(
                pool.map(lambda part: _sweep(part, sources, least, source, empty_table(bits.size)), parts)
            )
        table = _merged(tables)
        if left_out is not None:
            table[left_out, 0] = 0
        return contacts_of_table(table), missing

    @staticmethod
    def _people(segments: list[Segment], sources: Sources, left_out: npt.NDArray[Any] | None) -> int:
        """One more than the greatest number that a sweep may meet."""
        known = [int(each.columns.who[-1]) for each in segments if each.columns.who.size]
        asked = [int(each.max()) for each in (sources.subject, left_out) if each is not None and each.size]
        return max(known + asked) + 1


def _sweep(
    segments: list[Segment], sources: Sources, least: int, source: npt.NDArray[np.uint8], table: npt.NDArray[np.int64]
) -> npt.NDArray[np.int64]:  # fmt: skip
    for segment in segments:
        held = segment.columns
        rows, begin, finish = kernels.visits_of(
            held.start, held.end, held.who, held.who_at, held.row, sources.subject, sources.since, sources.until,
            segment.dawn + DAY, least,
        )  # fmt: skip
        order = np.argsort(rows)
        kernels.sweep(*held[:6], segment.dawn, rows[order], begin[order], finish[order], least, source, table)
    return table


def _merged(tables: list[npt.NDArray[np.int64]]) -> npt.NDArray[np.int64]:
    whole, *rest = tables
    for table in rest:
        whole[:, :2] += table[:, :2]
        np.minimum(whole[:, 2], table[:, 2], out=whole[:, 2])
        np.maximum(whole[:, 3], table[:, 3], out=whole[:, 3])
    return whole


def _present(
    segment: Segment, place: int, since: int, until: int, least: int
) -> tuple[npt.NDArray[Any], npt.NDArray[Any], npt.NDArray[Any]]:
    """(subject, first, last) of the visits to a place whose time within the window begins on this day."""
    held = segment.columns
    low, high = (int(np.searchsorted(held.place, np.uint32(place), side=side)) for side in ("left", "right"))
    rows = slice(int(held.place_at[low]), int(held.place_at[high]))
    first = np.maximum(held.start[rows].astype(np.int64), since)
    last = np.minimum(held.end[rows].astype(np.int64), until)
    keep = (last - first >= least) & (first >= segment.dawn)
    return held.subject[rows][keep], first[keep], last[keep]


def _least(seconds: int) -> int:
    if seconds < 1:
        raise ValueError("people who were together for less than a second didn't meet")
    return int(seconds)


def _window(since: int, until: int) -> tuple[int, int]:
    return max(int(since), -LAST), min(int(until), LAST)


def _clipped(column: npt.NDArray[Any]) -> npt.NDArray[np.int32]:
    return np.clip(column, -LAST, LAST).astype(np.int32)
