"""Lists as files: XLSX and CSV, written row by row so that memory stays small."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils.translation import gettext

from lachan.kernel.clock import VN

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
FORMULA = ("=", "+", "-", "@", "\t", "\r")


def xlsx_file(sheet: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> io.BufferedIOBase:
    """An XLSX in a temporary file, positioned at its start. Strings are never taken for formulas."""
    out = tempfile.TemporaryFile()
    book = xlsxwriter.Workbook(
        out, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    )
    page = book.add_worksheet(sheet[:31])
    bold = book.add_format({"bold": True, "bg_color": "#E3F3F1"})
    day = book.add_format({"num_format": "dd/mm/yyyy"})
    moment = book.add_format({"num_format": "dd/mm/yyyy hh:mm"})
    page.write_row(0, 0, [str(column) for column in columns], bold)
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, datetime):
                page.write_datetime(number, column, value.astimezone(VN).replace(tzinfo=None), moment)
            elif isinstance(value, date):
                page.write_datetime(number, column, datetime(value.year, value.month, value.day), day)  # noqa: DTZ001
            elif isinstance(value, bool) or value is None:
                page.write_string(number, column, {True: "x", False: "", None: ""}[value])
            elif isinstance(value, int | float):
                page.write_number(number, column, value)
            else:
                page.write_string(number, column, str(value)[:32767])
    book.close()
    out.seek(0)
    return out


def xlsx_response(
    filename: str, columns: Sequence[str], rows: Iterable[Sequence[Any]], sheet: str = ""
) -> FileResponse:
    return FileResponse(
        xlsx_file(sheet or gettext("Danh sách"), columns, rows),
        as_attachment=True,
        filename=filename,
        content_type=XLSX,
    )


def csv_response(
    filename: str, columns: Sequence[str], rows: Iterable[Sequence[Any]]
) -> StreamingHttpResponse:
    """UTF-8 with a byte-order mark, so that spreadsheet programs read Vietnamese; cells can't start a formula."""
    response = StreamingHttpResponse(_csv_lines(columns, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{filename}"'
    return response


def _csv_lines(columns: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    buffer = io.StringIO()
    writer = csv.writer(buffer)
    yield "\ufeff"
    writer.writerow([str(column) for column in columns])
    for row in rows:
        writer.writerow([_csv_cell(value) for value in row])
        if buffer.tell() > 32768:
            yield buffer.getvalue()
            buffer.seek(0)
            buffer.truncate()
    yield buffer.getvalue()


def _csv_cell(value: Any) -> str:
    if isinstance(value, datetime):
        return value.astimezone(VN).strftime("%d/%m/%Y %H:%M")
    if isinstance(value, date):
        return value.strftime("%d/%m/%Y")
    text = "" if value is None else str(value)
    return f"'{text}" if text.startswith(FORMULA) and not isinstance(value, int | float) else text
