"""Which column of a line list holds what, guessed from folded headers, Vietnamese or English."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.base.tables import Cells, text_of
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold

SEARCHED_ROWS = 20
"""A header may stand below a country's heading, a title and a date."""
FEW_KNOWN = 2


@dataclass(frozen=True, slots=True)
class Column:
    """A column that we know. `day`: it holds dates."""

    key: str
    title: str | Promise
    headers: tuple[str, ...]
    day: bool = False


COLUMNS: tuple[Column, ...] = (
    Column("code", _("Mã ca"), ("ma ca", "ma ca benh", "ma so ca", "ma so ca benh", "ma benh nhan cua tinh", "case code", "case id")),
    Column(
        "national_code", _("Mã quốc gia"),
        ("ma quoc gia", "ma bn", "bn", "ma so bn", "ma benh nhan", "so bn", "ma bo y te cong bo", "ma bo y te", "national code"),
    ),
    Column("name", _("Họ và tên"), ("ho va ten", "ho ten", "ten benh nhan", "ho va ten benh nhan", "ho ten benh nhan", "ten", "full name", "name")),
    Column(
        "birth", _("Ngày sinh hoặc năm sinh"),
        ("nam sinh", "ngay sinh", "ngay thang nam sinh", "ngay thang sinh", "ntns", "sinh nam", "nam sinh tuoi", "date of birth", "dob",
         "birth", "year of birth", "birth date"),
        True,
    ),
    Column("birth_m", _("Năm sinh (cột nam)"), ("nam sinh nam", "tuoi nam", "ngay sinh nam")),
    Column("birth_f", _("Năm sinh (cột nữ)"), ("nam sinh nu", "tuoi nu", "ngay sinh nu")),
    Column("age", _("Tuổi"), ("tuoi", "do tuoi", "age")),
    Column("sex", _("Giới tính"), ("gioi tinh", "gioi", "phai", "nam nu", "sex", "gender")),
    Column(
        "document", _("CCCD, CMND hoặc hộ chiếu"),
        ("cccd cmnd", "cmnd cccd", "so cccd cmnd", "so cmnd cccd", "so giay to", "so dinh danh", "giay to tuy than", "so cmnd cccd ho chieu",
         "cmnd cccd ho chieu", "cmnd cccd hc", "id number", "national id"),
    ),
    Column("cccd", _("CCCD"), ("cccd", "so cccd", "can cuoc", "can cuoc cong dan", "so can cuoc", "so can cuoc cong dan")),
    Column("cmnd", _("CMND"), ("cmnd", "so cmnd", "chung minh", "chung minh nhan dan", "so chung minh", "cmnd cu", "so cmnd cu")),
    Column("insurance", _("Thẻ bảo hiểm y tế"), ("bhyt", "the bhyt", "so the bhyt", "ma the bhyt", "bao hiem y te", "insurance")),
    Column("phone", _("Điện thoại"), ("dien thoai", "so dien thoai", "sdt", "dt", "so dt", "dien thoai lien he", "phone", "telephone", "mobile")),
    Column("address", _("Địa chỉ"), ("dia chi", "noi o", "dia chi noi o", "cho o", "noi o hien nay", "dia chi hien nay", "so nha duong", "so nha", "thon to", "address")),
    Column(
        "commune", _("Xã, phường"),
        ("xa phuong", "phuong xa", "xa phuong thi tran", "phuong xa thi tran", "phuong", "xa", "commune", "ward"),
    ),
    Column(
        "district", _("Quận, huyện"),
        ("quan huyen", "huyen", "quan", "huyen thi xa thanh pho", "quan huyen thi xa", "quan huyen thi xa tp", "tp huyen", "huyen tx tp",
         "district"),
    ),
    Column("unit_code", _("Mã xã"), ("ma xa", "ma phuong xa", "ma xa phuong", "ma don vi hanh chinh", "ward code")),
    Column(
        "onset", _("Ngày khởi phát"),
        ("ngay khoi phat", "khoi phat", "ngay phat benh", "ngay mac", "ngay mac benh", "ngay co trieu chung", "ngay xuat hien trieu chung",
         "ngay khoi phat trieu chung", "onset", "onset date", "date of onset", "symptom onset"),
        True,
    ),
    Column(
        "sampled_on", _("Ngày lấy mẫu"),
        ("ngay lay mau", "lay mau", "ngay lay mau xet nghiem", "ngay lay mau xn", "sample date", "date of sample", "sampled"),
        True,
    ),
    Column(
        "confirmed_on", _("Ngày có kết quả"),
        ("ngay co ket qua", "ngay co kq", "ngay tra ket qua", "ngay duong tinh", "ngay xet nghiem duong tinh", "ngay xac dinh", "ngay khang dinh",
         "ngay co ket qua duong tinh", "ngay kq", "result date", "date confirmed", "confirmed on"),
        True,
    ),
    Column(
        "reported_on", _("Ngày báo cáo"),
        ("ngay bao cao", "ngay cong bo", "ngay thong bao", "ngay nhan bao cao", "ngay ghi nhan", "report date", "date reported", "reported"),
        True,
    ),
    Column("classification", _("Phân loại"), ("phan loai", "phan loai ca benh", "phan loai ca", "chan doan", "classification", "case classification")),
    Column("result", _("Kết quả xét nghiệm"), ("ket qua", "ket qua xet nghiem", "kq xn", "ket qua xn", "kq", "ket qua pcr", "result", "test result")),
    Column("kind", _("Loại xét nghiệm"), ("loai xet nghiem", "loai xn", "phuong phap", "phuong phap xet nghiem", "test kind", "test type")),
    Column("ct", _("Giá trị Ct"), ("ct", "gia tri ct", "ct value", "chi so ct")),
    Column(
        "detection", _("Nơi phát hiện"),
        ("noi phat hien", "hinh thuc phat hien", "phat hien", "nguon phat hien", "phat hien qua", "noi ghi nhan", "place of detection", "detection"),
    ),
    Column("infection", _("Nguồn lây"), ("nguon lay", "nguon lay nhiem", "yeu to dich te", "source of infection", "infection")),
    Column("source", _("Lây từ ca"), ("lay tu ca", "tiep xuc voi ca", "lien quan ca", "lien quan den ca", "f1 cua", "source case")),
    Column("outcome", _("Kết cục"), ("ket cuc", "ket qua dieu tri", "tinh trang", "tinh trang hien tai", "tinh trang hien nay", "outcome", "status")),
    Column("outcome_on", _("Ngày kết thúc"), ("ngay khoi", "ngay ra vien", "ngay khoi benh", "ngay tu vong", "ngay xuat vien", "ngay ket thuc", "outcome date"), True),
    Column("facility", _("Nơi điều trị"), ("noi dieu tri", "noi dieu tri cach ly", "co so dieu tri", "noi cach ly dieu tri", "benh vien", "hospital", "facility")),
    Column("note", _("Ghi chú"), ("ghi chu", "note", "remarks")),
)  # fmt: skip
"""Headers as other offices write them."""
EXAMPLE = {
    "name": "Nguyễn Văn Bình", "birth": "17/05/1980", "sex": "Nam", "cccd": "056080001234", "phone": "0912 345 678",
    "address": "12 Trần Phú", "commune": "Phường Vĩnh Hòa", "district": "Nha Trang", "onset": "18/07/2021",
    "sampled_on": "20/07/2021", "confirmed_on": "21/07/2021", "result": "Dương tính", "detection": "Cộng đồng",
}  # fmt: skip
"""A row of the table that people may take as a pattern."""
KNOWN = {column.key: column for column in COLUMNS}
DAYS = tuple(column.key for column in COLUMNS if column.day)
_BY_HEADER = {header: column.key for column in COLUMNS for header in column.headers}
_SEPARATORS = str.maketrans(dict.fromkeys(",.;:/\\-–()[]*_\n\r\t\"'", " "))


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the data begins (`first`, a place in the table's rows), the headers, and which column is what (key → place)."""

    first: int
    headers: tuple[str, ...]
    positions: Mapping[str, int]

    def with_positions(self, positions: Mapping[str, int]) -> Layout:
        """An officer's own mapping instead of the guess."""
        kept = {key: at for key, at in positions.items() if key in KNOWN and 0 <= at < len(self.headers)}
        return Layout(self.first, self.headers, kept)


def key_of(*headers: str) -> str | None:
    """The column that a header means: its own words, else with the group's above it. Accents and marks don't matter."""
    words = [" ".join(fold(header).translate(_SEPARATORS).split()) for header in headers]
    joined = " ".join(dict.fromkeys(filter(None, words)))
    return _BY_HEADER.get(joined) or (_BY_HEADER.get(words[-1]) if words else None)


def layout_of(cells: Cells) -> Layout:
    """The header row is the one with most columns that we know, in the first rows. A second row of sub-headers below a
    merged group is read with the group's words. Raises InvalidInput("table_columns") without a column of names."""
    best, found, rows = 0, -1, cells.rows[:SEARCHED_ROWS]
    for at in range(len(rows)):
        known = len(_guess(_headers(cells, at)))
        if known > found:
            best, found = at, known
    headers = _headers(cells, best)
    positions = _guess(headers)
    if "name" not in positions or found < FEW_KNOWN:
        raise InvalidInput("table_columns", columns=str(KNOWN["name"].title))
    return Layout(best + 1, tuple(" ".join(filter(None, pair)) for pair in headers), positions)


def _headers(cells: Cells, at: int) -> list[tuple[str, str]]:
    """(group above, own words) of each column; a group that is the same text counts once."""
    own = [text_of(cell) for cell in cells.rows[at][1]]
    above = [text_of(cell) for cell in cells.rows[at - 1][1]] if at else []
    return [
        ("" if place >= len(above) or above[place] == word or not word else _short(above[place]), word)
        for place, word in enumerate(own)
    ]


def _short(text: str) -> str:
    """A title that is merged over the whole sheet is no group of columns."""
    return text if len(text) <= 40 else ""


def _guess(headers: Sequence[tuple[str, str]]) -> dict[str, int]:
    found: dict[str, int] = {}
    for place, (above, own) in enumerate(headers):
        key = key_of(above, own) if own else None
        if key is not None and key not in found:
            found[key] = place
    return found


def value_at(row: Sequence[Any], layout: Layout, key: str) -> Any:
    """The cell of a column in a row; "" where there is none."""
    place = layout.positions.get(key, -1)
    return row[place] if 0 <= place < len(row) else ""
