"""Answers of a stricter form: names, phones, papers, units. Each function returns the value as it is stored.

The usual spelling takes a short way that gives what the full parser would (a property test holds them equal):
a declaration at a gate has some thirty answers and forty microseconds.
"""

import re
import unicodedata
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

from lachan.kernel.clock import VN, PartialDate, parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import (
    Passport,
    check_cccd,
    parse_insurance_number,
    parse_national_id,
    parse_passport,
)
from lachan.kernel.phones import parse_phone
from lachan.kernel.plates import parse_plate
from lachan.kernel.text import clean_line, clean_name, clean_text

Format = Callable[[str, date], str]

LONGEST = 100_000
"""A string longer than this is refused before anything looks into it."""
_PLAIN_NAME = re.compile(r"[^\W\d_]+(?: [^\W\d_]+)*")
_UNIT = re.compile(r"(?:\d{2,5}/){1,3}|\d{2}|\d{3}|\d{5}", re.ASCII)
"""A path in the tree of units (``56/568/22327/``), or a unit's bare code."""
_EMAIL = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@(?:[A-Za-z0-9-]{1,63}\.)+[A-Za-z]{2,63}")


def plain(value: str) -> bool:
    """Printable and composed already: nothing for the cleaners to do but trim."""
    return value.isprintable() and unicodedata.is_normalized("NFC", value)


def line(value: str, limit: int) -> str:
    """Text on one line, of at most ``limit`` code points."""
    if len(value) <= limit and plain(value):
        return " ".join(value.split())
    return clean_line(value, limit)


def paragraph(value: str, limit: int) -> str:
    """Text of several lines, of at most ``limit`` code points."""
    if len(value) <= limit and plain(value):
        return value.strip()
    return clean_text(value, limit)


def name(value: str, _today: date) -> str:
    """A person's name."""
    if len(value) <= 100 and _PLAIN_NAME.fullmatch(value) and value[0].isalpha() and plain(value):
        return value
    return clean_name(value)


def phone(value: str, _today: date) -> str:
    """A phone number in E.164: ``+84905123456``."""
    return parse_phone(value)


def partial_date(value: str, _today: date) -> str:
    """A date of which the day or month may be unknown, as ISO: ``1990``, ``1990-05``, ``1990-05-17``."""
    return read_partial(value).iso()


def read_partial(value: str) -> PartialDate:
    """The same, parsed."""
    return parse_date(_short(value))


def national_id(value: str, _today: date) -> str:
    """A citizen id of 12 digits, or an old one of 9; a passport has a question of its own."""
    if len(value) == 12 and value.isdecimal() and value.isascii():
        return check_cccd(value)
    found = parse_national_id(_short(value))
    if isinstance(found, Passport):
        raise InvalidInput("national_id_length")
    return found.number


def passport(value: str, _today: date) -> str:
    """The number of a passport of any country."""
    return parse_passport(_short(value)).number


def insurance(value: str, _today: date) -> str:
    """The number of a health insurance card, or the social insurance number on it."""
    return parse_insurance_number(_short(value))


def _short(value: str) -> str:
    """No number or date is longer; keeps hostile input out of the parsers."""
    if len(value) > 64:
        raise InvalidInput("too_long", max=64)
    return value


def _matching(pattern: re.Pattern[str], code: str) -> Format:
    def check(value: str, _today: date) -> str:
        if pattern.fullmatch(value):
            return value
        compact = _short(value).replace(" ", "").upper()
        if not pattern.fullmatch(compact):
            raise InvalidInput(code)
        return compact

    return check


def plate(value: str, _today: date) -> str:
    """A number plate as it was written, in capitals; what two spellings have in common is ``parse_plate``."""
    parse_plate(value)
    return "".join(value.split()).upper()


def email(value: str, _today: date) -> str:
    """An e-mail address; only its form is checked."""
    trimmed = value.strip()
    if len(trimmed) > 254 or not _EMAIL.fullmatch(trimmed):
        raise InvalidInput("email_format")
    return trimmed


def iso_date(value: str) -> date:
    """A whole date, ``YYYY-MM-DD`` and nothing else."""
    if len(value) == 10 and value[4] == "-" and value[7] == "-":
        try:
            day = date.fromisoformat(value)
        except ValueError:
            raise InvalidInput("not_date") from None
        if 1870 <= day.year < 2200:
            return day
    raise InvalidInput("not_date")


def date_time(value: str) -> datetime:
    """A moment in UTC from ISO 8601; without an offset it is Vietnam's time, as a phone's picker gives it."""
    if not 16 <= len(value) <= 40 or value[10] != "T":
        raise InvalidInput("not_date_time")
    iso_date(value[:10])
    try:
        moment = datetime.fromisoformat(value)
        return (moment if moment.tzinfo else moment.replace(tzinfo=VN)).astimezone(UTC)
    except (ValueError, OverflowError):
        raise InvalidInput("not_date_time") from None


def not_after(day: date, today: date) -> None:
    """Refuse what lies ahead: nobody fell ill tomorrow. A day of grace for a phone's clock in another zone."""
    if day > today and day > today + timedelta(days=1):
        raise InvalidInput("date_in_future", latest=today.isoformat())


FORMATS: dict[str, Format] = {
    "name": name,
    "phone": phone,
    "partial-date": partial_date,
    "cccd": national_id,
    "unit": _matching(_UNIT, "unit_format"),
    "passport": passport,
    "insurance": insurance,
    "plate": plate,
    "email": email,
}
