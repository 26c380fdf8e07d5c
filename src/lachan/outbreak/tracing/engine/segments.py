"""The folder of segments, read: by any number of processes, while one other builds."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

import numpy as np
import numpy.typing as npt

from lachan.outbreak.tracing.engine.days import day_of
from lachan.outbreak.tracing.engine.files import stamp_of
from lachan.outbreak.tracing.engine.ids import Mark
from lachan.outbreak.tracing.engine.manifest import Entry, Manifest, entry_of, read_manifest, recover
from lachan.outbreak.tracing.engine.names import Names
from lachan.outbreak.tracing.engine.segment import Damaged, Segment

__all__ = ["Ids", "Segments", "padded", "reading"]


class Ids(Protocol):
    """What reading needs of an id map: `ids.IdMap`, or the lighter `names.Names`."""

    path: Path

    def reload(self) -> None: ...
    def holds(self, mark: Mark) -> bool: ...
    def find(self, uuids: npt.NDArray[Any]) -> npt.NDArray[np.int64]: ...
    def decode(self, numbers: npt.NDArray[Any]) -> npt.NDArray[Any]: ...


Map = TypeVar("Map", bound=Ids)


class Segments(Generic[Map]):
    """Segments of a folder, which need not exist for one who reads. Another process's builds are seen at the next question. A segment is
    checked when it is first opened. Not for several threads at once.
    """

    def __init__(self, folder: Path, subjects: Map, places: Map) -> None:
        self.folder = folder
        self.subjects = subjects
        self.places = places
        self._open: dict[str, Segment] = {}
        self._bad: set[str] = set()
        self._stamp: tuple[object, ...] = ()
        self.manifest = Manifest()
        self.look()

    def look(self) -> Manifest:
        """The manifest as it is on the disk now. Segments that it no longer names are let go."""
        stamp = tuple(
            stamp_of(path) for path in (self.folder / "manifest.json", self.subjects.path, self.places.path)
        )
        if stamp != self._stamp:
            self.manifest = read_manifest(self.folder / "manifest.json") or recover(self.folder)
            self.subjects.reload()  # after the manifest: what it names was built under these or fewer numbers
            self.places.reload()
            names = {entry.file for entry in self.manifest.days.values()}
            self._open = {name: each for name, each in self._open.items() if name in names}
            self._bad, self._stamp = set(), stamp
        return self.manifest

    def segments(self, since: int, until: int) -> tuple[list[Segment], tuple[int, ...]]:
        """The segments of the days that the seconds [since, until) touch, and those of these days that were never built.

        Raises `Damaged`: an answer without that day would be short of contacts, so there is none until it is rebuilt.
        """
        if until <= since:
            return [], ()
        for _ in range(3):
            manifest = self.look()
            days = range(day_of(since), day_of(until - 1) + 1)
            if len(days) > 20_000:
                raise ValueError("a window of more than 20,000 days")
            held = [manifest.days[day] for day in days if day in manifest.days]
            if all((self.folder / each.file).exists() for each in held):
                break  # else a build replaced one meanwhile: its new manifest is there already
        return [self._segment(each) for each in held], tuple(day for day in days if day not in manifest.days)

    def _segment(self, entry: Entry) -> Segment:
        found = self._open.get(entry.file)
        if found is None:
            found = Segment(self.folder / entry.file)
            if entry != entry_of(entry.file, found.head):
                raise Damaged(f"{entry.file}: another than the manifest's")
            if not (self.subjects.holds(found.head.subjects) and self.places.holds(found.head.places)):
                raise Damaged(f"{entry.file}: its id maps are lost")
            self._open[entry.file] = found
        return found

    def whole(self, day: int) -> Segment | None:
        """The day's segment where there is one that can be trusted."""
        entry = self.look().days.get(day)
        if entry is None or entry.file in self._bad:
            return None
        try:
            return self._segment(entry)
        except Damaged:
            self._bad.add(entry.file)  # until another takes its place
            return None

    def stale(self, day: int, fingerprint: bytes) -> str | None:
        """Why the day must be built ("missing", "changed", "damaged: …"), or None when its segment is whole and current."""
        entry = self.look().days.get(day)
        if entry is None:
            return "missing"
        if entry.fingerprint != padded(fingerprint).hex():
            return "changed"
        try:
            self._segment(entry)
        except Damaged as problem:
            return f"damaged: {problem}"
        return None

    def damaged(self) -> dict[int, str]:
        """Every segment read again and checked; {day: what is wrong}. Two seconds or so for 100 million visits."""
        self._open = {}
        found = {}
        for day, entry in self.look().days.items():
            try:
                self._segment(entry)
            except Damaged as problem:
                found[day] = str(problem)
        return found


def padded(fingerprint: bytes) -> bytes:
    """As segments keep it. ValueError: not of 1 to 32 bytes."""
    if not 1 <= len(fingerprint) <= 32:
        raise ValueError("a fingerprint has 1 to 32 bytes")
    return fingerprint.ljust(32, b"\0")


def reading(folder: Path) -> Segments[Names]:
    """The segments of a folder for somebody who never builds: light on memory, and needs neither lock nor folder."""
    return Segments(folder, Names(folder / "subjects.ids"), Names(folder / "places.ids"))
