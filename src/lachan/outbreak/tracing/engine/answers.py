"""What the engine answers: columns, sorted, ready to be joined with what the database knows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

__all__ = ["F1", "F1F2", "Contacts", "Meetings", "Present"]

Int = npt.NDArray[np.int64]
_NEVER = 2**62


@dataclass(frozen=True, slots=True)
class Meetings:
    """Whom a person met and where, by (subject, place): seconds together over all meetings, the first second of the first
    and the second after the last, how many meetings."""

    subject: npt.NDArray[np.uint32]
    place: npt.NDArray[np.uint32]
    seconds: Int
    first: Int
    last: Int
    meetings: Int

    def __len__(self) -> int:
        return self.subject.size


@dataclass(frozen=True, slots=True)
class Contacts:
    """Whom someone met, by subject, over all places; ``score``: seconds × the weight of the place, where weights were given."""

    subject: npt.NDArray[np.uint32]
    seconds: Int
    first: Int
    last: Int
    meetings: Int
    score: npt.NDArray[np.float64] | None = None

    def __len__(self) -> int:
        return self.subject.size


@dataclass(frozen=True, slots=True)
class F1:
    """Contacts of one subject. ``missing``: days of the window that were never built, about which nothing is known."""

    contacts: Contacts
    by_place: Meetings
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class F1F2:
    """Contacts (F1) and their contacts (F2: neither the source nor an F1), F2 counted from when each F1 was exposed."""

    f1: F1
    f2: Contacts
    missing: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Present:
    """Who was at a place in a window, by subject: seconds there, first and last, how many visits."""

    subject: npt.NDArray[np.uint32]
    seconds: Int
    first: Int
    last: Int
    visits: Int
    missing: tuple[int, ...]

    def __len__(self) -> int:
        return self.subject.size


def meetings_from(parts: Sequence[Sequence[npt.NDArray[Any]]]) -> Meetings:
    """Group single meetings (contact, place, first, last) of several days by contact and place."""
    kinds = (np.uint32, np.uint32, np.int32, np.int32)
    subject, place, first, last = (
        np.concatenate([part[number] for part in parts]) if parts else np.zeros(0, kind)
        for number, kind in enumerate(kinds)
    )
    key = (subject.astype(np.uint64) << np.uint64(32)) | place
    order = np.argsort(key)
    key, first, last = key[order], first[order].astype(np.int64), last[order].astype(np.int64)
    at = _starts(key)
    seconds, first, last, count = _grouped(at, last - first, first, last, np.ones(key.size, np.int64))
    return Meetings(
        (key[at] >> np.uint64(32)).astype(np.uint32), key[at].astype(np.uint32), seconds, first, last, count
    )


def contacts_from(met: Meetings, weights: npt.NDArray[np.float64] | None = None) -> Contacts:
    """Sum over places. ``weights``: for each place's number, how much a second there counts."""
    at = _starts(met.subject)
    seconds, first, last, count = _grouped(at, met.seconds, met.first, met.last, met.meetings)
    score = None
    if weights is not None:
        score = np.add.reduceat(met.seconds * weights[met.place], at) if at.size else np.zeros(0)
    return Contacts(met.subject[at], seconds, first, last, count, score)


def empty_table(people: int) -> npt.NDArray[np.int64]:
    """A line for each subject: meetings, seconds, first, last; as if the first were never and the last long ago."""
    table = np.zeros((people, 4), np.int64)
    table[:, 2], table[:, 3] = _NEVER, -_NEVER
    return table


def contacts_of_table(table: npt.NDArray[np.int64]) -> Contacts:
    """From the kernels' table of all subjects."""
    subject = np.flatnonzero(table[:, 0])
    meetings, seconds, first, last = table[subject].T
    return Contacts(subject.astype(np.uint32), seconds, first, last, meetings)


def present_from(parts: Sequence[Sequence[npt.NDArray[Any]]], missing: tuple[int, ...]) -> Present:
    """Group visits (subject, first, last) by subject."""
    kinds = (np.uint32, np.int64, np.int64)
    subject, first, last = (
        np.concatenate([part[number] for part in parts]).astype(kind) if parts else np.zeros(0, kind)
        for number, kind in enumerate(kinds)
    )
    order = np.argsort(subject, kind="stable")
    subject, first, last = subject[order], first[order], last[order]
    at = _starts(subject)
    seconds, first, last, count = _grouped(at, last - first, first, last, np.ones(subject.size, np.int64))
    return Present(subject[at], seconds, first, last, count, missing)


def _starts(key: npt.NDArray[Any]) -> npt.NDArray[Any]:
    """Where each run of equal values begins in a sorted column."""
    if not key.size:
        return np.zeros(0, np.int64)
    return np.concatenate(([0], np.flatnonzero(key[1:] != key[:-1]) + 1))


def _grouped(
    at: npt.NDArray[Any], seconds: Int, first: Int, last: Int, count: Int
) -> tuple[Int, Int, Int, Int]:
    if not at.size:
        return seconds, first, last, count
    return (
        np.add.reduceat(seconds, at),
        np.minimum.reduceat(first, at),
        np.maximum.reduceat(last, at),
        np.add.reduceat(count, at),
    )
