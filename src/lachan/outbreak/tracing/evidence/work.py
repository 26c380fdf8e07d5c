"""Work and school: who is regularly where one is regularly, though nobody saw both there at one hour.

No form asks for the employer, so it is read from visits: at a place of a kind where people work or learn, on so many days
within two weeks (policies/tracing.toml, `regular_days`). Both must have been there on a day of the window.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lachan.kernel.clock import day_bounds, local_day
from lachan.outbreak.tracing.evidence.ask import Ask, Found
from lachan.outbreak.tracing.evidence.visits import places
from lachan.outbreak.tracing.meetings import regulars
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.presence import Stay, stays_of
from lachan.registry.places.models import Place


@dataclass(frozen=True, slots=True)
class Colleague:
    """Someone regular at the place, and the days of the window on which both were there."""

    alias: UUID
    days: tuple[date, ...]


def find(ask: Ask) -> Iterator[Found]:
    """One for each colleague and place."""
    start = min(ask.since, ask.until - ask.terms.regular_within)
    mine = stays_of(ask.aliases, start, ask.until, ask.terms)
    where = places({stay.place for stay in mine})
    for place in where.values():
        least = ask.terms.regular.get(place.kind)
        days = {local_day(stay.from_at) for stay in mine if stay.place == place.pk}
        if least and len(days) >= least:
            for one in _colleagues(ask, place, days, least):
                yield _found(ask, place, one)


def _colleagues(ask: Ask, place: Place, mine: set[date], least: int) -> Iterator[Colleague]:
    start = min(ask.since, ask.until - ask.terms.regular_within)
    for alias, days in _days(regulars(place.pk, start, ask.until, least, ask.terms)).items():
        shared = sorted(day for day in days & mine if day >= local_day(ask.since))
        if alias not in ask.aliases and len(days) >= least and shared:
            yield Colleague(alias, tuple(shared))


def _days(stays: Iterable[Stay]) -> dict[UUID, set[date]]:
    days: dict[UUID, set[date]] = {}
    for stay in stays:
        days.setdefault(stay.alias, set()).add(local_day(stay.from_at))
    return days


def _found(ask: Ask, place: Place, one: Colleague) -> Found:
    weight = ask.contacts.weight(place.kind)
    return Found(
        target=one.alias,
        kind=Exposure.Kind.WORK,
        evidence=f"work:{place.pk}",
        from_at=max(ask.since, day_bounds(one.days[0])[0]),
        to_at=min(ask.until, day_bounds(one.days[-1])[1]),
        weight=weight,
        score=weight * ask.terms.strength["work"],
        place=place.pk,
        unit=place.unit,
        meetings=len(one.days),
    )
