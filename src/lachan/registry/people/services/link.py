"""Find the person that a declaration speaks of, or make the record. Never by name alone."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from lachan.base import keys
from lachan.kernel.text import fold
from lachan.registry.audit import services as audit
from lachan.registry.people.models import Alias, Identifier, Person
from lachan.registry.people.services.names import note_name

STRONG = (Identifier.Kind.CCCD, Identifier.Kind.CMND, Identifier.Kind.PASSPORT, Identifier.Kind.INSURANCE)
BOUNDS_OF_DAY = 10  # length of a full ISO date


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


@transaction.atomic
def link(identity: Identity, alias: UUID, *, seen_in: tuple[str, ...], now: datetime) -> Person:
    """The person behind an alias: by the alias, else by an identity document, else by phone with name and birth; else a new one."""
    known = Alias.objects.select_related("person").filter(alias=alias).first()
    person = known.person if known else (_by_document(identity) or _by_phone(identity))
    if person is None:
        person = _create(identity, now)
    else:
        person = _root(person)
        _refresh(person, identity, now)
    if known is None:
        Alias.objects.get_or_create(alias=alias, defaults={"person": person, "since": now})
        audit.record(
            "person.linked", subject_kind="person", subject=person.id, unit=person.residence, now=now
        )
    _add_identifiers(person, identity, now)
    note_name(person.id, person.folded, person.residence, *seen_in)
    return person


def _root(person: Person) -> Person:
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _find(kind: str, value: str) -> list[Person]:
    indexes = keys.keyring().blind_all(kind, value)
    rows = Identifier.objects.select_related("person").filter(kind=kind, index__in=indexes)
    return list({row.person_id: _root(row.person) for row in rows}.values())


def _by_document(identity: Identity) -> Person | None:
    """The holder of the same document, if the birth doesn't contradict: a mistyped number isn't a person."""
    for kind, value in identity.identifiers:
        if kind in STRONG:
            for person in _find(kind, value):
                if _agrees(person.birth, identity.birth):
                    return person
    return None


def _by_phone(identity: Identity) -> Person | None:
    """A phone is shared in a household, so the whole name and a full birth date must be equal too."""
    if any(kind in STRONG for kind, _ in identity.identifiers) or len(identity.birth) != BOUNDS_OF_DAY:
        return None
    for kind, value in identity.identifiers:
        if kind == Identifier.Kind.PHONE:
            for person in _find(kind, value):
                if person.name.casefold() == identity.name.casefold() and person.birth == identity.birth:
                    return person
    return None


def _agrees(first: str, second: str) -> bool:
    """Two partial dates that don't contradict each other."""
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]


def _create(identity: Identity, now: datetime) -> Person:
    person = Person.objects.create(
        name=identity.name,
        folded=fold(identity.name),
        birth=identity.birth,
        sex=identity.sex,
        nationality=identity.nationality,
        residence=identity.residence,
        address=identity.address,
        created_at=now,
        updated_at=now,
    )
    audit.record("person.created", subject_kind="person", subject=person.id, unit=person.residence, now=now)
    return person


def _refresh(person: Person, identity: Identity, now: datetime) -> None:
    """Take over what is newer: where the person lives, and a birth date that says more than the one known."""
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
    if changed:
        for column, value in changed.items():
            setattr(person, column, value)
        person.updated_at = now
        person.save(update_fields=[*changed, "updated_at"])
        audit.record(
            "person.updated",
            subject_kind="person",
            subject=person.id,
            unit=person.residence,
            data={"fields": sorted(changed)},
            now=now,
        )


def _add_identifiers(person: Person, identity: Identity, now: datetime) -> None:
    ring = keys.keyring()
    for kind, value in identity.identifiers:
        if not Identifier.objects.filter(
            person=person, kind=kind, index__in=ring.blind_all(kind, value)
        ).exists():
            Identifier.objects.create(
                person=person, kind=kind, value=value, index=ring.blind(kind, value), first_seen=now
            )
