from __future__ import annotations

from uuid import UUID

import pytest

from lachan.base import keys
from lachan.base.scope import Scope
from lachan.registry.people import selectors
from lachan.registry.people.models import Alias, Identifier, Person
from lachan.registry.people.services import Identity, Sighting, link, link_many

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


def child(
    now,
    *,
    name: str = "Lê Minh An",
    birth: str = "2015-03-02",
    unit: str = HOA,
    address: str = "",
) -> Person:
    """Declared for by a parent: no document and no phone of its own, so the alias is of name and birth alone."""
    identity = Identity(name, birth, residence=unit, address=address)
    return link(identity, alias(f"name:|le minh an|{birth}"), seen_in=(unit,), now=now)


def test_two_children_of_one_name_and_birthday_are_kept_apart_and_suggested(now):
    one, two = child(now), child(now, unit=HAI)
    assert one.id != two.id
    assert child(now).id == one.id and child(now, unit=HAI).id == two.id  # each is found again
    assert Person.objects.count() == 2 and Alias.objects.count() == 2
    assert selectors.possible_duplicates(one, Scope.of([HOA, HAI])) == [two]


def test_two_children_in_one_batch(now):
    same = alias("name:|le minh an|2015-03-02")
    sightings = [
        Sighting(Identity("Lê Minh An", "2015-03-02", residence=unit), same) for unit in (HOA, HAI, HOA, HAI)
    ]
    people = link_many(sightings, now=now)
    assert people[0].id == people[2].id != people[1].id == people[3].id


def test_an_accent_is_another_name_but_none_may_be_either(now):
    one = child(now)
    assert child(now, name="Lê Minh Ân").id != one.id
    assert child(now, name="le minh an").id == one.id


def test_with_a_year_alone_the_address_must_agree_too(now):
    one = child(now, birth="2015", address="12 Nguyễn Trãi")
    assert child(now, birth="2015", address="12 nguyen trai").id == one.id
    assert child(now, birth="2015", address="99 Trần Phú").id != one.id
    assert child(now, birth="2015").id not in (None, one.id)


def test_a_phone_or_a_document_needs_no_second_fact(now):
    first = declare("Trần Thị Bình", phone="+84905123456", now=now)
    assert declare("Trần Thị Bình", phone="+84905123456", unit=HAI, now=now).id == first.id
    held = declare("Lê Văn Cường", "056090001234", now=now)
    assert declare("Lê Văn Cường", "056090001234", unit=HAI, now=now).id == held.id
