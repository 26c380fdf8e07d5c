"""Whom the database is asked about: those who may have been at a place, by the engine's segments where these can tell.

Too many rather than too few, and never a measure: what each of them did is read from the database afterwards, so a visit
that was forgotten or changed since the segments were built makes no contact. Whoever came meanwhile is found by what was
written since (`Visit.changed_at`), declarations always by their own table; a day whose segment is missing or damaged, and a
place that was of another kind then, by the visits' table as if there were no segments. Neither numba nor DuckDB is needed.
"""

from __future__ import annotations

import json
import threading
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import lru_cache
from hashlib import blake2b
from pathlib import Path
from typing import Any
from uuid import UUID

import numpy as np
from django.conf import settings

from lachan.gate.checkpoints.visits.services import LONGEST
from lachan.outbreak.tracing.engine import (
    DAY,
    UUIDS,
    Segment,
    Segments,
    Store,
    day_of,
    moment,
    reading,
    seconds,
    was_beside,
    was_there,
)
from lachan.outbreak.tracing.engine.files import replacing
from lachan.outbreak.tracing.presence import Stay, aliases_at, aliases_declared_at
from lachan.outbreak.tracing.terms import Terms

FORMAT = 1
NOTE = "built.json"
UNSEEN = timedelta(hours=1)
"""A transaction that began before the build, and that it couldn't see, has ended by then."""
Part = tuple[datetime, datetime]
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Note:
    """What the segments rest on: every visit as it was at `at`, the assumed stays, the kind of each place by its number."""

    at: datetime
    generation: int
    terms: str
    kinds: tuple[str, ...]


def note(store: Store, at: datetime, terms: Terms, kinds: Mapping[UUID, str]) -> None:
    """Say what the segments rest on. Only after a refresh that built every day; `kinds`: from before it began."""
    numbers = np.arange(len(store.places))
    places = [UUID(bytes=bytes(each)) for each in store.places.decode(numbers)]
    held = {
        "format": FORMAT, "at": at.isoformat(), "generation": store.look().generation, "terms": digest(terms),
        "kinds": " ".join(kinds.get(place, "-") for place in places),
    }  # fmt: skip
    with replacing(store.folder / NOTE) as file:
        file.write(json.dumps(held).encode())


def digest(terms: Terms) -> str:
    """Of the assumptions that stays are made with."""
    said = f"{sorted(terms.stays.items())} {LONGEST}"
    return blake2b(said.encode(), digest_size=16).hexdigest()


def _read(path: Path) -> Note | None:
    try:
        held = json.loads(path.read_bytes())
        if held["format"] != FORMAT:
            return None
        at = datetime.fromisoformat(held["at"])
        return Note(at, int(held["generation"]), str(held["terms"]), tuple(str(held["kinds"]).split()))
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return None


@lru_cache(maxsize=4)
def _segments(folder: Path) -> Segments[Any]:
    return reading(folder)


def of(terms: Terms) -> Crowd | None:
    """None where no segments were built, or under other assumptions: then the tables alone are asked."""
    folder = Path(settings.DATA) / "tracing"
    held = _read(folder / NOTE)  # before the manifest, which is never the older one then
    if held is None or held.terms != digest(terms):
        return None
    with _LOCK:
        segments = _segments(folder)
        if segments.look().generation < held.generation:
            return None
    return Crowd(segments, held, terms)


@dataclass(frozen=True, slots=True)
class Crowd:
    """Asks the segments about a place, and the tables about what the segments can't tell."""

    segments: Segments[Any]
    note: Note
    terms: Terms

    def beside(self, place: UUID, kind: str, stays: Sequence[Stay], least: timedelta) -> set[UUID]:
        """Everyone who may have been there for so long during one of these stays there."""
        parts: list[Part] = [(stay.from_at, stay.to_at) for stay in stays]
        shortest = max(1, int(least.total_seconds()) - 1)  # segments know seconds alone
        with _LOCK:
            number = self._number(place, kind)
            found, left = [np.zeros(0, np.uint32)], list[Part]()
            for part in parts:
                for segment, piece in self._days(number, *part):
                    if segment is None:
                        left.append(piece)
                    else:
                        window = seconds(part[0]), seconds(part[1]) + 1
                        found.append(was_beside(segment, number, *window, shortest))
            who = self._names(np.unique(np.concatenate(found)))
        return who | self._by_tables(place, parts, left)

    def often(self, place: UUID, kind: str, since: datetime, until: datetime, days: int) -> set[UUID]:
        """Everyone who may have been there on so many days of the window."""
        counted: Counter[int] = Counter()
        with _LOCK:
            number = self._number(place, kind)
            left: list[Part] = []
            for segment, piece in self._days(number, since, until):
                if segment is None:
                    left.append(piece)
                else:
                    counted.update(was_there(segment, number).tolist())
            regular = [each for each, seen in counted.items() if seen >= days]
            who = self._names(np.array(regular, np.int64))
        return who | self._by_tables(place, [(since, until)], left)

    def _number(self, place: UUID, kind: str) -> int:
        """Of the place in the segments; -1 where they can't tell about it."""
        number = int(self.segments.places.find(np.frombuffer(place.bytes, UUIDS))[0])
        known = 0 <= number < len(self.note.kinds) and self.note.kinds[number] == kind
        return number if known else -1

    def _days(self, number: int, since: datetime, until: datetime) -> Iterator[tuple[Segment | None, Part]]:
        """Each day of a window with its segment, if that can tell, and the part of the window that lies in it."""
        for day in range(day_of(seconds(since)), day_of(seconds(until)) + 1):
            part = max(since, moment(day * DAY)), min(until, moment((day + 1) * DAY))
            if part[0] < part[1]:
                yield self.segments.whole(day) if number >= 0 else None, part

    def _names(self, numbers: np.ndarray[Any, Any]) -> set[UUID]:
        return {UUID(bytes=bytes(each)) for each in self.segments.subjects.decode(numbers)}

    def _by_tables(self, place: UUID, parts: Sequence[Part], left: Sequence[Part]) -> set[UUID]:
        changed = aliases_at(place, parts, self.terms, changed_since=self.note.at - UNSEEN)
        return changed | aliases_at(place, left, self.terms) | aliases_declared_at(place, parts, self.terms)
