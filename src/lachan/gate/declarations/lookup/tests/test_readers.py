from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.test import Client

from lachan.gate.declarations.lookup import readers
from lachan.gate.declarations.lookup.tests.conftest import OTHER, PHONE, VINH_HOA, Declare
from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.services.one_time_code import phone_index
from lachan.kernel.ids import short_code
from lachan.registry.accounts.models import Grant, User
from lachan.registry.audit import services as audit
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias, Person

pytestmark = pytest.mark.django_db


@pytest.fixture
def officer(now: datetime) -> User:
    user = User.objects.create_user("tram", full_name="Võ Thị Ngọc Ánh", created_at=now)
    for role, unit in (("commune_health_worker", VINH_HOA), ("inspector", "56/")):
        Grant.objects.create(user=user, role=role, unit=unit, valid_from=now - timedelta(days=1))
    return user


def test_every_reading_is_told_by_role_and_unit_without_a_name(
    citizen_client: Client, declare: Declare, officer: User, now: datetime
) -> None:
    row = declare()
    person = Person.objects.create(name="Hoa", folded="hoa", created_at=now, updated_at=now)
    Alias.objects.create(alias=row.alias, person=person, since=now)
    audit.read_record(officer, "declaration", row.id, VINH_HOA, now)
    audit.read_record(officer, "declaration", Entry.objects.get().id, VINH_HOA, now)
    audit.read_record(officer, "person", person.id, "56/570/22459/", now, "tracing")
    citizen_client.post("/tra-cuu/", {"code": short_code(row.id)})
    page = citizen_client.get("/tra-cuu/ai-da-xem/").content.decode()
    assert page.count("Cán bộ trạm y tế") == 2
    assert page.count("Thanh tra, kiểm tra") == 1
    assert "để truy vết" in page
    assert officer.full_name not in page
    assert Event.objects.filter(kind="declaration.readers", subject=row.id).exists()


def test_others_readings_and_the_citizens_own_are_left_out(
    declare: Declare, officer: User, now: datetime
) -> None:
    mine, other = declare(), declare()
    audit.read_record(officer, "declaration", other.id, VINH_HOA, now)
    audit.read_record(None, "declaration", mine.id, VINH_HOA, now)
    assert readers.of([mine.id]) == []
    assert readers.of([]) == []


def test_a_role_that_had_ended_is_not_named(declare: Declare, officer: User, now: datetime) -> None:
    row = declare()
    Grant.objects.update(revoked_at=now - timedelta(minutes=1))
    audit.read_record(officer, "declaration", row.id, VINH_HOA, now)
    [reading] = readers.of([row.id])
    assert reading.role == ""


def test_readings_of_a_record_that_was_joined_to_hers_count(
    declare: Declare, officer: User, now: datetime
) -> None:
    row = declare()
    kept, joined = (
        Person.objects.create(name="H", folded="h", created_at=now, updated_at=now) for _ in range(2)
    )
    Person.objects.filter(pk=joined.pk).update(merged_into=kept)
    Alias.objects.create(alias=row.alias, person=kept, since=now)
    audit.read_record(officer, "person", joined.pk, VINH_HOA, now)
    assert len(readers.of([row.id])) == 1


def test_declaring_under_anothers_number_does_not_tell_who_reads_her_record(
    declare: Declare, officer: User, now: datetime
) -> None:
    hers, strangers = declare(), declare(phone=OTHER)
    person = Person.objects.create(name="H", folded="h", created_at=now, updated_at=now)
    for row in (hers, strangers):
        Alias.objects.create(alias=row.alias, person=person, since=now)
    audit.read_record(officer, "person", person.pk, VINH_HOA, now)
    audit.read_record(officer, "declaration", strangers.id, VINH_HOA, now)
    assert [reading.what for reading in readers.of([strangers.id])] == ["declaration"]
    both = readers.of([strangers.id], [phone_index(PHONE), phone_index(OTHER)])
    assert [reading.what for reading in both] == ["declaration", "person"]
