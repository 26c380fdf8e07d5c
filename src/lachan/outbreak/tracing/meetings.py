"""Who met whom at a place. Whom to ask for comes from the segments where they can tell; what happened, from the database."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lachan.outbreak.tracing import crowds
from lachan.outbreak.tracing.presence import Stay, place_kinds, stays_at, stays_of
from lachan.outbreak.tracing.terms import Terms


@dataclass(frozen=True, slots=True)
class Met:
    """Two people at one place at one time."""

    alias: UUID
    place: UUID
    from_at: datetime
    to_at: datetime


def met(mine: Sequence[Stay], own: Collection[UUID], least: timedelta, terms: Terms) -> list[Met]:
    """Who was with someone during these stays of hers, for at least so long at a time; `own`: her pseudonyms."""
    here: dict[UUID, list[Stay]] = {}
    for stay in mine:
        here.setdefault(stay.place, []).append(stay)
    others = _others(here, own, least, terms)
    return [
        one
        for place in sorted(here)
        for stay in here[place]
        for one in _together(stay, others.get(place, ()), own, least)
    ]


def regulars(place: UUID, since: datetime, until: datetime, days: int, terms: Terms) -> list[Stay]:
    """The stays at a place, joined and cut to the window, of those at least who came on so many days."""
    crowd = crowds.of(terms)
    if crowd is None:
        return stays_at(place, since, until, terms)
    kind = place_kinds({place}).get(place, "")
    return stays_of(crowd.often(place, kind, since, until, days), since, until, terms, {place})


def _others(
    here: dict[UUID, list[Stay]], own: Collection[UUID], least: timedelta, terms: Terms
) -> dict[UUID, list[Stay]]:
    """place → stays of everyone who may have been met there, and of others."""
    crowd = crowds.of(terms) if here else None
    if crowd is None:
        return {place: stays_at(place, *_span(stays), terms) for place, stays in here.items()}
    kinds = place_kinds(here)
    who = {
        alias
        for place, stays in here.items()
        for alias in crowd.beside(place, kinds.get(place, ""), stays, least)
    }
    whole = _span([stay for stays in here.values() for stay in stays])
    found: dict[UUID, list[Stay]] = {}
    for stay in stays_of(who - set(own), *whole, terms, here):
        found.setdefault(stay.place, []).append(stay)
    return found


def _span(stays: Sequence[Stay]) -> tuple[datetime, datetime]:
    return min(stay.from_at for stay in stays), max(stay.to_at for stay in stays)


def _together(stay: Stay, others: Sequence[Stay], own: Collection[UUID], least: timedelta) -> Iterator[Met]:
    for other in others:
        part = None if other.alias in own else other.within(stay.from_at, stay.to_at)
        if part is not None and part.to_at - part.from_at >= least:
            yield Met(part.alias, part.place, part.from_at, part.to_at)
