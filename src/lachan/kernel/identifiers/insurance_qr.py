"""The QR on the health insurance card (thẻ BHYT), fields split by ``|`` and ended by ``$``.

0 number, 1 name*, 2 birth, 3 sex (1 male, 2 female), 4 address*, 5 clinic ("56 - 001"), 6 valid from, 7 valid to, 8 issued,
9 administrative number, 10 guardian of a child*, 11 living area, 12 date on which five years without a
gap are full, 13 check string, 14 ``$``. A star marks hexadecimal UTF-8; ``-`` stands for nothing. The order is that
of cards in circulation, as hospital software reads them; the specification isn't public.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import date

from lachan.kernel.clock import PartialDate
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import (
    HEXADECIMAL,
    address_of,
    birth_of,
    compact,
    day_of,
    name_of,
    named,
    sex_of_word,
    split_scan,
)
from lachan.kernel.text import clean_line

# Ten digits since April 2021; before, 2 letters (group), 1 digit (benefit), 2 digits (province) and 10 more,
# the first two of which may be letters on cards of before 2018.
_NUMBER = re.compile(r"[0-9]{10}|[A-Z]{2}[0-9]{3}(?:[0-9]{10}|[A-Z]{2}[0-9]{8})")
_SEXES = {"1": "male", "2": "female"}
_SEX_CODES = {sex: code for code, sex in _SEXES.items()}
_NO_MORE = "$"
_PLACES = 14
_LONGEST_CODE = 60


@dataclass(frozen=True, slots=True)
class InsuranceCard:
    """What an insurance card's QR says; the check string is kept unread, so it is a claim.

    ``clinic`` is the code of the clinic of first registration, digits only. ``area`` is the code of the living
    area (K1-K3, or 4 for none).
    """

    number: str = field(repr=False)
    name: str = field(repr=False)
    birth: PartialDate = field(repr=False)
    sex: str
    address: str = field(default="", repr=False)
    clinic: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    issued: date | None = None
    manager: str = field(default="", repr=False)
    guardian: str = field(default="", repr=False)
    area: str = ""
    five_years: date | None = None
    check: str = field(default="", repr=False)

    @property
    def social_number(self) -> str:
        """The ten digits that stay with a person while the letters before them change."""
        return self.number[-10:]


def parse_insurance_number(s: str) -> str:
    """An insurance number in capitals without spaces. Raises ``InvalidInput("insurance_number")``."""
    number = compact(s).upper()
    if not _NUMBER.fullmatch(number):
        raise InvalidInput("insurance_number")
    return number


def parse_insurance_qr(text: str) -> InsuranceCard:
    """Read the QR of an insurance card; everything after the address may be missing.

    Raises ``InvalidInput`` with the field: ``insurance_format``, ``insurance_number``, ``insurance_hex``, ``sex_unknown``, what
    ``clean_name`` and ``parse_date`` raise.
    """
    fields = split_scan(text, "insurance")
    if len(fields) < 5:
        raise InvalidInput("insurance_format")
    given = ["" if value in ("-", _NO_MORE) else value for value in fields]
    at = [*given, *[""] * _PLACES]
    return InsuranceCard(
        number=named("number", lambda: parse_insurance_number(at[0])),
        name=name_of(_from_hex(at[1], "name")),
        birth=birth_of(at[2]),
        sex=_SEXES.get(at[3]) or sex_of_word(at[3]),
        address=address_of(_from_hex(at[4], "address")),
        clinic=_code(compact(at[5]), "clinic"),
        valid_from=day_of(at[6], "valid_from"),
        valid_to=day_of(at[7], "valid_to"),
        issued=day_of(at[8], "issued"),
        manager=_code(at[9], "manager"),
        guardian=named("guardian", lambda: clean_line(_from_hex(at[10], "guardian"), 100)),
        area=_code(at[11], "area"),
        five_years=day_of(at[12], "five_years"),
        check=_code(at[13], "check"),
    )


def _from_hex(text: str, field_name: str) -> str:
    """The text that a field holds as hexadecimal UTF-8, or as it stands where it can't be hexadecimal."""
    if not HEXADECIMAL.fullmatch(text):
        return text
    try:
        return bytes.fromhex(text).decode("utf-8")
    except UnicodeDecodeError:
        raise InvalidInput("insurance_hex", field=field_name) from None


def _code(text: str, field_name: str) -> str:
    return named(field_name, lambda: clean_line(text, _LONGEST_CODE))


def write_insurance_qr(card: InsuranceCard) -> str:
    """The text of an insurance card's QR; ``parse_insurance_qr`` gives the card back."""
    if card.sex not in _SEX_CODES:
        raise InvalidInput("sex_unknown", field="sex")
    fields = (
        parse_insurance_number(card.number),
        _to_hex(name_of(card.name)),
        card.birth.display(),
        _SEX_CODES[card.sex],
        _to_hex(address_of(card.address)),
        f"{card.clinic[:2]} - {card.clinic[2:]}" if card.clinic else "",
        _day(card.valid_from),
        _day(card.valid_to),
        _day(card.issued),
        card.manager,
        _to_hex(card.guardian),
        card.area,
        _day(card.five_years),
        card.check,
    )
    return "|".join(value.replace("|", "") or "-" for value in fields) + "|" + _NO_MORE


def _to_hex(text: str) -> str:
    return text.encode("utf-8").hex()


def _day(day: date | None) -> str:
    return PartialDate.of(day).display() if day else ""
