from __future__ import annotations

from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.base.scope import Scope
from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event
from lachan.registry.people import selectors
from lachan.registry.people.models import Alias, Identifier, Merge, NameKey, Person
from lachan.registry.people.services import Identity, MergeRefused, link, merge, unmerge

pytestmark = pytest.mark.django_db
UNITS = ["56/568/22327/", "56/568/22330/", "56/569/22420/"]
NAMES = ["Nguyễn Văn An", "Nguyễn Văn Ân", "Lê Thị Hoà"]


class Officer:
    pk = UUID(int=7)


def person(name: str, number: str, units: tuple[str, ...], now) -> Person:
    return link(
        Identity(name, "1990", residence=units[0], identifiers=(("cccd", number),)),
        uuid7(),
        seen_in=units,
        now=now,
    )


def state() -> dict[str, Any]:
    return {
        "aliases": sorted(Alias.objects.values_list("alias", "person")),
        "identifiers": sorted(Identifier.objects.values_list("id", "person")),
        "names": sorted(NameKey.objects.values_list("unit", "key", "person")),
        "people": sorted(Person.objects.values_list("id", "merged_into"), key=str),
    }


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    first=st.tuples(
        st.sampled_from(NAMES), st.lists(st.sampled_from(UNITS), min_size=1, max_size=3, unique=True)
    ),
    second=st.tuples(
        st.sampled_from(NAMES), st.lists(st.sampled_from(UNITS), min_size=1, max_size=3, unique=True)
    ),
)
def test_parting_restores_exactly_what_was(first, second, now):
    Merge.objects.all().delete()
    Person.objects.update(merged_into=None)
    Person.objects.all().delete()
    NameKey.objects.all().delete()
    one = person(first[0], "056090000001", tuple(first[1]), now)
    two = person(second[0], "056090000002", tuple(second[1]), now)
    before = state()
    row = merge(one, two, reason="cùng một người", by=Officer(), now=now)
    assert not Alias.objects.filter(person=two).exists()
    assert not NameKey.objects.filter(person=two.id).exists()
    unmerge(row, reason="không phải một người", by=Officer(), now=now)
    assert state() == before


def test_a_merged_person_is_found_under_either_name(now):
    one = person("Nguyễn Văn An", "056090000001", (UNITS[0],), now)
    two = person("Lê Thị Hoà", "056090000002", (UNITS[1],), now)
    merge(one, two, reason="đổi tên", by=Officer(), now=now)
    assert selectors.search(Scope.of([UNITS[1]]), "le thi hoa") == [one]


def test_a_declaration_under_an_old_alias_reaches_the_kept_person(now):
    one = person("Nguyễn Văn An", "056090000001", (UNITS[0],), now)
    two = person("Nguyễn Văn An", "056090000002", (UNITS[0],), now)
    merge(one, two, reason="hai giấy tờ", by=Officer(), now=now)
    again = link(
        Identity("Nguyễn Văn An", "1990", identifiers=(("cccd", "056090000002"),)),
        uuid7(),
        seen_in=(),
        now=now,
    )
    assert again.id == one.id


def test_refusals(now):
    one, two, three = (person("An Bình", f"05609000000{number}", (UNITS[0],), now) for number in range(3))
    with pytest.raises(MergeRefused, match="merge_same"):
        merge(one, one, reason="một", by=Officer(), now=now)
    first = merge(one, two, reason="một người", by=Officer(), now=now)
    with pytest.raises(MergeRefused, match="merge_already"):
        merge(three, two, reason="một người", by=Officer(), now=now)
    second = merge(three, one, reason="một người", by=Officer(), now=now)
    with pytest.raises(MergeRefused, match="merge_built_upon"):
        unmerge(first, reason="không phải một người", by=Officer(), now=now)
    unmerge(second, reason="không phải một người", by=Officer(), now=now)
    unmerge(first, reason="không phải một người", by=Officer(), now=now)
    with pytest.raises(MergeRefused, match="merge_undone"):
        unmerge(first, reason="không phải một người", by=Officer(), now=now)


@pytest.mark.django_db
def test_neither_joining_nor_parting_without_a_reason(now):
    one, two = (
        person(NAMES[0], "056090000001", (UNITS[0],), now),
        person(NAMES[1], "056090000002", (UNITS[0],), now),
    )
    with pytest.raises(MergeRefused, match="merge_reason"):
        merge(one, two, reason=" \n", by=Officer(), now=now)
    row = merge(one, two, reason="cùng  số\nđiện thoại", by=Officer(), now=now)
    assert row.reason == "cùng số điện thoại"
    with pytest.raises(MergeRefused, match="merge_reason"):
        unmerge(row, reason="", by=Officer(), now=now)
    unmerge(row, reason="hai anh em", by=Officer(), now=now)
    row.refresh_from_db()
    assert row.undone_reason == "hai anh em"
    digests = [
        bytes(event.digest)
        for event in Event.objects.filter(kind__in=["person.merged", "person.unmerged"]).order_by("id")
    ]
    assert digests == [sha256(text.encode()).digest() for text in (row.reason, row.undone_reason)]
