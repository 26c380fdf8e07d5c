"""Find the person that a declaration speaks of, or make the record. Never by name alone.

Written for the worker: a batch of declarations costs a handful of queries, and ends as if they had come one by one.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.base import keys
from lachan.kernel.text import fold
from lachan.registry.audit.rows import EventRow, event_row
from lachan.registry.audit.services import record_rows
from lachan.registry.people.models import Alias, Identifier, Person
from lachan.registry.people.services.names import note_names

STRONG = (Identifier.Kind.CCCD, Identifier.Kind.CMND, Identifier.Kind.PASSPORT, Identifier.Kind.INSURANCE)
BOUNDS_OF_DAY = 10  # length of a full ISO date
Index = tuple[str, bytes]


@dataclass(frozen=True, slots=True)
class Identity:
    """Who a declaration says someone is. `identifiers`: (kind, normalised value); phones are E.164."""

    name: str
    birth: str = ""
    sex: str = ""
    nationality: str = ""
    residence: str = ""
    address: str = ""
    identifiers: tuple[tuple[str, str], ...] = field(default=())


@dataclass(frozen=True, slots=True)
class Sighting:
    """One declaration's word on who someone is. `seen_in`: units besides the residence whose officers may find her.

    `period`: the month whose key seals it; the record has a term from the last one. "" is the month of linking.
    """

    identity: Identity
    alias: UUID
    seen_in: tuple[str, ...] = ()
    period: str = ""


def link(identity: Identity, alias: UUID, *, seen_in: tuple[str, ...], now: datetime) -> Person:
    """The person behind an alias: by the alias, else by an identity document, else by phone with name and birth; else a new one."""
    return link_many([Sighting(identity, alias, seen_in)], now=now)[0]


@transaction.atomic
def link_many(sightings: Sequence[Sighting], *, now: datetime) -> list[Person]:
    """The person of each, in turn: the second sighting of a batch already knows the first."""
    known = _Known(sightings, now)
    people = [known.take(one) for one in sightings]
    known.write()
    return people


class _Known:
    """What the tables hold on everybody that a batch may speak of, and what the batch adds to it."""

    def __init__(self, sightings: Sequence[Sighting], now: datetime) -> None:
        self._ring, self._now = keys.keyring(), now
        narrow = [narrow_alias(one.identity, one.alias) for one in sightings]
        self._aliases = _aliases([*(one.alias for one in sightings), *filter(None, narrow)])
        self._holders: dict[Index, list[Person]] = {}
        self._held: dict[UUID, set[Index]] = {person.id: set() for person in self._aliases.values()}
        self._read_identifiers({value for one in sightings for value in one.identity.identifiers})
        self._new: dict[UUID, Person] = {}
        self._changed: dict[UUID, tuple[Person, set[str]]] = {}
        self._new_aliases: list[Alias] = []
        self._new_identifiers: list[Identifier] = []
        self._names: set[tuple[UUID, str, str]] = set()
        self._events: list[EventRow] = []

    def _read_identifiers(self, said: Iterable[tuple[str, str]]) -> None:
        wanted = [index for kind, value in said for index in self._ring.blind_all(kind, value)]
        rows = Identifier.objects.select_related("person").filter(index__in=wanted).order_by("id")
        for row in rows:
            person, index = _root(row.person), (row.kind, bytes(row.index))
            self._hold(person, index)
            self._held.setdefault(row.person_id, set()).add(index)

    def _hold(self, person: Person, index: Index) -> None:
        holders = self._holders.setdefault(index, [])
        if all(other.id != person.id for other in holders):
            holders.append(person)

    def take(self, one: Sighting) -> Person:
        alias, person = self._by_alias(one)
        known = person is not None
        person = person or self._by_document(one.identity) or self._by_phone(one.identity)
        if person is None:
            person = self._create(one.identity)
        else:
            person = self._newest(person)
            self._refresh(person, one.identity)
        self._spoken_of(person, one.period or keys.period_of(self._now.astimezone(UTC)))
        if not known:
            self._aliases[alias] = person
            self._new_aliases.append(Alias(alias=alias, person=person, since=self._now))
            self._tell("person.linked", person)
        self._add_identifiers(person, one.identity)
        units = {person.residence, *one.seen_in} - {""}
        self._names.update((person.id, person.folded, unit) for unit in units)
        return person

    def _by_alias(self, one: Sighting) -> tuple[UUID, Person | None]:
        """The alias under which the sighting is known or to be known, and who bears it.

        A weak alias that somebody else bears already is narrowed: two children of one name and birthday are two people.
        """
        narrow, bearer = narrow_alias(one.identity, one.alias), self._aliases.get(one.alias)
        if narrow is None or bearer is None:
            return one.alias, bearer
        if narrow in self._aliases:
            return narrow, self._aliases[narrow]
        if _same_weakly(self._newest(bearer), one.identity):
            return one.alias, bearer
        return narrow, None

    def _newest(self, person: Person) -> Person:
        """The object that this batch has changed already, where it has: one row is one object."""
        if person.id in self._new:
            return self._new[person.id]
        return self._changed[person.id][0] if person.id in self._changed else person

    def _find(self, kind: str, value: str) -> list[Person]:
        found: list[Person] = []
        for index in self._ring.blind_all(kind, value):
            found += self._holders.get((kind, index), [])
        return found

    def _by_document(self, identity: Identity) -> Person | None:
        """The holder of the same document, if the birth doesn't contradict: a mistyped number isn't a person."""
        for kind, value in identity.identifiers:
            if kind in STRONG:
                for person in self._find(kind, value):
                    if _agrees(self._newest(person).birth, identity.birth):
                        return person
        return None

    def _by_phone(self, identity: Identity) -> Person | None:
        """A phone is shared in a household, so the whole name and a full birth date must be equal too."""
        if any(kind in STRONG for kind, _ in identity.identifiers) or len(identity.birth) != BOUNDS_OF_DAY:
            return None
        for kind, value in identity.identifiers:
            if kind == Identifier.Kind.PHONE:
                for person in map(self._newest, self._find(kind, value)):
                    if person.name.casefold() == identity.name.casefold() and person.birth == identity.birth:
                        return person
        return None

    def _create(self, identity: Identity) -> Person:
        person = Person(
            name=identity.name,
            folded=fold(identity.name),
            birth=identity.birth,
            sex=identity.sex,
            nationality=identity.nationality,
            residence=identity.residence,
            address=identity.address,
            created_at=self._now,
            updated_at=self._now,
        )
        self._new[person.id] = person
        self._tell("person.created", person)
        return person

    def _refresh(self, person: Person, identity: Identity) -> None:
        """Take over what is newer: where the person lives, and a birth date that says more than the one known."""
        changed = _newer(person, identity)
        if not changed:
            return
        for column, value in changed.items():
            setattr(person, column, value)
        person.updated_at = self._now
        if person.id not in self._new:
            self._changed.setdefault(person.id, (person, set()))[1].update(changed)
        self._tell("person.updated", person, {"fields": sorted(changed)})

    def _spoken_of(self, person: Person, period: str) -> None:
        if period > person.last_period:
            person.last_period = period
            if person.id not in self._new:
                self._changed.setdefault(person.id, (person, set()))[1].add("last_period")

    def _add_identifiers(self, person: Person, identity: Identity) -> None:
        held = self._held.setdefault(person.id, set())
        for kind, value in identity.identifiers:
            if not any((kind, index) in held for index in self._ring.blind_all(kind, value)):
                index = (kind, self._ring.blind(kind, value))
                held.add(index)
                self._hold(person, index)
                self._new_identifiers.append(
                    Identifier(person=person, kind=kind, value=value, index=index[1], first_seen=self._now)
                )

    def _tell(self, kind: str, person: Person, data: dict[str, Any] | None = None) -> None:
        self._events.append(
            event_row(
                kind,
                now=self._now,
                subject_kind="person",
                subject=person.id,
                unit=person.residence,
                data=data,
            )
        )

    def write(self) -> None:
        """Everything that the batch found out, in the caller's transaction."""
        Person.objects.bulk_create(self._new.values())
        for person, columns in self._changed.values():
            person.save(update_fields=[*columns, "updated_at"])
        Alias.objects.bulk_create(self._new_aliases, ignore_conflicts=True)
        Identifier.objects.bulk_create(self._new_identifiers, ignore_conflicts=True)
        note_names(self._names)
        record_rows(self._events)


def narrow_alias(identity: Identity, alias: UUID) -> UUID | None:
    """A pseudonym of what else was said, where the alias stands on a name and a birth alone; None for a stronger one."""
    if any(kind in (*STRONG, Identifier.Kind.PHONE) for kind, _ in identity.identifiers):
        return None
    said = [alias.hex, identity.name.casefold(), identity.residence]
    if len(identity.birth) != BOUNDS_OF_DAY:
        said.append(fold(identity.address))
    return UUID(bytes=keys.keyring().alias("person", "narrow:" + "|".join(said)))


def _same_weakly(person: Person, identity: Identity) -> bool:
    """Whether a second fact agrees: where they live; and the address too where only the year of birth is known."""
    if not identity.residence or person.residence != identity.residence:
        return False
    if not _may_be_one_name(person.name, identity.name):
        return False
    if len(identity.birth) == BOUNDS_OF_DAY:
        return True
    return bool(identity.address) and fold(person.address) == fold(identity.address)


def _may_be_one_name(first: str, second: str) -> bool:
    """An and Ân are two names; An typed without accents may be either."""
    one, two = first.casefold(), second.casefold()
    return one == two or (fold(one) == fold(two) and (one == fold(one) or two == fold(two)))


def _aliases(wanted: Sequence[UUID]) -> dict[UUID, Person]:
    """The person of each known alias; one object a person."""
    people: dict[UUID, Person] = {}
    found: dict[UUID, Person] = {}
    for row in Alias.objects.select_related("person").filter(alias__in=set(wanted)):
        person = _root(row.person)
        found[row.alias] = people.setdefault(person.id, person)
    return found


def _root(person: Person) -> Person:
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _newer(person: Person, identity: Identity) -> dict[str, str]:
    changed: dict[str, str] = {}
    if identity.residence and identity.residence != person.residence:
        changed["residence"] = identity.residence
    if identity.address and identity.address != person.address:
        changed["address"] = identity.address
    if len(identity.birth) > len(person.birth) and _agrees(person.birth, identity.birth):
        changed["birth"] = identity.birth
    for column in ("sex", "nationality"):
        if getattr(identity, column) and not getattr(person, column):
            changed[column] = getattr(identity, column)
    return changed


def _agrees(first: str, second: str) -> bool:
    """Two partial dates that don't contradict each other."""
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]
