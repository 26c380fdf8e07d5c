"""What the readers of scanned texts share."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import TypeVar

from lachan.kernel.clock import PartialDate, parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line, clean_name, fold

T = TypeVar("T")

LONGEST_SCAN = 3000  # a QR code holds at most 4,296 alphanumeric or 2,953 bytes of text
LONGEST_ADDRESS = 300
_SEX_WORDS = {"nam": "male", "nu": "female", "male": "male", "female": "female"}
_GROUPING = str.maketrans("", "", " .-\u00a0\t\r\n")


def compact(s: str, longest: int = 60) -> str:
    """A number without the spaces, dots and hyphens that people group it with; long text is left alone."""
    return s.translate(_GROUPING) if len(s) <= longest else s


def digits_of(s: str, length: int, kind: str) -> str:
    """Exactly ``length`` ASCII digits. Raises ``{kind}_digits`` or ``{kind}_length``."""
    text = compact(s)
    if len(text) != length:
        raise InvalidInput(f"{kind}_length", length=length)
    if not (text.isascii() and text.isdigit()):
        raise InvalidInput(f"{kind}_digits")
    return text


def split_scan(text: str, kind: str, separator: str = "|") -> list[str]:
    """The fields of a scanned text, trimmed. Raises ``{kind}_format`` when it is no such text at all."""
    if len(text) > LONGEST_SCAN or separator not in text:
        raise InvalidInput(f"{kind}_format")
    return [field.strip() for field in text.strip(" \t\r\n\ufeff\x00").split(separator)]


def named(field: str, read: Callable[[], T]) -> T:
    """Run a reader, and say in its refusal which field it was."""
    try:
        return read()
    except InvalidInput as error:
        raise error.at(field) from None


def name_of(text: str) -> str:
    return named("name", lambda: clean_name(text))


def birth_of(text: str) -> PartialDate:
    return named("birth", lambda: parse_date(text))


def address_of(text: str) -> str:
    """An address on one line, without the separators of the codes; may be empty."""
    return named("address", lambda: clean_line(text.replace("|", " ").replace("<", " "), LONGEST_ADDRESS))


def sex_of_word(text: str) -> str:
    """``male`` or ``female`` of a Vietnamese or English word. Raises ``sex_unknown``."""
    sex = _SEX_WORDS.get(fold(text)) if len(text) < 20 else None
    if sex is None:
        raise InvalidInput("sex_unknown", field="sex")
    return sex


def day_of(text: str, field: str) -> date | None:
    """A whole calendar day, or ``None`` for an empty field (``-`` counts as empty)."""
    if text in ("", "-"):
        return None
    day = named(field, lambda: parse_date(text)).whole()
    if day is None:
        raise InvalidInput("date_format", field=field)
    return day


def ddmmyyyy(when: PartialDate | date | None) -> str:
    """A date without separators, with 00 for what isn't known; empty for ``None``."""
    if when is None:
        return ""
    if isinstance(when, date):
        when = PartialDate.of(when)
    return f"{when.day or 0:02d}{when.month or 0:02d}{when.year:04d}"


HEXADECIMAL = re.compile(r"(?:[0-9A-Fa-f]{2})+")
