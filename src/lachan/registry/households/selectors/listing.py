"""The list of households, their teams, and how both are found."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lachan.base.scope import Scope
from lachan.kernel.clock import day_bounds
from lachan.kernel.text import fold
from lachan.registry.households.models import Hamlet, Household, Member, RoundNote, Team
from lachan.registry.households.selectors.living import age, at_risk, members_of
from lachan.registry.people.models import Person
from lachan.registry.people.selectors import ids_by_name

MOST_HAMLETS = 500


@dataclass(frozen=True, slots=True)
class Filters:
    """`state`: "" open ones, "closed", "worry" those whose last round found something."""

    text: str = ""
    unit: str = ""
    hamlet: UUID | None = None
    state: str = ""


def households(scope: Scope, filters: Filters) -> QuerySet[Household]:
    """The filtered households of a jurisdiction."""
    within = scope.intersect(filters.unit) if filters.unit else scope
    found = within.narrow(Household.objects.select_related("hamlet"), "unit")
    found = found.filter(closed_at__isnull=filters.state != "closed")
    if filters.state == "worry":
        found = found.filter(pk__in=worried(within))
    if filters.hamlet is not None:
        found = found.filter(hamlet=filters.hamlet)
    return found.filter(_named(within, filters.text)) if filters.text.strip() else found


def _named(scope: Scope, text: str) -> Q:
    """By the head's name, by somebody's who lives there, or by the household's number."""
    if text.strip().isdigit():
        return Q(number=int(text.strip()[:9]))
    people = ids_by_name(scope, text)
    lived = Member.objects.filter(person__in=people, until=None).values("household")
    return Q(folded__contains=fold(text)) | Q(pk__in=lived)


def worried(scope: Scope) -> QuerySet[RoundNote, UUID]:
    """Households of which any round told of symptoms, absence or needs; the latest word of each one decides on the page."""
    notes = scope.narrow(RoundNote.objects.exclude(worry=""), "unit")
    return notes.values_list("household", flat=True).distinct()


def get(scope: Scope, pk: UUID) -> Household | None:
    return scope.narrow(Household.objects.select_related("hamlet").filter(pk=pk), "unit").first()


def hamlets(scope: Scope, unit: str = "") -> list[Hamlet]:
    """Open hamlets by name, with `.houses`: how many open households."""
    within = scope.intersect(unit) if unit else scope
    counted = Count("households", filter=Q(households__closed_at=None))
    rows = within.narrow(Hamlet.objects.filter(closed_at=None), "unit").annotate(houses=counted)
    return list(rows.order_by("unit", "folded")[:MOST_HAMLETS])


def teams(scope: Scope, unit: str = "") -> QuerySet[Team]:
    """Open teams, with `.going`: how many accounts go round with each."""
    within = scope.intersect(unit) if unit else scope
    going = Count("people", filter=Q(people__until=None))
    rows = within.narrow(Team.objects.filter(closed_at=None), "unit").select_related("hamlet")
    return rows.annotate(going=going)


def of_team(team: Team) -> QuerySet[Household]:
    """The open households that a team goes to, in the order of its way."""
    numbers = Q(number__gte=team.first, number__lte=team.last)
    found = Household.objects.filter(numbers, hamlet=team.hamlet_id, closed_at=None)
    return found.select_related("hamlet").order_by("number")


@dataclass(frozen=True, slots=True)
class Living:
    """A member with her name and age."""

    member: Member
    name: str
    birth: str
    age: int | None
    sex: str


def living(houses: Iterable[UUID], on: date) -> dict[UUID, list[Living]]:
    """Who lives in each household, the eldest first."""
    members = members_of(houses)
    people = _people({row.person for rows in members.values() for row in rows})
    return {
        house: sorted(
            (_living(row, people.get(row.person), on) for row in rows),
            key=lambda one: (one.birth or "9", one.name),
        )
        for house, rows in members.items()
    }


def _people(ids: set[UUID]) -> dict[UUID, Person]:
    """By the id that the row holds; the kept record where it was merged."""
    found = {row.pk: row for row in Person.objects.select_related("merged_into").filter(pk__in=ids)}
    return {pk: row.merged_into or row for pk, row in found.items()}


def _living(row: Member, person: Person | None, on: date) -> Living:
    if person is None:
        return Living(row, "", "", None, "")
    return Living(row, person.name, person.birth, age(person.birth, on), person.sex)


def left(household: Household) -> list[tuple[Member, str]]:
    """Who has moved out, the last first."""
    rows = list(household.members.exclude(until=None).order_by("-until", "-id")[:50])
    people = _people({row.person for row in rows})
    return [(row, people[row.person].name if row.person in people else "") for row in rows]


@dataclass(frozen=True, slots=True)
class Row:
    house: Household
    people: int
    risk: int
    worry: str


def rows(houses: Sequence[Household], on: date) -> list[Row]:
    """A page of households with how many live there, how many of them are at risk, and the last round's worry."""
    risks = at_risk([house.pk for house in houses], on)
    last = last_notes([house.pk for house in houses])
    return [
        Row(
            house,
            risks[house.pk].people if house.pk in risks else 0,
            sum((risks[house.pk].old, risks[house.pk].ill, risks[house.pk].pregnant))
            if house.pk in risks
            else 0,
            _worst(last.get(house.pk, ())),
        )
        for house in houses
    ]


GRAVE = ("symptoms", "refused", "absent", "needs", "")


def _worst(notes: Iterable[RoundNote]) -> str:
    return min((note.worry for note in notes), key=GRAVE.index, default="")


def last_notes(houses: Iterable[UUID]) -> dict[UUID, list[RoundNote]]:
    """The last word on each member (and on the whole) of each household."""
    found: dict[tuple[UUID, UUID | None], RoundNote] = {}
    for note in RoundNote.objects.filter(household__in=list(houses)).order_by("occurred_at", "id"):
        found[note.household_id, note.member_id] = note
    by_house: dict[UUID, list[RoundNote]] = {}
    for (house, _member), note in found.items():
        by_house.setdefault(house, []).append(note)
    return by_house


def notes_of_day(houses: Iterable[UUID], day: date) -> dict[UUID, list[RoundNote]]:
    """All that was noted of each household on a day in Vietnam, in the order of time."""
    first, after = day_bounds(day)
    found: dict[UUID, list[RoundNote]] = {}
    rows = RoundNote.objects.filter(household__in=list(houses), occurred_at__gte=first, occurred_at__lt=after)
    for note in rows.order_by("occurred_at", "id"):
        found.setdefault(note.household_id, []).append(note)
    return found
