"""Words of a line list as the values that a case keeps. What isn't known is refused with its column, or left as a note."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from lachan.base.tables import text_of
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.outbreak.cases.importing import days

OLDEST = 125
SEXES = {"nam": "m", "trai": "m", "m": "m", "male": "m", "1": "m", "nu": "f", "gai": "f", "f": "f", "female": "f", "0": "f", "2": "f", "khac": "o", "other": "o"}  # fmt: skip
CLASSES = (
    ("no_case", ("loai tru", "khong phai", "am tinh", "not a case", "no case", "discarded")),
    ("suspect", ("nghi ngo", "nghi", "theo doi", "lam sang", "suspect")),
    ("probable", ("co the", "probable")),
    ("confirmed", ("xac dinh", "khang dinh", "duong tinh", "f0", "ca benh", "confirmed")),
)
DETECTIONS = (
    ("lockdown", ("phong toa", "lockdown")),
    ("home", ("cach ly tai nha", "tai nha", "home")),
    ("facility", ("cach ly tap trung", "khu cach ly", "tap trung", "cach ly", "quarantine")),
    ("screening", ("sang loc", "co so y te", "benh vien", "kham", "screening")),
    ("entry", ("nhap canh", "bien gioi", "san bay", "entry", "imported")),
    ("community", ("cong dong", "community")),
)
INFECTIONS = (
    ("abroad", ("nuoc ngoai", "nhap canh", "abroad", "imported")),
    ("province", ("tinh khac", "ngoai tinh", "tp hcm", "ho chi minh", "other province")),
    ("local", ("trong tinh", "tai cho", "cong dong", "noi dia", "local")),
)
OUTCOMES = (
    ("deceased", ("tu vong", "chet", "died", "dead", "deceased")),
    ("recovered", ("khoi", "ra vien", "xuat vien", "recovered", "discharged")),
    ("", ("dang dieu tri", "dang theo doi", "dieu tri", "dang cach ly", "active", "in treatment")),
    ("unknown", ("khong ro", "mat dau", "unknown", "lost")),
)
RESULTS = (
    ("negative", ("am tinh", "am", "negative", "neg", "(-)", "-")),
    ("positive", ("duong tinh", "duong", "positive", "pos", "(+)", "+")),
    ("unclear", ("khong xac dinh", "nghi ngo", "unclear", "indeterminate")),
    ("rejected", ("khong dat", "huy", "rejected")),
)
KINDS = (
    ("antigen", ("khang nguyen", "test nhanh", "nhanh", "antigen", "ns1", "rapid")),
    ("serology", ("khang the", "igm", "igg", "serology", "elisa")),
    ("culture", ("nuoi cay", "phan lap", "culture")),
    ("pcr", ("pcr", "rt pcr", "sinh hoc phan tu")),
)


def one_of(cell: Any, words: tuple[tuple[str, tuple[str, ...]], ...], key: str) -> str | None:
    """The first value one of whose words stands in the cell; None where it is blank. Raises InvalidInput not_choice."""
    text = " ".join(fold(text_of(cell)).split())
    if not text:
        return None
    spaced = f" {re.sub(r'[^a-z0-9+() -]', ' ', text)} "
    for value, known in words:
        if text == value or any(f" {word} " in spaced for word in known):
            return value
    raise InvalidInput("not_choice", field=key)


def sex(cell: Any) -> str:
    """ "" where it is blank."""
    text = fold(text_of(cell))
    if text and text not in SEXES:
        raise InvalidInput("not_choice", field="sex")
    return SEXES.get(text, "")


def birth(cell: Any, reading: days.Reading, today: date) -> str:
    """An ISO date, a year, or what an age says of the year; "" where it is blank."""
    text = text_of(cell)
    if not text:
        return ""
    if re.fullmatch(r"\d{4}", text) and 1870 <= int(text) <= today.year:
        return text
    if re.fullmatch(r"\d{1,3}(\s*(tuoi|thang|th|t))?", fold(text)):
        return age(cell, today)
    if found := re.fullmatch(r"(\d{1,2})[/.\-](\d{4})", text):
        return f"{found[2]}-{int(found[1]):02d}" if 1 <= int(found[1]) <= 12 else _refuse("birth")
    try:
        day = days.read(cell, days.Reading(reading.order, "chosen", swapped=reading.swapped), today)
    except InvalidInput as error:
        raise error.at("birth") from None
    return day.isoformat() if day else ""


def age(cell: Any, today: date) -> str:
    """The year of birth that an age gives: 35, "35 tuổi", "8 tháng"."""
    text = fold(text_of(cell))
    found = re.fullmatch(r"(\d{1,3})\s*(thang|th|m|tuoi|t|y)?", text)
    if not found:
        return _refuse("age") if text else ""
    number = int(found[1])
    if found[2] in ("thang", "th", "m"):
        months = today.year * 12 + today.month - 1 - number
        return f"{months // 12:04d}" if number <= 60 else _refuse("age")
    return f"{today.year - number:04d}" if number <= OLDEST else _refuse("age")


def _refuse(key: str) -> str:
    raise InvalidInput("date_format", field=key)


def number(cell: Any) -> str:
    """Digits and letters of an identity number or phone as people write it; a number that a spreadsheet counted has no
    more zeros in front."""
    text = text_of(cell).lstrip("'").strip()
    return re.sub(r"[\s.\-]", "", text)


def document(cell: Any) -> str:
    """With the zero in front that a spreadsheet took away."""
    text = number(cell)
    return (
        text.zfill(12)
        if text.isdigit() and len(text) == 11
        else text.zfill(9)
        if text.isdigit() and len(text) == 8
        else text
    )


def phone(cell: Any) -> str:
    """The first number of a cell, with its zero."""
    text = re.split(r"[;,/]|\s+-\s+", text_of(cell).lstrip("'"))[0]
    digits = re.sub(r"[\s.\-()]", "", text)
    return f"0{digits}" if digits.isdigit() and len(digits) in (9, 10) and digits[0] != "0" else digits


def ct(cell: Any) -> Decimal | None:
    """The smallest of several genes' values; None where there is none or it isn't a number."""
    found = []
    for part in re.findall(r"\d{1,2}(?:[.,]\d+)?", text_of(cell)):
        try:
            found.append(Decimal(part.replace(",", ".")).quantize(Decimal("0.1")))
        except InvalidOperation:
            continue
    usable = [one for one in found if 5 <= one <= 50]
    return min(usable) if usable else None
