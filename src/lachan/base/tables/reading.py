"""A table's cells as text, from XLSX, ODS, or CSV in whatever encoding and with whatever delimiter."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from python_calamine import CalamineError, CalamineWorkbook

from lachan.base.tables import bounds
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import nfc

MOST_BYTES = 10 * 1024 * 1024
MOST_ROWS = 20_000
MOST_COLUMNS = 60
MOST_CELL = 1_000
_DELIMITERS = ",;\t|"
_ZIP, _OLE = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"


@dataclass(frozen=True, slots=True)
class Table:
    """Rows of text cells, with the number that each row has in the file (from 1)."""

    rows: list[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Cells:
    """The same with each cell as the file has it: text, number, day, moment. A merged cell's value stands in all of it."""

    rows: list[tuple[int, list[Any]]]


def read_table(data: bytes) -> Table:
    """The first sheet with anything in it, or the CSV. Raises InvalidInput: too_large, table_old_excel, table_unreadable,
    table_empty, table_too_many.

    XLS is refused: its reader makes a rectangle of what its cells span, which can't be measured before. So is an
    XLSX under a password, which comes in the same wrapping.
    """
    return Table([(number, [text_of(cell) for cell in cells]) for number, cells in _rows(data, merged=False)])


def read_cells(data: bytes) -> Cells:
    """As read_table, without making text of numbers and days."""
    return Cells(_rows(data, merged=True))


def _rows(data: bytes, *, merged: bool) -> list[tuple[int, list[Any]]]:
    if len(data) > MOST_BYTES:
        raise InvalidInput("too_large")
    if data.startswith(_OLE):
        raise InvalidInput("table_old_excel")
    sheet = _spreadsheet(data, merged) if data.startswith(_ZIP) else _csv(_decode(data))
    rows: list[tuple[int, list[Any]]] = []
    for number, cells in enumerate(sheet, start=1):
        kept = cells[:MOST_COLUMNS]
        if any(text_of(cell) for cell in kept):
            rows.append((number, kept))
        if len(rows) > MOST_ROWS + 1:
            raise InvalidInput("table_too_many", max=MOST_ROWS)
    if not rows:
        raise InvalidInput("table_empty")
    return rows


def _spreadsheet(data: bytes, merged: bool) -> Iterable[list[Any]]:
    bounds.check(data, MOST_ROWS)
    try:
        book = CalamineWorkbook.from_filelike(io.BytesIO(data))
        for name in book.sheet_names:
            sheet = book.get_sheet_by_name(name)
            rows = sheet.to_python(skip_empty_area=False, nrows=MOST_ROWS + 50)
            if any(any(cell not in ("", None) for cell in row) for row in rows):
                return _spread(rows, sheet.merged_cell_ranges or ()) if merged else rows
    except (CalamineError, OSError, ValueError, OverflowError, MemoryError):
        raise InvalidInput("table_unreadable") from None
    except BaseException as error:  # a panic of the Rust reader isn't an Exception; anything else goes on
        if type(error).__name__ != "PanicException":
            raise
        raise InvalidInput("table_unreadable") from None
    return []


def _spread(rows: list[list[Any]], ranges: Iterable[Any]) -> list[list[Any]]:
    """The value of a merged cell in every cell that it covers, within what the sheet has."""
    for (top, left), (bottom, right) in ranges:
        if top >= len(rows) or left >= len(rows[top]):
            continue
        value = rows[top][left]
        for row in rows[top : bottom + 1]:
            for column in range(left, min(right + 1, len(row))):
                row[column] = value
    return rows


def _decode(data: bytes) -> str:
    """Text of a CSV: a byte-order mark decides; else UTF-8 when it is, UTF-16 when every other byte is 0, and
    Windows-1258, which old Vietnamese programs wrote with the tone behind its letter."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return _by(data, "utf-16")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return _by(data, _guess(data))
    return _by(data, _guess(data)) if "\x00" in text else text


def _guess(data: bytes) -> str:
    start = data[:2000]
    evens, odds = start[::2].count(0), start[1::2].count(0)
    if max(evens, odds) * 4 > len(start):
        return "utf-16-le" if odds > evens else "utf-16-be"
    return "windows-1258"


def _by(data: bytes, encoding: str) -> str:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        raise InvalidInput("table_unreadable") from None


def _csv(text: str) -> Iterator[list[str]]:
    first = next((line for line in text.splitlines() if any(mark in line for mark in _DELIMITERS)), "")
    delimiter = max(_DELIMITERS, key=lambda mark: _outside_quotes(first, mark))
    text = text.removeprefix("sep=" + delimiter)
    csv.field_size_limit(1_000_000)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    except csv.Error:
        raise InvalidInput("table_unreadable") from None


def _outside_quotes(line: str, mark: str) -> int:
    return sum(part.count(mark) for part in line.split('"')[::2])


def text_of(cell: Any) -> str:
    """A cell as someone would have typed it: 568.0 is 568, a day is dd/mm/yyyy."""
    if cell is None or cell is False or cell == "":
        return ""
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    if isinstance(cell, datetime | date):
        cell = cell.strftime("%d/%m/%Y")
    return nfc(str(cell).replace("\x00", "")).strip()[:MOST_CELL]
