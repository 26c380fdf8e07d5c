"""One day of visits in one file, as memory maps it: docs/formats/visit-segment.md.

Visits are sorted by (place, class of length, start), three columns of 4 bytes (subject, start, end); a directory says where the visits of
each place and class begin and how long the longest is, so that one night's stay doesn't make a search begin a day earlier; an index
of subjects points at rows. A visit over midnight is in the segment of each day that it
touches, whole. Two visits that overlap are both in the segment of the day in which their overlap begins, and so a meeting is
counted there and nowhere else: every segment answers for itself, and the answers add up exactly.
"""

from __future__ import annotations

import mmap
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any, NamedTuple

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine.days import DAY
from lachan.outbreak.tracing.engine.files import replacing
from lachan.outbreak.tracing.engine.ids import Mark
from lachan.outbreak.tracing.engine.source import Visits

__all__ = ["VERSION", "Damaged", "Head", "Segment", "sort_visits", "write_segment"]

MAGIC = b"LCVISITS"
VERSION = 1
BLOCK = 4 << 20
"""Bytes under one checksum."""
ALIGN = 64
CLASSES = (3600, 4 * 3600)
"""Seconds up to which a visit is of the first class, the second; longer ones are of the third."""
_HEAD = struct.Struct("<8sIIiI QQQQ 32s I8s I8s I")
_CHECK = struct.Struct("<I")
HEAD_SIZE = 192
assert _HEAD.size + _CHECK.size <= HEAD_SIZE


class Damaged(Exception):
    """A segment that can't be trusted: not whole, changed, or of another version. `str` says how."""


@dataclass(frozen=True, slots=True)
class Head:
    """What a segment says of itself. ``subjects``, ``places``: the marks of the id maps that it was built under."""

    day: int
    rows: int
    place_count: int
    subject_count: int
    length: int
    fingerprint: bytes
    subjects: Mark
    places: Mark
    table: int
    version: int = VERSION

    def pack(self) -> bytes:
        held = _HEAD.pack(
            MAGIC, self.version, BLOCK, self.day, 0, self.rows, self.place_count, self.subject_count, self.length,
            self.fingerprint, *self.subjects, *self.places, self.table,
        ).ljust(HEAD_SIZE - _CHECK.size, b"\0")  # fmt: skip
        return held + _CHECK.pack(zlib.crc32(held))

    @staticmethod
    def unpack(data: bytes) -> Head:
        """Raises `Damaged`."""
        if len(data) < HEAD_SIZE or data[:8] != MAGIC:
            raise Damaged("not a segment")
        held, check = data[: HEAD_SIZE - _CHECK.size], data[HEAD_SIZE - _CHECK.size : HEAD_SIZE]
        if _CHECK.unpack(check)[0] != zlib.crc32(held):
            raise Damaged("its head was changed")
        _, version, block, day, _, rows, places, subjects, length, fingerprint, s, sd, p, pd, table = (
            _HEAD.unpack_from(held)
        )
        if version != VERSION or block != BLOCK:
            raise Damaged(f"format {version}")
        return Head(day, rows, places, subjects, length, fingerprint, (s, sd), (p, pd), table, version)

    def sections(self) -> list[tuple[int, int]]:
        """(offset, values) of each column, in the order of `Columns`."""
        counts = (
            self.place_count, self.place_count + 1, self.place_count, self.rows, self.rows, self.rows,
            self.subject_count, self.subject_count + 1, self.rows,
        )  # fmt: skip
        found, at = [], HEAD_SIZE
        for count in counts:
            found.append((at, count))
            at = -(-(at + 4 * count) // ALIGN) * ALIGN
        return found

    def end_of_columns(self) -> int:
        offset, count = self.sections()[-1]
        return -(-(offset + 4 * count) // ALIGN) * ALIGN


class Columns(NamedTuple):
    """The arrays of a segment, in file order. Rows are visits sorted by (place, class of length, start).

    ``place``: the day's places, ascending, once for each of its classes; rows of ``place[i]`` are ``place_at[i]:place_at[i + 1]``, sorted by
    start, the longest of which lasts ``longest[i]`` seconds. ``who``: the day's subjects, ascending; rows of ``who[i]`` are ``row[who_at[i]:who_at[i + 1]]``.
    """

    place: npt.NDArray[np.uint32]
    place_at: npt.NDArray[np.uint32]
    longest: npt.NDArray[np.uint32]
    subject: npt.NDArray[np.uint32]
    start: npt.NDArray[np.int32]
    end: npt.NDArray[np.int32]
    who: npt.NDArray[np.uint32]
    who_at: npt.NDArray[np.uint32]
    row: npt.NDArray[np.uint32]


KINDS: tuple[Any, ...] = (
    np.uint32,
    np.uint32,
    np.uint32,
    np.uint32,
    np.int32,
    np.int32,
    np.uint32,
    np.uint32,
    np.uint32,
)


def sort_visits(day: int, visits: Visits) -> tuple[Columns, int]:
    """The columns of a day's segment, and how many visits were left out because they end before they start.

    Visits that don't touch the day are left out silently: a source may read generously.
    """
    dawn = day * DAY
    sound = visits.end >= visits.start
    touches = (visits.start < dawn + DAY) & ((visits.end > dawn) | (visits.start >= dawn))
    if not (keep := sound & touches).all():
        visits = Visits(visits.subject[keep], visits.place[keep], visits.start[keep], visits.end[keep])
    return _columns(visits), int((~sound).sum())


def _columns(visits: Visits) -> Columns:
    kind = np.searchsorted(CLASSES, visits.end - visits.start, side="left").astype(np.int64)
    group = visits.place.astype(np.int64) * (len(CLASSES) + 1) + kind
    order = _order(group, visits.start)
    runs, place_at = _runs(group[order])
    place = runs // (len(CLASSES) + 1)
    subject, start, end = visits.subject[order], visits.start[order], visits.end[order]
    row = _order(subject, None)
    who, who_at = _runs(subject[row])
    longest = np.maximum.reduceat(end - start, place_at[:-1]) if place.size else np.zeros(0)
    found = (place, place_at, longest, subject, start, end, who, who_at, row)
    return Columns(*(np.ascontiguousarray(each, kind) for each, kind in zip(found, KINDS, strict=True)))


def _order(major: npt.NDArray[Any], minor: npt.NDArray[Any] | None) -> npt.NDArray[Any]:
    """Row numbers sorted by (major, minor, row). Packed into one word each where they fit: sorting words is several
    times faster than sorting what points at them."""
    if not major.size:
        return np.zeros(0, np.int64)
    low = minor.astype(np.int64) - int(minor.min()) if minor is not None else np.zeros(major.size, np.int64)
    minor_bits, row_bits = int(low.max()).bit_length(), int(major.size - 1).bit_length()
    if int(major.max()).bit_length() + minor_bits + row_bits > 63:
        return np.lexsort((low, major))
    key = (major.astype(np.int64) << minor_bits) | low
    key <<= row_bits
    key |= np.arange(major.size)
    key.sort()
    key &= (1 << row_bits) - 1
    return key


def _runs(values: npt.NDArray[Any]) -> tuple[npt.NDArray[Any], npt.NDArray[Any]]:
    """The distinct values of a sorted column, and where each begins, with the column's size at the end."""
    if not values.size:
        return values, np.zeros(1, np.int64)
    at = np.flatnonzero(values[1:] != values[:-1]) + 1
    return values[np.concatenate(([0], at))], np.concatenate(([0], at, [values.size]))


def write_segment(
    path: Path, day: int, columns: Columns, fingerprint: bytes, subjects: Mark, places: Mark
) -> Head:
    """Write a segment: under another name until it is whole and on the disk."""
    counts = (columns.subject.size, columns.place.size, columns.who.size)
    bare = Head(day, *counts, 0, fingerprint.ljust(32, b"\0"), subjects, places, 0)
    with replacing(path) as file:
        file.write(bytes(HEAD_SIZE))
        sums = _Sums(file)
        for (offset, _), column in zip(bare.sections(), columns, strict=True):
            sums.pad_to(offset)
            sums.write(column)
        sums.pad_to(bare.end_of_columns())
        table = sums.table()
        file.write(table)
        length = bare.end_of_columns() + len(table)
        head = Head(day, *counts, length, bare.fingerprint, subjects, places, zlib.crc32(table))
        file.seek(0)
        file.write(head.pack())
    return head


class _Sums:
    """Writes what follows the head, with a checksum for each `BLOCK` of it."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file, self.at, self.sums, self.current = file, HEAD_SIZE, list[int](), 0

    def write(self, column: Any) -> None:
        data = memoryview(column).cast("B") if len(column) else memoryview(b"")
        self.file.write(data)
        while data:
            room = BLOCK - (self.at - HEAD_SIZE) % BLOCK
            self.current = zlib.crc32(data[:room], self.current)
            self.at += len(data[:room])
            data = data[room:]
            if (self.at - HEAD_SIZE) % BLOCK == 0:
                self.sums.append(self.current)
                self.current = 0

    def pad_to(self, offset: int) -> None:
        self.write(bytes(offset - self.at))

    def table(self) -> bytes:
        last = [self.current] if (self.at - HEAD_SIZE) % BLOCK else []
        return np.array(self.sums + last, "<u4").tobytes()


class Segment:
    """A day's visits, mapped into memory and checked: opening reads the whole file once. Raises `Damaged`."""

    def __init__(self, path: Path) -> None:
        try:
            with path.open("rb") as file:
                self.map = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        except (FileNotFoundError, ValueError) as problem:  # ValueError: an empty file can't be mapped
            raise Damaged("missing" if isinstance(problem, FileNotFoundError) else "empty") from problem
        self.path = path
        self.head = Head.unpack(self.map[:HEAD_SIZE])
        self._check()
        self.columns = Columns(
            *(
                np.frombuffer(self.map, kind, count, offset)
                for kind, (offset, count) in zip(KINDS, self.head.sections(), strict=True)
            )
        )

    @property
    def dawn(self) -> int:
        """The day's first second."""
        return self.head.day * DAY

    def _check(self) -> None:
        stop = self.head.end_of_columns()
        blocks = -(-(stop - HEAD_SIZE) // BLOCK)
        if len(self.map) != self.head.length or self.head.length != stop + 4 * blocks:
            raise Damaged("cut short" if len(self.map) < self.head.length else "its length is wrong")
        table = self.map[stop:]
        if zlib.crc32(table) != self.head.table:
            raise Damaged("its checksums were changed")
        with memoryview(self.map) as view:
            for number, wanted in enumerate(np.frombuffer(table, "<u4").tolist()):
                at = HEAD_SIZE + number * BLOCK
                with view[at : min(at + BLOCK, stop)] as block:
                    if zlib.crc32(block) != wanted:
                        raise Damaged(f"block {number} was changed")
