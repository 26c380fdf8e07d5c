"""Whichever identity number somebody has: CCCD, CMND or a passport."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers._fields import compact
from lachan.kernel.identifiers.cccd import Cccd, parse_cccd
from lachan.kernel.identifiers.cmnd import Cmnd, parse_cmnd

_PASSPORT = re.compile(r"[A-Z0-9]{6,12}")
_SHOWN = 3


@dataclass(frozen=True, slots=True)
class Passport:
    """The number of a passport of any country, in capitals."""

    number: str = field(repr=False)

    def __str__(self) -> str:
        return self.number


def parse_passport(s: str) -> Passport:
    """Read a passport's number: 6 to 12 letters and digits, at least four of them digits.

    Countries differ (Vietnam: a letter and 7 or 8 digits), so no more is checked. Raises
    ``InvalidInput("passport_format")``.
    """
    number = compact(s).upper()
    if not _PASSPORT.fullmatch(number) or sum(map(str.isdigit, number)) < 4:
        raise InvalidInput("passport_format")
    return Passport(number)


def parse_national_id(s: str) -> Cccd | Cmnd | Passport:
    """Read an identity number, telling by its form what it is: 12 digits, 9 digits, or letters and digits.

    Raises ``InvalidInput``: ``national_id_empty``, ``national_id_length`` (digits, but neither 9 nor 12), or what the
    reader of that kind raises.
    """
    text = compact(s)
    if not text:
        raise InvalidInput("national_id_empty")
    if not text.isdigit():
        return parse_passport(text)
    if len(text) == 12:
        return parse_cccd(text)
    if len(text) == 9:
        return parse_cmnd(text)
    raise InvalidInput("national_id_length")


def mask_id(number: str) -> str:
    """An identity number of which only the last three characters show: ``*********456``."""
    shown = _SHOWN if len(number) > 2 * _SHOWN else 0
    return "*" * (len(number) - shown) + (number[-shown:] if shown else "")
