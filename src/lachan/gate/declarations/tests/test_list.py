"""The staff list against a filter written the plain way, whatever the scope; and its text search."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.base.scope import Scope
from lachan.gate.declarations.models import Entry
from lachan.gate.declarations.selectors import entries
from lachan.gate.declarations.selectors.entries import Filters, page
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import local_day, ms_at
from lachan.kernel.ids import uuid7
from lachan.kernel.text import fold

PATHS = [small.HOA, small.HAI, small.CAM, small.LATER_HOA, ""]
SCOPES = st.lists(
    st.sampled_from([small.PROVINCE, small.TOWN, small.OTHER, small.HOA, small.HAI, small.LATER_HOA, "48/"]),
    max_size=3,
).map(Scope.of)
NAMES = ["Nguyễn Văn An", "Trần Thị Ân", "Lê Anh", "Bùi Văn Ba"]
ROWS = st.lists(
    st.fixed_dictionaries(
        {
            "residence": st.sampled_from(PATHS),
            "declared": st.sampled_from(PATHS),
            "destination": st.sampled_from(PATHS),
            "result": st.integers(0, 2),
            "form": st.sampled_from(["domestic", "checkpoint"]),
            "name": st.sampled_from(NAMES),
            "hours": st.integers(0, 72),
        }
    ),
    max_size=12,
)


@pytest.fixture
def filters(now) -> Any:
    today = local_day(now)
    days = st.sampled_from([None, today, today + timedelta(days=1), today + timedelta(days=2)])
    return st.builds(
        Filters,
        unit=st.sampled_from(["", small.TOWN, small.HOA, small.CAM]),
        side=st.sampled_from(["", "residence", "declared", "destination"]),
        result=st.sampled_from(["", "0", "1", "2", "flagged"]),
        day_from=days,
        day_to=days,
        text=st.sampled_from(["", "an", "văn a", "LÊ", "n"]),
        form=st.sampled_from(["", "domestic"]),
    )


def make(spec: dict[str, Any], now: Any) -> Entry:
    moment = now + timedelta(hours=spec["hours"])
    fields = {key: value for key, value in spec.items() if key != "hours"}
    return Entry(
        id=uuid7(ms_at(moment)), declaration=uuid7(), code="", channel="web", folded=fold(spec["name"]),
        alias=uuid7(), occurred_at=moment, recorded_at=moment, **fields,
    )  # fmt: skip


def plainly(rows: list[Entry], scope: Scope, asked: Filters) -> list[Entry]:
    """What the list must show, without an index in sight."""

    def fits(row: Entry) -> bool:
        places = [getattr(row, side) for side in asked.sides()]
        day, folded = local_day(row.recorded_at), fold(asked.text)
        return (
            any(scope.covers(place) and place.startswith(asked.unit) for place in places if place)
            and (
                asked.result == ""
                or (row.result > 0 if asked.result == "flagged" else row.result == int(asked.result))
            )
            and (asked.day_from is None or day >= asked.day_from)
            and (asked.day_to is None or day <= asked.day_to)
            and (not asked.form or row.form == asked.form)
            and (not folded or f" {row.folded}".find(f" {folded}") >= 0)
        )

    return sorted(filter(fits, rows), key=lambda row: row.id, reverse=True)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data(), specs=ROWS, scope=SCOPES, size=st.integers(1, 5), narrow=st.sampled_from([0, 40]))
def test_whatever_the_scope_pages_hold_each_row_once(
    province, filters, now, data, specs, scope, size, narrow
):
    Entry.objects.all().delete()
    entries.NARROW = narrow  # both ways of asking, by unit and by walking
    rows, asked = Entry.objects.bulk_create([make(spec, now) for spec in specs]), data.draw(filters)
    seen, cursor = [], ""
    while True:
        found = page(scope, asked, cursor, size)
        seen += found.rows
        if not found.next:
            break
        cursor = found.next
    assert [row.id for row in seen] == [row.id for row in plainly(rows, scope, asked)]
    assert [row.id for row in entries.every(scope, asked)] == [row.id for row in seen]


@pytest.fixture(autouse=True)
def _as_shipped():
    usual = entries.NARROW
    yield
    entries.NARROW = usual


def test_a_scope_in_units_that_are_not_known_still_finds_its_rows(province, now):
    row = make(
        {
            "residence": "99/999/99999/",
            "declared": "",
            "destination": "",
            "result": 0,
            "form": "domestic",
            "name": "A",
            "hours": 0,
        },
        now,
    )
    row.save(force_insert=True)
    assert page(Scope.of(["99/999/99999/", small.HOA]), Filters()).rows == [row]


@pytest.mark.parametrize("text", ["056190001234", "0905 123 456", "{code}", "nguyen thi", "THỊ HOA"])
@pytest.mark.parametrize("worked", [False, True])
def test_text_finds_by_number_code_and_name_before_and_after_the_worker(province, now, text, worked):
    answer = small.declare(now)
    small.declare(now, small.answers("Lê Văn Cường", national_id="056090009999", phone="0912345678"))
    if worked:
        small.work(now)
    asked = Filters(text=text.format(code=answer.code.lower().replace("-", " ")))
    assert [row.declaration for row in page(Scope.of([small.HOA]), asked).rows] == [answer.id]
    assert page(Scope.of([small.CAM]), asked).rows == []


def test_a_code_of_letters_only_is_a_code(province, now):
    row = small.declared(now)
    Entry.objects.filter(pk=row.pk).update(code="ABCD-EFGH-JKX")
    typed = "abcd efgh jk"
    from lachan.kernel.errors import InvalidInput
    from lachan.kernel.ids import parse_short_code

    for last in "0123456789ABCDEFGHJKMNPQRSTVWXYZ":
        try:
            code = parse_short_code(typed + last)
        except InvalidInput:
            continue
        Entry.objects.filter(pk=row.pk).update(code=code)
        assert [found.id for found in page(Scope.of([small.HOA]), Filters(text=typed + last)).rows] == [
            row.id
        ]
        return
    raise AssertionError("no check character fits")


def test_a_person_is_found_under_every_document_she_declared_with(province, now):
    first = small.declared(now, national_id="225123456")
    second = small.declared(now, national_id="056190001234")
    small.work(now)
    from lachan.registry.people.models import Alias
    from lachan.registry.people.services import merge

    one, two = (Alias.objects.get(alias=row.alias).person for row in (first, second))
    merge(one, two, reason="một người", by=type("Officer", (), {"pk": uuid7()}), now=now)
    assert {row.id for row in page(Scope.of([small.HOA]), Filters(text="225123456")).rows} == {
        first.id,
        second.id,
    }
