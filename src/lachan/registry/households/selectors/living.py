"""Who lives together, where, and who of them is at risk."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.registry.households import outline as outlines
from lachan.registry.households.models import Household, Member
from lachan.registry.people.models import Alias, Person

OLD = 65
CHUNK = 500


def people_of(aliases: Iterable[UUID]) -> dict[UUID, UUID]:
    """The person behind each alias, as far as one is known; the kept record of merged ones."""
    found: dict[UUID, UUID] = {}
    wanted = list(dict.fromkeys(aliases))
    for at in range(0, len(wanted), CHUNK):
        rows = Alias.objects.filter(pk__in=wanted[at : at + CHUNK]).select_related("person")
        found |= {row.alias: row.person.merged_into_id or row.person_id for row in rows}
    return found


def household_of(alias: UUID, on: date | None = None) -> Household | None:
    """Where someone lives, now or on a day; by the alias or by the person behind it."""
    person = people_of([alias]).get(alias)
    who = Q(alias=alias) | Q(person__in=[person] if person else [])
    rows = Member.objects.filter(who).select_related("household")
    rows = rows.filter(until=None) if on is None else rows.filter(_lived(on, on))
    row = rows.order_by("-since", "-id").first()
    return row.household if row else None


def _lived(first: date, last: date) -> Q:
    return Q(since__lte=last) & (Q(until=None) | Q(until__gte=first))


def members_with(
    aliases: Iterable[UUID], first: date | None = None, last: date | None = None
) -> dict[UUID, list[Member]]:
    """For each alias, the others who lived in the same household at the same time, between two days (None: now).

    Each other once a household; herself, under whatever alias, is none of them.
    """
    wanted = list(dict.fromkeys(aliases))
    people = people_of(wanted)
    own = _own_stays(wanted, people, first, last)
    houses = {stay.household_id for stays in own.values() for stay in stays}
    inside = _window(Member.objects.filter(household__in=houses), first, last).select_related("household")
    by_house: defaultdict[UUID, list[Member]] = defaultdict(list)
    for row in inside.order_by("household", "id"):
        by_house[row.household_id].append(row)
    return {alias: _others(alias, people.get(alias), own.get(alias, ()), by_house, last) for alias in wanted}


def _own_stays(
    wanted: Sequence[UUID], people: Mapping[UUID, UUID], first: date | None, last: date | None
) -> dict[UUID, list[Member]]:
    rows = list(
        _window(Member.objects.filter(Q(alias__in=wanted) | Q(person__in=set(people.values()))), first, last)
    )
    return {
        alias: [row for row in rows if row.alias == alias or row.person == people.get(alias)]
        for alias in wanted
    }


def _window(rows: QuerySet[Member], first: date | None, last: date | None) -> QuerySet[Member]:
    if first is None and last is None:
        return rows.filter(until=None)
    return rows.filter(_lived(first or date.min, last or date.max))


def _others(
    alias: UUID,
    person: UUID | None,
    stays: Sequence[Member],
    by_house: Mapping[UUID, list[Member]],
    last: date | None,
) -> list[Member]:
    found: dict[UUID, Member] = {}
    for stay in stays:
        for row in by_house.get(stay.household_id, ()):
            if row.alias != alias and row.person not in (person, stay.person) and _together(stay, row):
                found.setdefault(row.person, row)
    return list(found.values())


def _together(one: Member, other: Member) -> bool:
    return one.since <= (other.until or date.max) and other.since <= (one.until or date.max)


def in_outline(
    unit: str, outline: dict[str, Any] | None, hamlets: Iterable[UUID] | None = None
) -> list[Household]:
    """Open households of a commune, within an outline and of some hamlets, where these are given; by hamlet and number.

    A household whose place nobody entered is in no outline: `unplaced` tells how many there are.
    """
    rows = Household.objects.filter(unit=unit, closed_at=None).select_related("hamlet")
    if hamlets is not None:
        rows = rows.filter(hamlet__in=list(hamlets))
    found = rows.order_by("hamlet__folded", "number")
    if outline is None:
        return list(found)
    west, south, east, north = outlines.bounds(outline)
    near = found.filter(latitude__range=(south, north), longitude__range=(west, east))
    return [
        house
        for house in near
        if house.latitude is not None
        and house.longitude is not None
        and outlines.holds(outline, house.latitude, house.longitude)
    ]


def unplaced(unit: str) -> int:
    """How many open households of a commune have no coordinates."""
    return Household.objects.filter(unit=unit, closed_at=None, latitude=None).count()


def members_of(households: Iterable[UUID]) -> dict[UUID, list[Member]]:
    """Who lives in each now."""
    found: defaultdict[UUID, list[Member]] = defaultdict(list)
    wanted = list(households)
    for at in range(0, len(wanted), CHUNK):
        for row in Member.objects.filter(household__in=wanted[at : at + CHUNK], until=None).order_by("id"):
            found[row.household_id].append(row)
    return dict(found)


@dataclass(frozen=True, slots=True)
class AtRisk:
    """Of one household: how many people, and how many of them are 65 or older, chronically ill, pregnant."""

    people: int = 0
    old: int = 0
    ill: int = 0
    pregnant: int = 0


def at_risk(households: Iterable[UUID], on: date) -> dict[UUID, AtRisk]:
    """Counts of each household on a day."""
    members = members_of(households)
    births = births_of(row.person for rows in members.values() for row in rows)
    return {
        house: AtRisk(
            len(rows),
            sum((age(births.get(row.person, ""), on) or 0) >= OLD for row in rows),
            sum(bool(row.chronic) for row in rows),
            sum(bool(row.pregnant) for row in rows),
        )
        for house, rows in members.items()
    }


def births_of(people: Iterable[UUID]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    wanted = list(dict.fromkeys(people))
    for at in range(0, len(wanted), CHUNK):
        found |= dict(Person.objects.filter(pk__in=wanted[at : at + CHUNK]).values_list("pk", "birth"))
    return found


def age(birth: str, on: date) -> int | None:
    """Full years on a day; of a birth that is only a year, the years that she has by its end."""
    if not birth[:4].isdigit():
        return None
    years = on.year - int(birth[:4])
    return years - 1 if len(birth) == len("2021-07-22") and birth[5:] > on.isoformat()[5:] else years
