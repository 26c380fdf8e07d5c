"""Which column holds what, by the folded words of its header."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.registry.places.importing import Table

SEARCHED_ROWS = 10
"""A header may stand below a title and a date."""
_SEPARATORS = str.maketrans(dict.fromkeys(",.;:/\\-–()*_\n", " "))


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we know; `headers` as offices write them, folded."""

    key: str
    title: Any
    headers: tuple[str, ...]
    example: str = ""
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("hamlet", _("Thôn, tổ dân phố"), ("thon to dan pho", "thon", "to dan pho", "tdp", "to", "khu pho", "ap", "hamlet"), "Tổ dân phố 3", True),
    Column("house", _("Số hộ"), ("so ho", "ho so", "ma ho", "stt ho", "household", "house"), "12"),
    Column("name", _("Họ tên"), ("ho ten", "ho va ten", "ten", "name", "full name"), "Nguyễn Thị Hoa", True),
    Column("relation", _("Quan hệ với chủ hộ"), ("quan he voi chu ho", "quan he", "qh chu ho", "relation"), "Chủ hộ"),
    Column("birth", _("Ngày hoặc năm sinh"), ("ngay hoac nam sinh", "ngay sinh", "nam sinh", "ngay thang nam sinh", "sinh ngay", "birth", "date of birth"), "17/05/1990"),
    Column("sex", _("Giới tính"), ("gioi tinh", "gioi", "phai", "sex"), "Nữ"),
    Column("number", _("Số giấy tờ"), ("so giay to", "cccd", "cmnd", "cccd cmnd", "cmnd cccd", "so cccd", "so cmnd", "id"), "056190001234"),
    Column("phone", _("Điện thoại"), ("dien thoai", "so dien thoai", "sdt", "dt", "phone"), "0905 123 456"),
    Column("address", _("Địa chỉ"), ("dia chi", "so nha", "so nha duong", "address"), "12 Nguyễn Trãi"),
    Column("chronic", _("Bệnh nền"), ("benh nen", "benh man tinh", "chronic"), "x"),
    Column("pregnant", _("Mang thai"), ("mang thai", "co thai", "pregnant"), ""),
    Column("latitude", _("Vĩ độ"), ("vi do", "lat", "latitude"), ""),
    Column("longitude", _("Kinh độ"), ("kinh do", "lon", "lng", "longitude"), ""),
)  # fmt: skip
_BY_HEADER = {header: column.key for column in COLUMNS for header in column.headers}


@dataclass(frozen=True, slots=True)
class Mapping:
    """key → position; `first` is the place of the first row of data in the table; `unknown` headers are left alone."""

    positions: dict[str, int]
    first: int
    headers: list[str]
    unknown: list[str]


def key_of(header: str) -> str | None:
    """The column that a header means, if any. Accents, case and punctuation don't matter."""
    return _BY_HEADER.get(" ".join(fold(header).translate(_SEPARATORS).split()))


def map_columns(table: Table) -> Mapping:
    """The header row and its columns. Raises InvalidInput `table_columns` naming what is missing."""
    first = range(min(SEARCHED_ROWS, len(table.rows)))
    best = max(first, key=lambda at: sum(key_of(cell) is not None for cell in table.rows[at][1]))
    headers = table.rows[best][1]
    positions: dict[str, int] = {}
    for position, header in enumerate(headers):
        key = key_of(header)
        if key is not None:
            positions.setdefault(key, position)
    missing = [str(one.title) for one in COLUMNS if one.required and one.key not in positions]
    if missing:
        raise InvalidInput("table_columns", columns=", ".join(missing))
    return Mapping(positions, best + 1, headers, [one for one in headers if one and key_of(one) is None])
