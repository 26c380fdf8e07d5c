"""Someone sees who opened her case, her isolation order, and who turned her pseudonym into a name."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest
from django.test import Client

from lachan.gate.declarations.lookup import readers
from lachan.gate.declarations.lookup.tests.conftest import _no_limits, citizen_client, declare
from lachan.gate.declarations.models import Declaration
from lachan.kernel.ids import short_code
from lachan.outbreak.cases.models import Case
from lachan.outbreak.isolation.services import orders
from lachan.outbreak.isolation.tests.conftest import HOME
from lachan.outbreak.tracing.models import Contact
from lachan.outbreak.tracing.services import reveal
from lachan.registry.audit import services as audit
from lachan.registry.people.models import Alias, Person

__all__ = ["_no_limits", "citizen_client", "declare"]
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _at_a_fixed_time(monkeypatch: Any, clock: Any) -> None:
    monkeypatch.setattr("lachan.base.middleware.CLOCK", clock)


@pytest.fixture
def mine(declare: Any, person: Person, now: datetime) -> Declaration:
    row: Declaration = declare()
    Alias.objects.create(alias=row.alias, person=person, since=now)
    return row


def test_readings_of_case_order_and_identity_are_told_with_their_reasons(
    citizen_client: Client, mine: Declaration, doctor: Any, contact: Contact, case: Case, now: datetime
) -> None:
    order = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    audit.read_record(doctor, "case", case.pk, HOME, now, "reported")
    audit.read_record(doctor, "order", order.pk, HOME, now, "print")
    reveal(contact.alias, "sample", by=doctor, now=now)
    citizen_client.post("/tra-cuu/", {"code": short_code(mine.id)})
    page = citizen_client.get("/tra-cuu/ai-da-xem/").content.decode()
    assert "Hồ sơ ca bệnh của bạn, vì nơi đó báo cáo ca bệnh" in page
    assert "Hồ sơ cách ly của bạn, để in giấy tờ" in page
    assert "Tên của bạn khi truy vết, để lấy mẫu xét nghiệm" in page
    assert doctor.full_name not in page


def test_the_case_of_somebody_else_is_not_told(
    declare: Any, mine: Declaration, doctor: Any, case: Case, now: datetime
) -> None:
    other = declare()
    audit.read_record(doctor, "case", case.pk, HOME, now, "residence")
    assert [one.what for one in readers.of([mine.id])] == ["case"]
    assert readers.of([other.id]) == []


def test_a_person_who_may_be_another_is_told_of_no_case(
    declare: Any, mine: Declaration, doctor: Any, case: Case, person: Person, now: datetime
) -> None:
    stranger = declare(phone="+84905654321")
    Alias.objects.create(alias=stranger.alias, person=person, since=now)
    audit.read_record(doctor, "case", case.pk, HOME, now, "residence")
    assert readers.of([stranger.id]) == []
