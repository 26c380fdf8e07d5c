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


@dataclass(frozen=True, slots=True)
class Met:
    """Two people at one place at one time."""

    alias: UUID
    place: UUID
    from_at: datetime
    to_at: datetime


def chunks(ids: Iterable[UUID]) -> Iterator[list[UUID]]:
    """Pieces of a list that fit one query."""
    whole = list(ids)
    yield from (whole[at : at + CHUNK] for at in range(0, len(whole), CHUNK))


def stays_of(aliases: Collection[UUID], since: datetime, until: datetime, terms: Terms) -> list[Stay]:
    """Where these pseudonyms were in a window, joined where they touch, cut to the window."""
    visits: list[Seen] = []
    entries: list[Said] = []
    for some in chunks(aliases):
        mine = Visit.objects.filter(alias__in=some)
        came = mine.filter(in_at__lt=until, in_at__gt=since - LONGEST)
        left = mine.filter(in_at=None, out_at__gt=since, out_at__lt=until + terms.longest)
        visits += [*came.values_list(*SEEN), *left.values_list(*SEEN)]
        entries += _declared(Entry.objects.filter(alias__in=some), since, until, terms)
    return joined(_stays(visits, entries, terms), since, until)


def stays_at(place: UUID, since: datetime, until: datetime, terms: Terms) -> list[Stay]:
    """Everyone who was at a place in a window, joined where they touch, cut to the window."""
    here = Visit.objects.filter(place=place)
    came = here.filter(in_at__lt=until, in_at__gt=since - LONGEST)
    left = here.filter(in_at=None, out_at__gt=since, out_at__lt=until + terms.longest)
    entries = _declared(Entry.objects.filter(place=place), since, until, terms)
    visits = [*came.values_list(*SEEN), *left.values_list(*SEEN)]
    return joined(_stays(visits, list(entries), terms), since, until)


def met(mine: Sequence[Stay], own: Collection[UUID], least: timedelta, terms: Terms) -> list[Met]:
    """Who was with someone during these stays of hers, for at least so long at a time; `own`: her pseudonyms."""
    found: list[Met] = []
    for place in sorted({stay.place for stay in mine}):
        here = [stay for stay in mine if stay.place == place]
        others = stays_at(place, here[0].from_at, max(stay.to_at for stay in here), terms)
        for stay in here:
            found += _together(stay, others, own, least)
    return found


def _together(stay: Stay, others: list[Stay], own: Collection[UUID], least: timedelta) -> Iterator[Met]:
    for other in others:
        part = None if other.alias in own else other.within(stay.from_at, stay.to_at)
        if part is not None and part.to_at - part.from_at >= least:
            yield Met(part.alias, part.place, part.from_at, part.to_at)


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
