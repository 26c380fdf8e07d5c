from __future__ import annotations

from uuid import UUID

import pytest

from lachan.base import keys
from lachan.base.scope import Scope
from lachan.registry.people import selectors
from lachan.registry.people.models import Alias, Identifier, Person
from lachan.registry.people.services import Identity, link

pytestmark = pytest.mark.django_db
HOA, HAI = "56/568/22327/", "56/568/22330/"


def alias(text: str) -> UUID:
    return UUID(bytes=keys.keyring().alias("person", text))


def declare(
    name: str, number: str = "", *, birth: str = "1990-05-17", phone: str = "", unit: str = HOA, now
) -> Person:
    identifiers = [("cccd", number)] if len(number) == 12 else [("cmnd", number)] if number else []
    if phone:
        identifiers.append(("phone", phone))
    identity = Identity(name=name, birth=birth, residence=unit, identifiers=tuple(identifiers))
    return link(identity, alias(number or phone + name + birth), seen_in=(unit,), now=now)


def test_the_same_document_is_the_same_person(now):
    first = declare("Nguyễn Văn An", "056090001234", now=now)
    assert declare("Nguyễn Văn An", "056090001234", now=now).id == first.id
    assert Person.objects.count() == 1


def test_the_same_name_alone_is_never_the_same_person(now):
    first = declare("Nguyễn Văn An", "056090001234", now=now)
    second = declare("Nguyễn Văn An", "056090009999", now=now)
    assert first.id != second.id


def test_an_old_id_then_a_new_one_are_linked_by_whoever_shows_both(now):
    old = declare("Trần Thị Bình", "225123456", now=now)
    identity = Identity(
        "Trần Thị Bình",
        "1990-05-17",
        residence=HOA,
        identifiers=(("cccd", "056190001234"), ("cmnd", "225123456")),
    )
    assert link(identity, alias("056190001234"), seen_in=(HOA,), now=now).id == old.id
    assert Alias.objects.filter(person=old).count() == 2


def test_a_mistyped_number_does_not_join_two_people(now):
    first = declare("Trần Thị Bình", "056190001234", birth="1990-05-17", now=now)
    identity = Identity("Lê Văn Cường", "1971-02-03", residence=HOA, identifiers=(("cccd", "056190001234"),))
    assert link(identity, alias("another"), seen_in=(HOA,), now=now).id != first.id


def test_a_shared_phone_does_not_join_a_household(now):
    mother = declare("Trần Thị Bình", phone="+84905123456", now=now)
    child = declare("Lê Văn Cường", phone="+84905123456", birth="2012-01-09", now=now)
    assert mother.id != child.id


def test_an_identifier_is_not_readable_in_its_row(now):
    declare("Trần Thị Bình", "056190001234", now=now)
    row = Identifier.objects.extra(select={"raw": "value"}).get()
    assert b"056190001234" not in bytes(row.raw)
    assert row.value == "056190001234"


def test_search_without_accents_puts_exact_accents_first_and_keeps_to_the_scope(now):
    declare("Nguyễn Văn Ân", "056090000001", now=now)
    declare("Nguyễn Văn An", "056090000002", now=now)
    declare("Nguyễn Văn An", "056090000003", unit=HAI, now=now)
    found = selectors.search(Scope.of([HOA]), "văn an")
    assert [person.name for person in found] == ["Nguyễn Văn An", "Nguyễn Văn Ân"]
    assert selectors.search(Scope(), "an") == []


def test_search_by_number_keeps_to_the_scope(now):
    person = declare("Nguyễn Văn An", "056090000002", phone="+84905123456", now=now)
    assert selectors.search(Scope.of([HOA]), "0905 123 456") == [person]
    assert selectors.search(Scope.of([HOA]), "056090000002") == [person]
    assert selectors.search(Scope.of([HAI]), "056090000002") == []
