"""A batch of declarations links people as if the declarations had come one by one."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.base import keys
from lachan.registry.audit.models import Event, PendingSeal
from lachan.registry.people.models import Alias, Identifier, NameKey, Person
from lachan.registry.people.services import Identity, Sighting, link_many

pytestmark = pytest.mark.django_db
UNITS = ("56/568/22327/", "56/568/22330/", "56/572/22603/")

identifiers = st.lists(
    st.sampled_from(
        [("cccd", "056090001234"), ("cccd", "056190009999"), ("cmnd", "225123456"), ("phone", "+84905123456")]
    ),
    max_size=3,
    unique=True,
).map(tuple)
identities = st.builds(
    Identity,
    name=st.sampled_from(["Nguyễn Văn An", "Nguyễn Văn Ân", "Trần Thị Bình"]),
    birth=st.sampled_from(["1990", "1990-05-17", "1971-02-03"]),
    sex=st.sampled_from(["", "m", "f"]),
    residence=st.sampled_from(UNITS),
    address=st.sampled_from(["", "12 Trần Phú"]),
    identifiers=identifiers,
)
sightings = st.lists(
    st.tuples(identities, st.sampled_from("abcd"), st.sampled_from(("", *UNITS))), min_size=1, max_size=8
)


def _sighting(identity: Identity, letter: str, unit: str) -> Sighting:
    return Sighting(identity, UUID(bytes=keys.keyring().alias("person", letter)), (unit,))


def _world() -> list[Any]:
    """Everything in the tables, with people numbered in the order of their making instead of by id."""
    number = {person.id: at for at, person in enumerate(Person.objects.order_by("id"))}
    columns = ("name", "birth", "sex", "residence", "address")
    return [
        [[getattr(person, column) for column in columns] for person in Person.objects.order_by("id")],
        sorted((str(row.alias), number[row.person_id]) for row in Alias.objects.all()),
        sorted(
            (number[row.person_id], row.kind, bytes(row.index), row.value) for row in Identifier.objects.all()
        ),
        sorted((row.unit, row.key, number[row.person]) for row in NameKey.objects.all()),
        [
            (event.kind, number[event.subject], event.unit, event.data)
            for event in Event.objects.order_by("id")
        ],
        PendingSeal.objects.count(),
    ]


def _after(work: Callable[[], None]) -> list[Any]:
    with transaction.atomic():
        work()
        found = _world()
        transaction.set_rollback(True)
    return found


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(said=sightings, cut=st.integers(0, 8))
def test_in_batches_as_one_by_one(said: list[tuple[Identity, str, str]], cut: int, now: datetime) -> None:
    seen = [_sighting(*one) for one in said]

    def singly() -> None:
        for one in seen:
            link_many([one], now=now)

    def in_two_batches() -> None:
        link_many(seen[:cut], now=now)
        link_many(seen[cut:], now=now)

    assert _after(singly) == _after(in_two_batches)


def test_a_batch_costs_a_handful_of_queries(django_assert_max_num_queries: Any, now: datetime) -> None:
    many = [
        _sighting(Identity(f"Nguyễn Văn {'AĂÂBC'[at % 5]}", "1990", identifiers=(("cccd", f"0560900{at:05d}"),)), str(at), UNITS[0])
        for at in range(60)
    ]  # fmt: skip
    with django_assert_max_num_queries(20):
        link_many(many, now=now)
    assert Person.objects.count() == 60
