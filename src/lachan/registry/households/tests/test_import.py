"""A messy list of a hamlet: every row is taken or refused with its reason."""

from __future__ import annotations

import io
import json
from datetime import date, datetime
from typing import Any

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.registry.households.importing import map_columns, read_rows
from lachan.registry.households.models import Hamlet, Household, HouseholdImport, Member
from lachan.registry.households.services import imports
from lachan.registry.households.tests import small
from lachan.registry.people.models import Person
from lachan.registry.places.importing import Table

HEAD = [
    "Thôn",
    "Số hộ",
    "Họ và tên",
    "Quan hệ",
    "Ngày sinh",
    "Giới tính",
    "CCCD/CMND",
    "SĐT",
    "Bệnh nền",
    "Ghi chú",
]
ROWS: list[list[Any]] = [
    ["DANH SÁCH HỘ DÂN", "", "", "", "", "", "", "", "", ""],
    HEAD,
    ["Thôn 1", "1", "Trần Văn Bình", "Chủ hộ", "02/03/1975", "Nam", "056075001234", "905123456", "", ""],
    ["", "", "Nguyễn Thị Hoa", "Vợ", "1980", "Nữ", "", "", "tiểu đường", ""],
    ["", "", "Bé An", "Con", "2015", "nữ", "", "", "không", ""],
    ["", "2", "Lê Thị Cúc", "Chủ hộ", "31/02/1960", "Nữ", "", "", "", ""],
    ["", "", "Lê Văn Dũng", "Con", "1985", "Nam", "", "", "x", ""],
    ["Thôn 2", "không số", "Phạm Văn Em", "Chủ hộ", "1970", "Nam", "", "", "", ""],
    ["Thôn 2", "", "Phạm Thị Gấm", "Chủ hộ", "1971", "Nữ", "", "", "", ""],
    ["", "", "Võ Văn Hải", "Chủ hộ", "1972", "Nam", "", "", "", ""],
    ["Thôn 2", "9", "Trần Văn Bình", "Con", "02/03/1975", "Nam", "056075001234", "", "", ""],
]


def workbook(rows: list[list[Any]]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return out.getvalue()


@pytest.fixture
def worker(officer: Any) -> Any:
    return officer("tram", "commune_health_worker", small.HOA)


def test_a_hamlets_list_is_taken_row_by_row(worker: Any, now: datetime) -> None:
    kept = imports.upload("ds.xlsx", workbook(ROWS), small.HOA, by=worker, now=now)
    assert not Household.objects.exists() and not Person.objects.exists()
    report = json.loads(kept.report)
    assert [(row["row"], row["key"], row["code"]) for row in report["refused"]] == [
        (6, "birth", "date_day"),
        (8, "house", "household_number"),
        (11, "name", "member_twice"),
    ]
    assert (kept.created, kept.refused, report["households"]) == (6, 3, 4) and report["unknown"] == [
        "Ghi chú"
    ]
    kept = imports.apply_import(kept, by=worker, now=now)
    assert kept.content is None and kept.applied_at == now
    houses = {(house.hamlet.name, house.head): house for house in Household.objects.select_related("hamlet")}
    assert set(houses) == {
        ("Thôn 1", "Trần Văn Bình"),
        ("Thôn 1", "Lê Văn Dũng"),
        ("Thôn 2", "Phạm Thị Gấm"),
        ("Thôn 2", "Võ Văn Hải"),
    }
    assert houses["Thôn 1", "Lê Văn Dũng"].number == 2
    assert houses["Thôn 1", "Trần Văn Bình"].phone == "+84905123456"
    people = dict(Person.objects.values_list("pk", "name"))
    found = {people[row.person]: row.chronic for row in Member.objects.all()}
    assert found == {
        "Trần Văn Bình": None, "Nguyễn Thị Hoa": True, "Bé An": False, "Lê Văn Dũng": True, "Phạm Thị Gấm": None,
        "Võ Văn Hải": None,
    }  # fmt: skip


def test_the_same_list_again_makes_nothing_twice(worker: Any, now: datetime) -> None:
    for _time in range(2):
        kept = imports.upload("ds.xlsx", workbook(ROWS[:5]), small.HOA, by=worker, now=now)
        imports.apply_import(kept, by=worker, now=now)
    assert (Hamlet.objects.count(), Household.objects.count(), Member.objects.count()) == (1, 1, 3)


def test_the_pages_of_the_import(at: Any, worker: Any, now: datetime) -> None:
    client = at(worker)
    template = client.get("/cb/ho-dan/nhap/mau.xlsx")
    kept = imports.upload("mau.xlsx", b"".join(template.streaming_content), small.HOA, by=worker, now=now)
    assert (kept.created, kept.refused) == (1, 0)  # the template's own example is a good row
    file = SimpleUploadedFile("ds.xlsx", workbook(ROWS))
    answer = client.post("/cb/ho-dan/nhap/", {"unit": "Vĩnh Hòa", "file": file})
    assert answer.status_code == 302
    page = client.get(answer["Location"]).content.decode()
    assert "Nhập 6 người" in page and "Người này đã có ở dòng 3" in page
    client.post(answer["Location"])
    again = client.post(answer["Location"], follow=True).content.decode()
    assert HouseholdImport.objects.exclude(applied_at=None).count() == 1 and "lc-toast-error" in again
    refused = client.get(f"{answer['Location']}tu-choi.xlsx")
    assert b"".join(refused.streaming_content)[:2] == b"PK"


@pytest.mark.parametrize(
    ("unit", "content"),
    [("Vĩnh Hải", workbook(ROWS)), ("Vĩnh Hòa", b"\x00"), ("Vĩnh Hòa", workbook([["Tên"], ["A"]]))],
)
def test_what_cant_be_read_is_said_beside_the_field(at: Any, worker: Any, unit: str, content: bytes) -> None:
    file = SimpleUploadedFile("ds.xlsx", content)
    answer = at(worker).post("/cb/ho-dan/nhap/", {"unit": unit, "file": file})
    assert answer.status_code == 422 and "Cần sửa trước khi gửi" in answer.content.decode()


CELLS = st.sampled_from(
    ["", "Thôn 1", "12", "chủ hộ", "Nguyễn Thị Hoa", "1990", "31/02/1990", "x", "056190001234", "?\x00"]
)


@settings(max_examples=50, deadline=None)
@given(st.lists(st.tuples(*[CELLS] * 10).map(list), max_size=8))
def test_no_row_is_lost(rows: list[list[str]]) -> None:
    table = Table([(number, row) for number, row in enumerate([HEAD, *rows], start=1)])
    reading = read_rows(table, map_columns(table), small.HOA, date(2021, 7, 22))
    told = sorted([one.row for one in reading.taken] + [one.row for one in reading.refused])
    assert told == list(range(2, len(rows) + 2))
