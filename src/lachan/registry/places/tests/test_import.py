from __future__ import annotations

import io
from datetime import timedelta
from typing import Any

import pytest
import xlsxwriter
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.models import Event
from lachan.registry.places import importing, services
from lachan.registry.places.models import Place, PlaceImport
from lachan.registry.places.tests.conftest import NHA_TRANG, NOW, VINH_HOA, Officer

HEADER = ["Tên điểm", "Loại", "Xã, phường", "Quận, huyện", "Điện thoại", "Sức chứa"]
GOOD = ["Quán Bún Cá 5", "Cửa hàng, dịch vụ", "Phường Vĩnh Hòa", "Nha Trang", "0912345678", "40"]


def sheet(*rows: list[Any]) -> bytes:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for number, row in enumerate(rows):
        page.write_row(number, 0, row)
    book.close()
    return out.getvalue()


def text(*rows: list[Any], delimiter: str = ",") -> str:
    return "\r\n".join(delimiter.join(f'"{cell}"' for cell in row) for row in rows)


def read(data: bytes, scope: Scope = NHA_TRANG) -> importing.Reading:
    table = importing.read_table(data)
    return importing.read_rows(table, importing.map_columns(table), scope, ())


def reasons(reading: importing.Reading) -> list[tuple[int, str, str]]:
    return [(row.row, row.key, row.code) for row in reading.refused]


ENCODINGS = ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_csv_of_any_program_is_read(province: None, encoding: str, delimiter: str) -> None:
    reading = read(text(HEADER, GOOD, delimiter=delimiter).encode(encoding))
    place = reading.taken[0]
    assert (place.name, place.kind, place.unit) == ("Quán Bún Cá 5", "shop", VINH_HOA)
    assert (place.owner_phone, place.capacity, reading.refused) == ("+84912345678", 40, [])


def test_a_csv_of_windows_1258_with_tones_behind_their_letters(province: None) -> None:
    # What cp1258 can hold: base letters with their hats, and the tone as a combining mark.
    row = ["Chợ", "", "Phường Vĩnh Hòa"]
    table = [["Tên điểm", "Loại", "Xã, phường"], row]
    marks = {
        "ợ": "ơ\u0323",
        "ê": "ê",
        "ể": "ê\u0309",
        "ị": "i\u0323",
        "ạ": "a\u0323",
        "ả": "a\u0309",
        "ã": "a\u0303",
        "ĩ": "i\u0303",
        "ờ": "ơ\u0300",
        "ò": "o\u0300",
        "ế": "ê\u0301",
        "ệ": "ê\u0323",
    }
    plain = "".join(marks.get(c, c) for c in text(*table))
    reading = read(plain.encode("cp1258"))
    assert [(place.name, place.unit) for place in reading.taken] == [("Chợ", VINH_HOA)]


def test_an_xlsx_with_a_title_above_and_phones_as_numbers(province: None) -> None:
    data = sheet(
        ["DANH SÁCH ĐIỂM QUÉT MÃ"],
        [],
        ["STT", "TÊN CƠ SỞ (*)", "Phân loại", "Mã xã", "SĐT", "Vĩ độ", "Kinh độ", "Màu sơn"],
        [1, "Trường Tiểu học Vĩnh Hòa", "Trường học", 22327, 912345678, 12.3, 109.2, "xanh"],
    )
    reading = read(data)
    assert reading.refused == []
    place = reading.taken[0]
    assert (place.kind, place.unit, place.owner_phone, place.latitude) == (
        "school",
        VINH_HOA,
        "+84912345678",
        12.3,
    )
    table = importing.read_table(data)
    assert importing.map_columns(table).unknown == ["STT", "Màu sơn"]


def test_every_row_that_is_not_taken_has_its_reason_and_column(province: None) -> None:
    rows = [
        GOOD,
        ["quán bún cá 5", *GOOD[1:]],
        ["", *GOOD[1:]],
        ["A1", "Lâu đài", *GOOD[2:]],
        ["A2", "", "Phường Không Có", "", "", ""],
        ["A3", "", "Phường Ba Ngòi", "Cam Ranh", "", ""],
        ["A4", "", "Vĩnh Hòa", "Cam Ranh", "", ""],
        ["A5", "", "", "", "", ""],
        ["A6", "", "22408", "", "", ""],
        ["A7", "", "Vĩnh Hòa", "", "12", ""],
        ["A8", "", "Vĩnh Hòa", "", "", "nhiều"],
        ["A9", "", "Vĩnh Hải", "TP. Nha Trang", "", "1.200"],
    ]
    reading = read(sheet(HEADER, *rows))
    assert [place.name for place in reading.taken] == ["Quán Bún Cá 5", "A9"]
    assert reading.taken[1].capacity == 1200
    assert reasons(reading) == [
        (3, "name", "place_duplicate_row"),
        (4, "name", "place_name_empty"),
        (5, "kind", "place_kind"),
        (6, "unit", "place_unit_not_found"),
        (7, "unit", "place_unit_out_of_scope"),
        (8, "unit", "place_unit_not_found"),
        (9, "unit", "place_unit_missing"),
        (10, "unit", "place_unit_out_of_scope"),
        (11, "owner_phone", "phone_invalid"),
        (12, "capacity", "place_capacity"),
    ]
    assert reading.refused[0].params == {"row": 2}


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "table_empty"),
        (b"\r\n,,,\r\n", "table_empty"),
        (b"PK\x03\x04 no zip", "table_unreadable"),
        (b"\xd0\xcf\x11\xe0 an old workbook, or one under a password", "table_old_excel"),
        ("Tên điểm,Địa chỉ\nA,B".encode(), "table_columns"),
        (b"\xff\xfe\x00", "table_unreadable"),
    ],
)
def test_a_file_that_is_no_table_of_places_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        importing.map_columns(importing.read_table(data))


@given(
    st.binary(max_size=400)
    | st.binary(max_size=200).map(lambda data: b"PK\x03\x04" + data)
    | st.binary(max_size=200).map(lambda data: b"\xd0\xcf\x11\xe0" + data)
)
def test_any_bytes_are_read_or_refused(data: bytes) -> None:
    try:
        importing.map_columns(importing.read_table(data))
    except InvalidInput as error:
        assert error.code in {"table_empty", "table_unreadable", "table_columns", "table_old_excel"}


CELLS = st.lists(st.text(max_size=30), min_size=6, max_size=6)


@pytest.mark.django_db
@settings(max_examples=60)
@given(st.lists(CELLS, max_size=6))
def test_any_cells_are_taken_or_refused_none_is_lost(rows: list[list[str]]) -> None:
    table = importing.Table([(1, HEADER), *enumerate(rows, start=2)])
    reading = importing.read_rows(table, importing.map_columns(table), NHA_TRANG, ())
    assert reading.total == len(rows)


def test_upload_shows_what_would_happen_and_applying_does_it_once(province: None, officer: Officer) -> None:
    data = sheet(HEADER, GOOD, ["", *GOOD[1:]])
    kept = services.upload("danh sách.xlsx", data, NHA_TRANG, by=officer, now=NOW)
    assert (kept.created, kept.refused, Place.objects.count()) == (1, 1, 0)
    raw = bytes(PlaceImport.objects.values_list("content", flat=True)[0])
    assert raw[:2] != b"PK" and raw != data
    done = services.apply_import(kept, NHA_TRANG, by=officer, now=NOW)
    assert (done.created, done.refused, done.content) == (1, 1, None)
    place = Place.objects.get()
    assert place.created_by == officer.pk and place.venue_code.startswith("LC1:")
    assert Event.objects.filter(kind="place.imported", subject=place.pk).count() == 1
    with pytest.raises(InvalidInput, match="import_done"):
        services.apply_import(kept, NHA_TRANG, by=officer, now=NOW)
    again = services.upload("danh sách.xlsx", data, NHA_TRANG, by=officer, now=NOW)
    assert (again.created, again.refused) == (0, 2)
    assert services.forget_old(NOW + timedelta(days=2)) == 1
    with pytest.raises(InvalidInput, match="import_done"):
        services.apply_import(again, NHA_TRANG, by=officer, now=NOW)


def test_five_thousand_places(province: None, officer: Officer) -> None:
    rows = [
        [f"Cửa hàng số {number}", "Cửa hàng, dịch vụ", "Vĩnh Hòa", "Nha Trang", f"09123{number:05}", "10"]
        for number in range(5000)
    ]
    kept = services.upload("5000.xlsx", sheet(HEADER, *rows), NHA_TRANG, by=officer, now=NOW)
    services.apply_import(kept, NHA_TRANG, by=officer, now=NOW)
    assert Place.objects.count() == 5000
    assert Place.objects.values("code").distinct().count() == 5000
    assert Event.objects.filter(kind="place.imported").count() == 5000
