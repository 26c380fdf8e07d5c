"""Who lives where: moving in ends the stay elsewhere, moving out keeps the row, since tracing asks who lived together."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.households.identity import alias_of, at, borne, identity_of
from lachan.registry.households.models import Household, Member
from lachan.registry.people.models import Person
from lachan.registry.people.services import link

MOST_RELATION = 40
FIRST = date(1900, 1, 1)


@transaction.atomic
def move_in(
    household: Household,
    *,
    person: UUID,
    alias: UUID,
    since: date,
    relation: str = "",
    pregnant: bool | None = None,
    chronic: bool | None = None,
    by: Any = None,
    now: datetime,
) -> Member:
    """The person lives here from a day on; a stay in another household ends that day. Once is enough.

    Raises InvalidInput: `household_closed`, `member_since`.
    """
    household = Household.objects.select_for_update().get(pk=household.pk)
    if household.closed_at is not None:
        raise InvalidInput("household_closed")
    if not FIRST <= since <= local_day(now):
        raise InvalidInput("member_since", field="since")
    stays = Member.objects.select_for_update().filter(Q(person=person) | Q(alias=alias), until=None)
    for stay in stays.order_by("pk"):
        if stay.household_id == household.pk:
            return stay
        _leave(stay, max(since, stay.since), by, now)
    row = Member.objects.create(
        household=household,
        person=person,
        alias=alias,
        relation=at("relation", lambda: clean_line(relation, MOST_RELATION)),
        pregnant=pregnant,
        chronic=chronic,
        since=since,
    )
    _tell("household.moved_in", row, by, now)
    return row


def add_person(
    household: Household,
    typed: Mapping[str, str],
    *,
    since: date,
    pregnant: bool | None = None,
    chronic: bool | None = None,
    by: Any = None,
    now: datetime,
) -> Member:
    """Find or make the person whom `typed` names (name, birth, sex, number, phone, relation), and move her in.

    Someone of that name and birth who lives there already is she.
    """
    identity = identity_of(typed, household.unit, household.address or "", local_day(now))
    with transaction.atomic():
        there = at_home([household.pk]).get((household.pk, identity.name, identity.birth))
        if there is not None:
            return there
        alias = alias_of(identity)
        person = link(identity, alias, seen_in=(household.unit,), now=now)
        return move_in(
            household,
            person=person.pk,
            alias=borne(alias, identity, person.pk),
            since=since,
            relation=typed.get("relation", ""),
            pregnant=pregnant,
            chronic=chronic,
            by=by,
            now=now,
        )


def at_home(households: Iterable[UUID]) -> dict[tuple[UUID, str, str], Member]:
    """Who lives in these households, by household, name and birth."""
    rows = list(Member.objects.filter(household__in=list(households), until=None).select_related("household"))
    people = Person.objects.in_bulk([row.person for row in rows])
    return {
        (row.household_id, people[row.person].name, people[row.person].birth): row
        for row in rows
        if row.person in people
    }


@transaction.atomic
def move_out(member: Member, until: date, *, by: Any = None, now: datetime) -> Member:
    """She doesn't live here any more from a day on. Raises InvalidInput `member_until` for a day that can't be."""
    row = Member.objects.select_for_update().select_related("household").get(pk=member.pk)
    if row.until is not None:
        raise InvalidInput("member_gone")
    if not row.since <= until <= local_day(now):
        raise InvalidInput("member_until", field="until")
    _leave(row, until, by, now)
    return row


@transaction.atomic
def change_member(
    member: Member, *, relation: str, pregnant: bool | None, chronic: bool | None, by: Any, now: datetime
) -> Member:
    """What is known of her that makes her be at risk."""
    row = Member.objects.select_for_update().select_related("household").get(pk=member.pk)
    values = {
        "relation": at("relation", lambda: clean_line(relation, MOST_RELATION)),
        "pregnant": pregnant,
        "chronic": chronic,
    }
    changed = sorted(key for key, value in values.items() if getattr(row, key) != value)
    for key in changed:
        setattr(row, key, values[key])
    if changed:
        row.save(update_fields=changed)
        _tell("household.member_changed", row, by, now, fields=changed)
    return row


def _leave(row: Member, until: date, by: Any, now: datetime) -> None:
    row.until = until
    row.save(update_fields=["until"])
    _tell("household.moved_out", row, by, now)


def _tell(kind: str, row: Member, by: Any, now: datetime, **data: Any) -> None:
    house = row.household
    record(
        kind,
        actor=by,
        subject_kind="household",
        subject=house.pk,
        unit=house.unit,
        data={"alias": str(row.alias), **data},
        now=now,
    )
