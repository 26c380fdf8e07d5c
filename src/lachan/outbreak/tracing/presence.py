"""Who was where, from when to when, out of what doors, phones and declarations noted. Pseudonyms only.

A visit whose other end wasn't seen, and a declaration made at a place, last as long as is assumed for that kind of place.
Nobody stays at a checkpoint on a road.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.gate.checkpoints.models import Visit
from lachan.gate.checkpoints.visits.services import LONGEST
from lachan.gate.declarations.models import Entry
from lachan.kernel.clock import ms_at
from lachan.kernel.ids import floor_of
from lachan.outbreak.tracing.terms import Terms
from lachan.registry.places.models import Place

CHUNK = 500
SEEN = ("alias", "place", "in_at", "out_at")
SAID = ("alias", "place", "occurred_at")
Seen = tuple[UUID, UUID, datetime | None, datetime | None]
Said = tuple[UUID, UUID, datetime]
BLINK = timedelta(minutes=1)  # of a visit whose clock says that it ended before it began


@dataclass(frozen=True, slots=True)
class Stay:
    """Half-open."""

    alias: UUID
    place: UUID
    from_at: datetime
    to_at: datetime

    def within(self, since: datetime, until: datetime) -> Stay | None:
        """The part of it inside a window, if any."""
        first, last = max(self.from_at, since), min(self.to_at, until)
        return Stay(self.alias, self.place, first, last) if first < last else None


def chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Pieces of a list that fit one query."""
    whole = list(ids)
    yield from (whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK))


def stays_of(
    aliases: Collection[UUID], since: datetime, until: datetime, terms: Terms, places: Collection[UUID] | None = None
) -> list[Stay]:  # fmt: skip
    """Where these pseudonyms were in a window (of `places`, where given), joined where they touch, cut to the window."""
    within = Q() if places is None else Q(place__in=places)
    visits: list[Seen] = []
    entries: list[Said] = []
    for some in chunks(aliases):
        visits += _visits(Visit.objects.filter(within, alias__in=some), since, until, terms)
        entries += _declared(Entry.objects.filter(within, alias__in=some), since, until, terms)
    return joined(_stays(visits, entries, terms), since, until)


def stays_at(place: UUID, since: datetime, until: datetime, terms: Terms) -> list[Stay]:
    """Everyone who was at a place in a window, joined where they touch, cut to the window."""
    visits = _visits(Visit.objects.filter(place=place), since, until, terms)
    entries = _declared(Entry.objects.filter(place=place), since, until, terms)
    return joined(_stays(visits, list(entries), terms), since, until)


def aliases_at(
    place: UUID, windows: Sequence[tuple[datetime, datetime]], terms: Terms, changed_since: datetime | None = None
) -> set[UUID]:  # fmt: skip
    """Who was at a place in any of these windows. `changed_since`: by visits alone that were written from then on."""
    if not windows:
        return set()
    since, until = min(first for first, _ in windows), max(last for _, last in windows)
    here = Visit.objects.filter(place=place)
    if changed_since is not None:
        here = here.filter(Q(changed_at__gte=changed_since) | Q(changed_at=None))
    stays = _stays(_visits(here, since, until, terms), [], terms)
    return {one.alias for one in stays if any(one.within(*each) for each in windows)}


def aliases_declared_at(place: UUID, windows: Sequence[tuple[datetime, datetime]], terms: Terms) -> set[UUID]:
    """The same by declarations made there."""
    if not windows:
        return set()
    since, until = min(first for first, _ in windows), max(last for _, last in windows)
    said = list(_declared(Entry.objects.filter(place=place), since, until, terms))
    return {one.alias for one in _stays([], said, terms) if any(one.within(*each) for each in windows)}


def _visits(rows: QuerySet[Visit], since: datetime, until: datetime, terms: Terms) -> list[Seen]:
    """Those that may touch a window; of one whose beginning nobody saw, by its end."""
    came = rows.filter(in_at__lt=until, in_at__gt=since - LONGEST)
    left = rows.filter(in_at=None, out_at__gt=since, out_at__lt=until + terms.longest)
    return [*came.values_list(*SEEN), *left.values_list(*SEEN)]


def _declared(rows: QuerySet[Entry], since: datetime, until: datetime, terms: Terms) -> Iterable[Said]:
    """Declarations made at a place. An entry's id is made on arrival, never before the fact: the index begins there."""
    first = since - terms.longest
    at_a_place = Q(place__isnull=False, occurred_at__gt=first, occurred_at__lt=until)
    return rows.filter(at_a_place, id__gte=floor_of(ms_at(first))).values_list(*SAID)


def stays_from(visits: Iterable[Seen], entries: Iterable[Said], terms: Terms) -> Iterator[Stay]:
    """Rows of both tables as stays, not joined; those at checkpoints are none. For many rows: reads every place once."""
    yield from _told(visits, entries, dict(Place.objects.values_list("pk", "kind")), terms)


def _stays(visits: Sequence[Seen], entries: Sequence[Said], terms: Terms) -> Iterator[Stay]:
    """The same of a few rows."""
    kinds = place_kinds({row[1] for row in visits} | {row[1] for row in entries})
    yield from _told(visits, entries, kinds, terms)


def _told(
    visits: Iterable[Seen], entries: Iterable[Said], kinds: Mapping[UUID, str], terms: Terms
) -> Iterator[Stay]:
    for alias, place, came, left in visits:
        kind = kinds.get(place, "")
        if kind != Place.Kind.CHECKPOINT:
            yield Stay(alias, place, *_visited(came, left, terms.stay(kind)))
    for alias, place, at in entries:
        kind = kinds.get(place, "")
        if kind != Place.Kind.CHECKPOINT:
            yield Stay(alias, place, at, at + terms.stay(kind))


def place_kinds(places: Collection[UUID]) -> dict[UUID, str]:
    """What kind of place each of them is."""
    kinds: dict[UUID, str] = {}
    for some in chunks(places):
        kinds.update(Place.objects.filter(pk__in=some).values_list("pk", "kind"))
    return kinds


def _visited(came: datetime | None, left: datetime | None, stay: timedelta) -> tuple[datetime, datetime]:
    """From when to when, the end that nobody saw assumed."""
    if came is None:
        assert left is not None  # a visit has one of the two
        came = left - stay
    last = came + stay if left is None else left
    return came, min(max(last, came + BLINK), came + LONGEST)


def joined(stays: Iterable[Stay], since: datetime, until: datetime) -> list[Stay]:
    """Stays of one person at one place that touch become one; sorted by place and time."""
    found: list[Stay] = []
    for stay in sorted(stays, key=lambda one: (one.place, one.alias, one.from_at)):
        part = stay.within(since, until)
        if part is None:
            continue
        last = found[-1] if found else None
        if last and (last.place, last.alias) == (part.place, part.alias) and part.from_at <= last.to_at:
            found[-1] = Stay(part.alias, part.place, last.from_at, max(last.to_at, part.to_at))
        else:
            found.append(part)
    return sorted(found, key=lambda one: (one.place, one.from_at))
