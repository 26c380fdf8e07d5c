"""The folder of segments, built: by one worker. Reading is `segments.Segments`."""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from lachan.outbreak.tracing.engine.files import TEMPORARY
from lachan.outbreak.tracing.engine.ids import IdMap
from lachan.outbreak.tracing.engine.manifest import Manifest, entry_of, segment_name, write_manifest
from lachan.outbreak.tracing.engine.segment import sort_visits, write_segment
from lachan.outbreak.tracing.engine.segments import Segments, padded
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


class Store(Segments[IdMap]):
    """A folder of segments that may be built, too: by one process at a time, which `writing` ensures."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        super().__init__(folder, IdMap(folder / "subjects.ids"), IdMap(folder / "places.ids"))

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
        head = write_segment(path, day, columns, padded(fingerprint), *marks)
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
