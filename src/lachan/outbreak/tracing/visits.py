"""What the engine's segments are built from: stays as `presence` tells them, by day. Pseudonyms only."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import datetime
from hashlib import blake2b
from pathlib import Path

import numpy as np
from django.conf import settings

from lachan.gate.checkpoints.models import Visit
from lachan.gate.checkpoints.visits.services import LONGEST
from lachan.gate.declarations.models import Entry
from lachan.kernel.clock import local_day
from lachan.outbreak.tracing import crowds
from lachan.outbreak.tracing.engine import DAY, UUIDS, Refreshed, Store, VisitChunk, day_of, moment, seconds
from lachan.outbreak.tracing.presence import SAID, SEEN, Stay, joined, stays_from
from lachan.outbreak.tracing.terms import Terms, terms_at
from lachan.registry.places.models import Place

AROUND = 2 * LONGEST
"""How far before and after a day stays are read that may touch, or join one that touches it."""
ROWS = 100_000
_MOST = 2**128


def folder() -> Path:
    """Where the segments are: inside the data folder, readable by its owner alone."""
    path = Path(settings.DATA) / "tracing"
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    return path


class DatabaseVisits:
    """A `VisitSource`. `now`: decides the assumptions in force, nothing else."""

    def __init__(self, now: datetime) -> None:
        self._terms: Terms = terms_at(local_day(now))

    def days(self) -> Mapping[int, bytes]:
        """Each day that someone was somewhere → a sum of digests, which any row that comes, changes or goes makes another."""
        sums: dict[int, int] = {}
        for stay in self._stays():
            first, last = seconds(stay.from_at), _end(stay)
            said = b"".join(
                (stay.alias.bytes, stay.place.bytes, first.to_bytes(5, "big"), last.to_bytes(5, "big"))
            )
            digest = int.from_bytes(blake2b(said, digest_size=16).digest(), "big")
            for day in range(day_of(first), day_of(last - 1) + 1):
                sums[day] = (sums.get(day, 0) + digest) % _MOST
        return {day: number.to_bytes(16, "big") for day, number in sums.items()}

    def read(self, day: int) -> Iterator[VisitChunk]:
        """Stays that touch the day, joined where one person's touch, whole."""
        begin, end = moment(day * DAY), moment((day + 1) * DAY)
        near = self._stays(begin - AROUND, end + AROUND)
        stays = [
            one
            for one in joined(near, begin - AROUND, end + AROUND)
            if one.from_at < end and one.to_at > begin
        ]
        for at in range(0, len(stays), ROWS):
            yield _chunk(stays[at : at + ROWS])

    def _stays(self, since: datetime | None = None, until: datetime | None = None) -> Iterator[Stay]:
        visits, entries = Visit.objects.all(), Entry.objects.exclude(place=None)
        if since is not None and until is not None:
            came = visits.filter(in_at__gt=since - LONGEST, in_at__lt=until)
            left = visits.filter(in_at=None, out_at__gt=since, out_at__lt=until + LONGEST)
            visits = came | left
            entries = entries.filter(occurred_at__gt=since - LONGEST, occurred_at__lt=until)
        yield from stays_from(visits.values_list(*SEEN).iterator(ROWS), (), self._terms)
        yield from stays_from((), entries.values_list(*SAID).iterator(ROWS), self._terms)


def _end(stay: Stay) -> int:
    """The second after the last; a stay of part of a second is one of a second."""
    return max(seconds(stay.to_at), seconds(stay.from_at) + 1)


def _chunk(stays: list[Stay]) -> VisitChunk:
    return VisitChunk(
        np.frombuffer(b"".join(one.alias.bytes for one in stays), UUIDS),
        np.frombuffer(b"".join(one.place.bytes for one in stays), UUIDS),
        np.array([seconds(one.from_at) for one in stays], np.int32),
        np.array([_end(one) for one in stays], np.int32),
    )


def refresh(now: datetime) -> Refreshed:
    """Build the days that changed. The worker's nightly job; answers about one case never wait for it (`crowds`)."""
    kinds = dict(Place.objects.values_list("pk", "kind"))
    store = Store(folder())
    done = store.refresh(DatabaseVisits(now))
    crowds.note(store, now, terms_at(local_day(now)), kinds)
    return done
