"""The folder of segments: built by one worker, read by any number of processes."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lachan.outbreak.tracing.engine.days import day_of
from lachan.outbreak.tracing.engine.files import TEMPORARY, stamp_of
from lachan.outbreak.tracing.engine.ids import IdMap
from lachan.outbreak.tracing.engine.manifest import (
    Entry,
    Manifest,
    entry_of,
    read_manifest,
    recover,
    segment_name,
    write_manifest,
)
from lachan.outbreak.tracing.engine.segment import Damaged, Segment, sort_visits, write_segment
from lachan.outbreak.tracing.engine.source import VisitChunk, Visits, VisitSource

__all__ = ["Built", "Refreshed", "Store"]


@dataclass(frozen=True, slots=True)
class Built:
    """A day that was built: visits kept, visits left out because they end before they start, bytes on the disk."""

    day: int
    rows: int
    reversed: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Refreshed:
    """What `Store.refresh` did. ``why``: for each day built, what was the matter with it."""

    built: tuple[Built, ...]
    dropped: tuple[int, ...]
    kept: int
    why: dict[int, str]


class Store:
    """Segments of a folder. Reading needs nothing; `build`, `drop` and `refresh` are for one process, which `writing` ensures.

    Another process's builds are seen at the next question. A segment is checked when it is first opened.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.subjects = IdMap(folder / "subjects.ids")
        self.places = IdMap(folder / "places.ids")
        self._open: dict[str, Segment] = {}
        self._stamp: tuple[object, ...] = ()
        self.manifest = Manifest()
        self.look()

    # reading

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
            self._stamp = stamp
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

    def stale(self, day: int, fingerprint: bytes) -> str | None:
        """Why the day must be built ("missing", "changed", "damaged: …"), or None when its segment is whole and current."""
        entry = self.look().days.get(day)
        if entry is None:
            return "missing"
        if entry.fingerprint != _padded(fingerprint).hex():
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

    # writing

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Be the one who writes. BlockingIOError: another process is. What a killed build left behind is swept first."""
        with (self.folder / "writer.lock").open("wb") as lock:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            self._stamp = ()
            self.look()
            self._sweep()
            yield

    def _sweep(self) -> None:
        names = {entry.file for entry in self.manifest.days.values()}
        for path in self.folder.iterdir():
            if path.name.endswith(TEMPORARY) or (path.suffix == ".seg" and path.name not in names):
                path.unlink(missing_ok=True)

    def encode(self, chunk: VisitChunk) -> Visits:
        """UUIDs to numbers, new ones given; kept when the day is built."""
        return Visits(
            self.subjects.encode(chunk.subject), self.places.encode(chunk.place), chunk.start, chunk.end
        )

    def build(self, day: int, visits: Iterable[Visits], fingerprint: bytes) -> Built:
        """Build the day's segment from the visits that touch it (see `VisitSource.read`), in place of the one that it has.

        A kill at any moment leaves the old segment or the new one. ValueError: a number that the id maps never gave.
        """
        joined = Visits.joined(visits)
        if joined.subject.size and (
            int(joined.subject.max()) >= len(self.subjects) or int(joined.place.max()) >= len(self.places)
        ):
            raise ValueError("a number that the id maps never gave")
        columns, reverse = sort_visits(day, joined)
        del joined
        marks = self.subjects.commit(), self.places.commit()  # before a segment that leans on them
        generation = self.manifest.generation + 1
        path = self.folder / segment_name(day, generation)
        head = write_segment(path, day, columns, _padded(fingerprint), *marks)
        self._commit(Manifest(generation, {**self.manifest.days, day: entry_of(path.name, head)}))
        return Built(day, head.rows, reverse, head.length)

    def drop(self, day: int) -> bool:
        """Forget a day and delete its file (retention). False: it wasn't there."""
        if day not in self.manifest.days:
            return False
        days = {each: entry for each, entry in self.manifest.days.items() if each != day}
        self._commit(Manifest(self.manifest.generation + 1, days))
        return True

    def _commit(self, manifest: Manifest) -> None:
        """Publish, then delete what is no longer named: a reader that has it mapped goes on reading it."""
        old = self.manifest
        write_manifest(self.folder / "manifest.json", manifest)
        self._stamp = ()
        self.look()
        gone = {each.file for each in old.days.values()} - {each.file for each in manifest.days.values()}
        for name in gone:
            (self.folder / name).unlink(missing_ok=True)

    def refresh(self, source: VisitSource, *, stop: Callable[[], bool] = lambda: False) -> Refreshed:
        """Build the days that changed, are missing or damaged; drop those that the source no longer has.

        `stop` is asked between days: a worker that must end does so within one.
        """
        wanted = source.days()
        built: list[Built] = []
        why: dict[int, str] = {}
        with self.writing():
            dropped = tuple(day for day in sorted(set(self.manifest.days) - set(wanted)) if self.drop(day))
            for day, fingerprint in sorted(wanted.items()):
                if stop():
                    break
                if (reason := self.stale(day, fingerprint)) is not None:
                    why[day] = reason
                    chunks = (self.encode(chunk) for chunk in source.read(day))
                    built.append(self.build(day, chunks, fingerprint))
        return Refreshed(tuple(built), dropped, len(wanted) - len(built), why)


def _padded(fingerprint: bytes) -> bytes:
    if not 1 <= len(fingerprint) <= 32:
        raise ValueError("a fingerprint has 1 to 32 bytes")
    return fingerprint.ljust(32, b"\0")
