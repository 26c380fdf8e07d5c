"""Invented people and the strategies that make more of them; no number here belongs to anybody."""

from __future__ import annotations

from datetime import date

from hypothesis import strategies as st

from lachan.kernel.clock import PartialDate
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import CccdCard, InsuranceCard, NationalQr, parse_cccd, parse_cmnd
from lachan.kernel.text import clean_line, clean_name, fold

CARD = "056190000001|225000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4, Phước Hải, Nha Trang, Khánh Hòa|10052021"
CARD_SIX = "056190000001|Trần Thị Bưởi|17051990|Nữ|Tổ 4, Phước Hải, Nha Trang, Khánh Hòa|10052021"
CARD_2024 = CARD + "||Trần Văn Mít|Lê Thị Ổi|"
NATIONAL = "056190000001|TRAN THI BUOI|1990-05-17|0|QID-42|<2<5600000042<0912345678<c2ln"
NATIONAL_MASKED = "******000001|TRAN THI BUOI|1990-**-**|1|QID-42|QID-7<2<<<"
INSURANCE = (
    "DN4565600000042|5472e1baa76e205468e1bb8b2042c6b0e1bb9f69|17/05/1990|2|4b68c3a16e682048c3b261|56 - 001|01/01/2021|-"
    "|28/12/2020|56000000042|-|4|01/01/2025|0a1b2c3d4e5f6071-7102|$"
)
SIGNED = "LC1:6BF+70790T9WJWG.FKY*4GO0.O1CV2 E4%M"
SCANS = (CARD, CARD_SIX, CARD_2024, NATIONAL, NATIONAL_MASKED, INSURANCE)

_LETTERS = st.characters(categories=["Lu", "Ll", "Lo", "Mn", "Nd", "Zs", "Pd", "Po"], max_codepoint=0x3000)
_VIETNAMESE = st.sampled_from(
    "aàảãáạăằẳẵắặâầẩẫấậbcdđeèẻẽéẹêềểễếệghiìỉĩíịklmnoòỏõóọôồổỗốộơờởỡớợpqrstuùủũúụưừửữứựvxyỳỷỹýỵ"
)


def _keeps(read):
    def accepted(value: str) -> bool:
        try:
            return bool(read(value))
        except InvalidInput:
            return False

    return accepted


def _digits(low: int, high: int) -> st.SearchStrategy[str]:
    return st.text("0123456789", min_size=low, max_size=high)


words = st.text(_VIETNAMESE, min_size=1, max_size=7).map(str.capitalize)
vietnamese_names = st.lists(words, min_size=1, max_size=5).map(" ".join).map(clean_name)
names = vietnamese_names | st.text(_LETTERS, min_size=1, max_size=40).filter(_keeps(clean_name)).map(
    clean_name
)
plain_names = vietnamese_names.map(lambda name: fold(name).upper())
days = st.dates(date(1900, 1, 1), date(2090, 12, 31))
partial_dates = (
    days.map(PartialDate.of)
    | st.integers(1900, 2090).map(PartialDate)
    | st.builds(PartialDate, st.integers(1900, 2090), st.integers(1, 12))
)
cccds = st.builds(
    lambda province, kind, rest: parse_cccd(f"{province}{kind}{rest}"),
    st.sampled_from(["001", "056", "058", "079", "096", "123"]),
    st.integers(0, 3),
    _digits(8, 8),
)
cmnds = _digits(9, 9).filter(lambda number: len(set(number)) > 1).map(parse_cmnd)
lines = st.text(_LETTERS | st.sampled_from("|<,/;"), max_size=60).map(
    lambda text: clean_line(text.replace("|", " ").replace("<", " "), 300)
)
codes = st.text("ABCDEFK0123456789", max_size=12)
cards = st.builds(
    CccdCard,
    cccd=cccds,
    cmnd=st.none() | cmnds,
    name=names,
    birth=partial_dates,
    sex=st.sampled_from(["male", "female"]),
    address=lines,
    issued=st.none() | days,
    extra=st.lists(names, max_size=3).map(tuple),
)
national_qrs = st.builds(
    NationalQr,
    number=(cccds | cmnds).map(str),
    name=plain_names,
    birth=partial_dates,
    kind=st.sampled_from(["self", "proxy"]),
    qid=codes,
    proxy_qid=st.none() | codes.filter(bool),
    sex=st.sampled_from([None, "male", "female"]),
    insurance=st.none() | _digits(10, 10),
    phone=st.none() | _digits(7, 7).map(lambda rest: "+8491" + rest),
    signature=st.none() | codes.filter(bool),
)
insurance_cards = st.builds(
    InsuranceCard,
    number=_digits(10, 10) | _digits(13, 13).map(lambda rest: "GD" + rest),
    name=names,
    birth=partial_dates,
    sex=st.sampled_from(["male", "female"]),
    address=lines,
    clinic=st.just("") | _digits(5, 5),
    valid_from=st.none() | days,
    valid_to=st.none() | days,
    issued=st.none() | days,
    manager=codes,
    guardian=st.just("") | names,
    area=st.sampled_from(["", "4", "K1", "K2", "K3"]),
    five_years=st.none() | days,
    check=codes,
)
# Anything a scanner, a form or an attacker may hand over.
anything = st.text(st.characters(), max_size=200) | st.lists(
    st.sampled_from(
        ["056190000001", "|", "<", "-", "$", "\x00", "\ud800", "1990", "17/05/1990", "Nữ", "4e", "0", "1"]
    )
    | st.text(st.characters(), max_size=8),
    max_size=24,
).map("".join)
