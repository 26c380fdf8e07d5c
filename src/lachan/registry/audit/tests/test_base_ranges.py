"""base.ranges over the event table: one statement gives what the queries give one by one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

import pytest

from lachan.base import ranges
from lachan.kernel.clock import ms_at
from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event

pytestmark = pytest.mark.django_db


@pytest.fixture
def rows(now: datetime) -> list[Event]:
    made = [
        Event(id=uuid7(ms_at(now)), kind="a.b", unit=f"56/{at % 5}/", digest=b"", recorded_at=now)
        for at in range(60)
    ]
    return Event.objects.bulk_create(made)


def test_the_newest_of_all_ranges(rows: list[Event]) -> None:
    query = Event.objects.filter(unit=ranges.ANY).order_by("-id").values_list("id", flat=True)[:7]
    found = ranges.ids([query], ["56/1/", "56/3/"], newest=7)
    right = sorted((row.id for row in rows if row.unit in ("56/1/", "56/3/")), reverse=True)[:7]
    assert found == right


def test_an_id_of_two_queries_comes_once(rows: list[Event]) -> None:
    query = Event.objects.filter(unit=ranges.ANY).values_list("id", flat=True)[:100]
    found = ranges.ids([query, query], ["56/0/"])
    assert len(found) == len(set(found)) == 12
    assert all(isinstance(one, UUID) for one in found)


def test_more_ranges_than_one_statement_takes(rows: list[Event]) -> None:
    units = [f"56/{at}/" for at in range(ranges.MOST * 2 + 3)]
    query = Event.objects.filter(unit=ranges.ANY).order_by("-id").values_list("id", flat=True)[:60]
    assert ranges.ids([query], units, newest=60) == sorted((row.id for row in rows), reverse=True)


def test_no_units_no_rows() -> None:
    query = Event.objects.filter(unit=ranges.ANY).values_list("id", flat=True)[:5]
    assert ranges.ids([query], [], newest=5) == []
