from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from hashlib import sha256
from uuid import UUID, uuid4

import pytest
from django.db import connection, transaction
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.kernel.ids import is_uuid7, ms_of
from lachan.registry.audit import rows, services
from lachan.registry.audit.models import Event, PendingSeal

NOW = datetime(2021, 7, 15, 3, 4, 5, 678901, tzinfo=UTC)


@pytest.mark.django_db
def test_an_event_is_written_and_queued() -> None:
    who, what = uuid4(), uuid4()
    event = services.record(
        "place.created",
        actor=who,
        subject_kind="place",
        subject=what,
        unit="56/568/22327/",
        data={"rows": 3},
        now=NOW,
    )
    found = Event.objects.get(pk=event.pk)
    assert (found.kind, found.actor, found.subject, found.unit) == (
        "place.created",
        who,
        what,
        "56/568/22327/",
    )
    assert json.loads(found.data) == {"rows": 3}
    assert PendingSeal.objects.filter(event=event.pk).exists()
    assert is_uuid7(found.pk)
    assert ms_of(found.pk) == int(NOW.timestamp() * 1000)


@pytest.mark.django_db(transaction=True)
def test_refuses_to_stand_outside_a_transaction() -> None:
    with pytest.raises(services.NotAtomic):
        services.record("place.created", now=NOW)
    with pytest.raises(services.NotAtomic):
        services.record_rows([rows.event_row("place.created", now=NOW)])
    assert not Event.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_goes_with_the_write_that_it_tells_of() -> None:
    with pytest.raises(RuntimeError, match="undone"), transaction.atomic():
        services.record("place.created", now=NOW)
        raise RuntimeError("undone")
    assert not Event.objects.exists()
    assert not PendingSeal.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data",
    [
        {"why": "số 056199012345"},
        {"why": "225 123 456"},
        {"id": 225123456},
        {"list": [{"deep": "0905123456"}]},
        {"phone": "+84905123456"},
        {"code": "056199012345"},
        {"0905123456": 1},
    ],
)
def test_refuses_personal_data_and_never_repeats_it(data: dict[str, object]) -> None:
    with pytest.raises(services.PersonalData) as caught:
        services.record("person.read", data=data, now=NOW)
    assert not any(character.isdigit() for character in str(caught.value))
    assert not Event.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    "data", [{"place": "B1234567"}, {"subject": UUID(int=123456789012)}, {"unit": "56/568/22327/"}]
)
def test_takes_codes_and_ids(data: dict[str, object]) -> None:
    assert services.record("place.created", data=data, now=NOW).pk


@pytest.mark.django_db
@pytest.mark.parametrize("kind", ["created", "Place.created", "place.", "", "place created"])
def test_refuses_a_kind_that_is_not_thing_dot_verb(kind: str) -> None:
    with pytest.raises(ValueError, match=r"thing\.verb"):
        services.record(kind, now=NOW)


@pytest.mark.django_db
def test_the_digest_is_that_of_what_was_written() -> None:
    assert services.record("paper.keyed", written=b"row", now=NOW).digest == sha256(b"row").digest()


ZONES = st.sampled_from([UTC, timezone(timedelta(hours=7))])
CASES = st.fixed_dictionaries(
    {
        "kind": st.sampled_from(["place.created", "declaration.received"]),
        "actor": st.none() | st.uuids(),
        "subject_kind": st.sampled_from(["", "place"]),
        "subject": st.none() | st.uuids(),
        "unit": st.sampled_from(["", "56/568/22327/"]),
        "data": st.none()
        | st.dictionaries(st.sampled_from("abc"), st.integers(0, 9999) | st.sampled_from(["x", "Vĩnh Hòa"])),
        "written": st.none() | st.binary(max_size=40),
        "now": st.datetimes(NOW.replace(tzinfo=None), NOW.replace(year=2035, tzinfo=None), timezones=ZONES),
    }
)


@pytest.mark.django_db
@settings(deadline=None)
@given(CASES)
def test_the_bare_row_is_the_row_that_record_writes(case: dict) -> None:
    event = services.record(**case)
    row = rows.event_row(**case, id=event.pk)
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT {', '.join(rows.EVENT_COLUMNS)} FROM {rows.EVENT_TABLE} WHERE id = %s", [_key(event.pk)]
        )
        stored = cursor.fetchone()
    if connection.vendor == "sqlite":
        assert (*stored[:-1], rows.sqlite_time(stored[-1].replace(tzinfo=UTC))) == rows.for_sqlite(row)
        assert rows.from_sqlite(stored) == rows.from_sqlite(rows.for_sqlite(row)) == row
    else:
        assert tuple(bytes(value) if isinstance(value, memoryview) else value for value in stored) == tuple(
            row
        )


def _key(pk: UUID) -> object:
    return pk.hex if connection.vendor == "sqlite" else pk


@pytest.mark.django_db
def test_columns_are_those_of_the_table() -> None:
    assert [field.column for field in Event._meta.fields] == list(rows.EVENT_COLUMNS)
    assert [field.column for field in PendingSeal._meta.fields] == list(rows.PENDING_COLUMNS)
    assert (Event._meta.db_table, PendingSeal._meta.db_table) == (rows.EVENT_TABLE, rows.PENDING_TABLE)


@pytest.mark.django_db
def test_many_rows_at_once_are_refused_as_one_would_be() -> None:
    assert (
        services.record_rows(rows.event_row("place.created", data={"row": n}, now=NOW) for n in range(30))
        == 30
    )
    assert PendingSeal.objects.count() == 30
    with pytest.raises(services.PersonalData):
        services.record_rows([rows.event_row("place.created", data={"phone": "0905123456"}, now=NOW)])


@pytest.mark.django_db(transaction=True)
def test_a_read_is_recorded_by_itself() -> None:
    subject = uuid4()
    event = services.read_record(None, "person", subject.bytes, "56/568/22327/", NOW, "follow_up")
    assert (event.kind, event.subject, json.loads(event.data)) == (
        "person.read",
        subject,
        {"why": "follow_up"},
    )
