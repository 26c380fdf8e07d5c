"""What a spreadsheet would grow to, found out before the reader opens it.

The reader keeps a sheet as a rectangle: two cells in opposite corners of an XLSX of 1,400 bytes ask for 500 GB, and
memory that can't be had ends the whole process. Sizes that the archive states of itself are not believed either.
"""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from xml.parsers import expat

from lachan.kernel.errors import InvalidInput

MOST_UNPACKED = 200 * 1024 * 1024
MOST_AREA = 4_000_000
"""Cells of the rectangle that a sheet's filled cells span, from the first row and column."""
_CHUNK = 1 << 20
_REFERENCE = re.compile(r"([A-Z]{1,3})([0-9]{1,7})")
_BINARY = "xl/workbook.bin"  # XLSB: its sheets aren't XML, so nothing can be told of them


def check(data: bytes, most: int) -> None:
    """Raises InvalidInput too_large, table_too_many or table_unreadable for a ZIP that must not be opened.

    `most`: the number of rows that the refusal names.
    """
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            entries = archive.infolist()
            if sum(entry.file_size for entry in entries) > MOST_UNPACKED:
                raise InvalidInput("too_large")
            if any(entry.filename.lower() == _BINARY for entry in entries):
                raise InvalidInput("table_unreadable")
            for entry in entries:
                _check_entry(archive, entry, most)
    except (
        zipfile.BadZipFile,
        zlib.error,
        expat.ExpatError,
        ValueError,
        RuntimeError,
        EOFError,
        OSError,
    ) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput("table_unreadable") from None


def _check_entry(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, most: int) -> None:
    """Reads the whole entry: one longer than it says fails its checksum here, before it fills the memory."""
    xml = entry.filename.lower().endswith(".xml")
    extent = Extent()
    with archive.open(entry) as content:
        while chunk := content.read(_CHUNK):
            if xml:
                extent.feed(chunk)
                if extent.area > MOST_AREA:
                    raise InvalidInput("table_too_many", max=most)


class Extent:
    """The last row and the last column with a value in a sheet's XML, as Excel (c, r) or OpenDocument writes it."""

    def __init__(self) -> None:
        self.rows = self.columns = 0
        self._row = self._column = 0  # where the parser stands, counted from 1
        self._row_repeat = 1
        self._cell = (0, 0)
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start

    @property
    def area(self) -> int:
        return self.rows * self.columns

    def feed(self, chunk: bytes) -> None:
        self._parser.Parse(chunk, False)

    def _start(self, tag: str, said: dict[str, str]) -> None:
        name = tag.rpartition(":")[2]
        if name == "row":
            self._row = _number(said.get("r"), self._row + 1)
            self._column = 0
        elif name == "c":
            self._excel_cell(said.get("r", ""))
        elif name in ("v", "is", "f"):
            self._filled(*self._cell)
        elif name == "table":
            self._row, self._row_repeat = 0, 1
        elif name == "table-row":
            self._row += self._row_repeat
            self._row_repeat = _number(_said(said, "number-rows-repeated"), 1)
            self._column = 0
        elif name in ("table-cell", "covered-table-cell"):
            self._column += _number(_said(said, "number-columns-repeated"), 1)
            if _said(said, "value-type") or _said(said, "formula"):
                self._filled(self._row + self._row_repeat - 1, self._column)

    def _excel_cell(self, reference: str) -> None:
        """A cell without a reference stands after the one before."""
        found = _REFERENCE.fullmatch(reference.replace("$", "").upper())
        if found:
            self._column = _column(found[1])
            self._cell = int(found[2]), self._column
        else:
            self._column += 1
            self._cell = self._row, self._column

    def _filled(self, row: int, column: int) -> None:
        self.rows, self.columns = max(self.rows, row), max(self.columns, column)


def _said(attributes: dict[str, str], name: str) -> str | None:
    return next((value for key, value in attributes.items() if key.rpartition(":")[2] == name), None)


def _number(text: str | None, default: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) < 10 else default


def _column(letters: str) -> int:
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - 64
    return number
