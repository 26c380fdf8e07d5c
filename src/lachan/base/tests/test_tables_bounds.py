"""Small files that would grow without end are refused before the reader opens them."""

from __future__ import annotations

import io
import struct
import zipfile

import pytest
import xlsxwriter

from lachan.base.tables import bounds, read_table
from lachan.base.tables.bounds import Extent
from lachan.kernel.errors import InvalidInput

ODS = '<office:document-content xmlns:office="o" xmlns:table="t"><table:table>{}</table:table></office:document-content>'


def packed(**entries: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name.replace("__", "/") + ".xml", content)
    return out.getvalue()


def excel(cells: str) -> bytes:
    return packed(xl__worksheets__sheet1=f"<worksheet><sheetData>{cells}</sheetData></worksheet>")


def refusal(data: bytes) -> str:
    with pytest.raises(InvalidInput) as refused:
        read_table(data)
    return refused.value.code


@pytest.mark.parametrize(
    "cells",
    [
        '<row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row>',
        "<row r='1'><c r='&#88;FD1'><v>1</v></c></row><row r='1000000'><c><v>1</v></c></row>",
        '<row r="900000"><c r="A900000"><is><t>x</t></is></c><c r="Z900000"><f>1</f></c></row>',
    ],
)
def test_two_cells_far_apart_are_refused(cells: str) -> None:
    assert refusal(excel(cells)) == "table_too_many"


@pytest.mark.parametrize(
    "rows",
    [
        '<table:table-row table:number-rows-repeated="1048575"/><table:table-row>'
        '<table:table-cell table:number-columns-repeated="16383"/><table:table-cell office:value-type="string"/></table:table-row>',
        '<table:table-row table:number-rows-repeated="1048576"><table:table-cell table:number-columns-repeated="16384" '
        'office:value-type="string"/></table:table-row>',
    ],
)
def test_repeated_cells_of_an_opendocument_are_refused(rows: str) -> None:
    assert refusal(packed(content=ODS.format(rows))) == "table_too_many"


def test_an_entry_longer_than_it_says_is_refused() -> None:
    data = bytearray(packed(a="<a>" + " " * 5_000_000 + "</a>"))
    for mark, at in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        place = data.index(mark) + at
        data[place : place + 4] = struct.pack("<I", 10)
    assert refusal(bytes(data)) == "table_unreadable"


def test_sheets_that_are_not_xml_are_refused() -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.bin", b"\x83\x01\x00")
    assert refusal(out.getvalue()) == "table_unreadable"


def test_a_lone_note_far_below_and_styled_empty_cells_do_no_harm() -> None:
    extent = Extent()
    extent.feed(
        b'<s><row r="1"><c r="A1"><v>1</v></c><c r="XFD1" s="1"/></row><row r="1048576"><c r="A1048576"><v>1</v></c>'
    )
    assert (extent.rows, extent.columns) == (1_048_576, 1)
    assert extent.area < bounds.MOST_AREA


def test_a_book_that_spreadsheets_write_is_measured_and_read() -> None:
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True})
    page = book.add_worksheet()
    for row in range(300):
        page.write_row(row, 0, ["Chợ Xóm Mới", row, "x"])
    book.close()
    assert len(read_table(out.getvalue()).rows) == 300
