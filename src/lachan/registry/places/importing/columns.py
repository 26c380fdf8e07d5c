"""Which column holds what, by the folded words of the header row."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.base.tables import Table
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold

SEARCHED_ROWS = 10
"""A header may stand below a title and a date."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we know. The first header is the one of the template."""

    key: str
    title: str | Promise
    headers: tuple[str, ...]
    example: str = ""
    required: bool = False


COLUMNS: tuple[Column, ...] = (
    Column(
        "name",
        _("Tên điểm"),
        ("ten diem", "ten", "ten co so", "ten don vi", "ten dia diem", "co so", "dia diem", "name"),
        "Cửa hàng Bách hóa 12",
        True,
    ),
    Column(
        "kind",
        _("Loại"),
        ("loai", "loai diem", "loai hinh", "phan loai", "kind", "type"),
        "Cửa hàng, dịch vụ",
    ),
    Column(
        "unit",
        _("Xã, phường"),
        (
            "xa phuong",
            "phuong xa",
            "xa phuong thi tran",
            "phuong xa thi tran",
            "phuong",
            "xa",
            "commune",
            "ward",
        ),
        "Phường Vĩnh Hòa",
        True,
    ),
    Column(
        "district",
        _("Quận, huyện"),
        (
            "quan huyen",
            "huyen",
            "quan",
            "huyen thi xa thanh pho",
            "quan huyen thi xa",
            "tp huyen",
            "district",
        ),
        "Nha Trang",
    ),
    Column(
        "unit_code",
        _("Mã xã"),
        (
            "ma xa",
            "ma phuong xa",
            "ma xa phuong",
            "ma don vi",
            "ma don vi hanh chinh",
            "ward code",
            "unit",
            "unit code",
        ),
        "22327",
    ),
    Column(
        "address", _("Địa chỉ"), ("dia chi", "so nha duong", "so nha", "duong", "address"), "12 Phạm Văn Đồng"
    ),
    Column(
        "owner_name",
        _("Người phụ trách"),
        (
            "nguoi phu trach",
            "chu co so",
            "chu diem",
            "nguoi dai dien",
            "dai dien",
            "nguoi lien he",
            "ho ten",
            "owner",
            "contact",
        ),
        "Nguyễn Thị Hoa",
    ),
    Column(
        "owner_phone",
        _("Điện thoại"),
        ("dien thoai", "so dien thoai", "sdt", "dt", "dien thoai lien he", "phone"),
        "0912 345 678",
    ),
    Column("capacity", _("Sức chứa"), ("suc chua", "so nguoi toi da", "quy mo", "capacity"), "40"),
    Column("form", _("Mẫu tờ khai"), ("mau to khai", "bieu mau", "form"), "domestic"),
    Column("latitude", _("Vĩ độ"), ("vi do", "lat", "latitude"), "12.2985"),
    Column("longitude", _("Kinh độ"), ("kinh do", "lon", "lng", "long", "longitude"), "109.2094"),
    Column("note", _("Ghi chú"), ("ghi chu", "note"), ""),
)
_BY_HEADER = {header: column.key for column in COLUMNS for header in column.headers}
_SEPARATORS = str.maketrans(dict.fromkeys(",.;:/\\-–()*_\n", " "))


@dataclass(frozen=True, slots=True)
class Mapping:
    """key → position; `first` is the place of the first row of data in the table; `unknown` headers are left alone."""

    positions: dict[str, int]
    first: int
    headers: list[str]
    unknown: list[str]


def key_of(header: str) -> str | None:
    """The column that a header means, if any. Accents, case, punctuation and "(*)" don't matter."""
    folded = " ".join(fold(header).translate(_SEPARATORS).split())
    return _BY_HEADER.get(folded)


def map_columns(table: Table) -> Mapping:
    """The header row and its columns. Raises InvalidInput("table_columns") naming what is missing."""
    best = max(range(min(SEARCHED_ROWS, len(table.rows))), key=lambda at: _known(table.rows[at][1]))
    headers = table.rows[best][1]
    positions: dict[str, int] = {}
    for position, header in enumerate(headers):
        key = key_of(header)
        if key is not None and key not in positions:
            positions[key] = position
    _require(positions)
    unknown = [header for header in headers if header and key_of(header) is None]
    return Mapping(positions, best + 1, headers, unknown)


def _known(cells: Sequence[str]) -> int:
    return sum(key_of(cell) is not None for cell in cells)


def _require(positions: dict[str, int]) -> None:
    missing = [str(column.title) for column in COLUMNS if column.required and column.key not in positions]
    if "unit_code" in positions:
        missing = [title for title in missing if title != str(_title("unit"))]
    if missing:
        raise InvalidInput("table_columns", columns=", ".join(missing))


def _title(key: str) -> str | Promise:
    return next(column.title for column in COLUMNS if column.key == key)
