from __future__ import annotations

from datetime import date, datetime
from typing import Any
from uuid import UUID

import pytest

from lachan.gate.declarations.tests import small
from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province
from lachan.kernel.ids import uuid7
from lachan.outbreak.cases.models import Case
from lachan.outbreak.isolation.citizen import views
from lachan.outbreak.tracing.models import Contact
from lachan.registry.people.models import Person
from lachan.registry.people.services.link import Identity, link

__all__ = ["_fresh_tree", "at", "officer", "province"]

HOME = small.OTHER
ALIAS = UUID("5f0c8a52-55a2-4f0e-9a37-1f9cc1f6a001")


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    views.ADDRESSES.forget()
    views.REPORTS.forget()


@pytest.fixture
def doctor(province: None, officer: Any) -> Any:
    """Whoever drafts and issues in the district."""
    return officer("bac.si", "district_officer", HOME)


@pytest.fixture
def person(province: None, now: datetime) -> Person:
    identity = Identity(
        "Nguyễn Thị Hạnh",
        "1980-03-02",
        "f",
        "VN",
        HOME,
        "12 Lê Lợi",
        (("cccd", "056180001234"), ("phone", "+84912345678")),
    )
    return link(identity, ALIAS, seen_in=(), now=now)


@pytest.fixture
def contact(person: Person, now: datetime) -> Contact:
    return Contact.objects.create(
        disease="covid19", alias=ALIAS, person=person.pk, unit=HOME, last_exposure=now, until=date(2021, 8, 5),
        made_at=now, updated_at=now,
    )  # fmt: skip


@pytest.fixture
def case(person: Person, now: datetime) -> Case:
    return Case.objects.create(
        id=uuid7(), disease="covid19", code="KH-COVID19-21-00001", person=person.pk, alias=ALIAS, name=person.name,
        folded=person.folded, unit=HOME, reported_by=HOME, classification="confirmed", reported_on=date(2021, 7, 22),
        sampled_on=date(2021, 7, 21), confirmed_on=date(2021, 7, 22), made_at=now, updated_at=now,
    )  # fmt: skip
