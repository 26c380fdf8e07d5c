"""Keyset paging by several columns: every row once, whatever stands in them; a cursor that isn't ours counts as none."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.core import signing
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.base.paging import by_keys
from lachan.gate.declarations.models import FollowUp
from lachan.kernel.ids import uuid7

ORDER = ("-result", "due_at", "id")
START = datetime(2021, 7, 22, 7, tzinfo=UTC)


def put(result: int, minutes: int) -> UUID:
    at = START + timedelta(minutes=minutes, microseconds=minutes)
    row = FollowUp.objects.create(
        declaration=uuid7(), entry=uuid7(), kind="flagged", unit="56/568/22327/", result=result, due_at=at,
        created_at=at, updated_at=at,
    )  # fmt: skip
    return row.id


@pytest.mark.django_db
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 2), st.integers(0, 3)), max_size=12), st.integers(1, 4))
def test_every_row_stands_on_one_page_in_order(rows: list[tuple[int, int]], size: int) -> None:
    FollowUp.objects.all().delete()
    made = [(-result, minutes, put(result, minutes)) for result, minutes in rows]
    found: list[UUID] = []
    page = by_keys(FollowUp.objects.all(), ORDER, "", size=size)
    assert page.first
    found += [row.id for row in page.rows]
    while page.next:
        page = by_keys(FollowUp.objects.all(), ORDER, page.next, size=size)
        assert not page.first and page.rows
        found += [row.id for row in page.rows]
    assert found == [pk for _, _, pk in sorted(made)]


@pytest.mark.django_db
def test_a_page_starts_where_its_last_row_stood_though_that_row_has_gone() -> None:
    first, second = put(2, 0), put(1, 0)
    cursor = by_keys(FollowUp.objects.all(), ORDER, "", size=1).next
    FollowUp.objects.filter(pk=first).delete()
    assert [row.id for row in by_keys(FollowUp.objects.all(), ORDER, cursor, size=1).rows] == [second]


@pytest.mark.django_db
@pytest.mark.parametrize(
    "cursor",
    ["x", "a:b:c", "\x00", "017aa81b-4f80-77d9-8ec7-88bfce9599a3", signing.dumps([1], salt="other")],
    ids=["x", "colons", "nul", "id", "other"],
)
def test_a_made_up_cursor_and_one_of_another_order_count_as_none(cursor: str) -> None:
    put(1, 0), put(1, 1)
    assert by_keys(FollowUp.objects.all(), ORDER, cursor).first
    other = by_keys(FollowUp.objects.all(), ("due_at", "id"), "", size=1).next
    assert other and by_keys(FollowUp.objects.all(), ORDER, other).first
