"""What a text that was scanned or typed at a gate is, and so which reader it belongs to. Told by its form alone.

The same is told on the device (``frontend/src/kernel/reading.ts``); shared vectors hold both together.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, get_args

from lachan.kernel.codes.wire import Malformed, from_base45
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import parse_cccd, parse_cmnd, parse_insurance_number, sniff
from lachan.kernel.ids import parse_short_code
from lachan.kernel.phones import parse_phone
from lachan.kernel.plates import is_vietnamese, parse_plate

Kind = Literal[
    "person", "card", "claim", "venue", "form", "appointment", "lc1",
    "hc1", "shc", "national", "cccd", "bhyt", "enrol", "poster", "url",
    "cccd_number", "cmnd_number", "insurance_number", "passport_number", "phone", "plate", "short_code", "place_code",
    "unknown",
]  # fmt: skip
"""Our signed codes by what they say (``lc1``: none that we know), other signed codes, cards, addresses, what people type."""
KINDS: tuple[Kind, ...] = get_args(Kind)
MOST_TEXT = 8192

_SIGNED: dict[int, Kind] = {1: "venue", 2: "person", 3: "card", 4: "form", 5: "appointment", 6: "claim"}
_SNIFFED: dict[str, Kind] = {
    "hc1": "hc1",
    "shc": "shc",
    "national_qr": "national",
    "cccd_card": "cccd",
    "insurance_card": "bhyt",
    "url": "url",
}
_ENDS = " \t\r\n\ufeff\x00"
_HEAD = bytes((0xD2, 0x84, 0x49, 0xA2, 0x01, 0x26, 0x04, 0x44))
_LENGTHS = {0x58: 1, 0x59: 2, 0x5A: 4}  # bytes of a CBOR length after its head
_ENOUGH = 33  # characters of base45 that reach the kind, the first value of the payload's map
_ENROL = re.compile(r"(?:.*#)?(LCE1(?::|%3[Aa])[A-Za-z0-9_-]{22}\.[A-Za-z0-9_-]{22})", re.DOTALL)
_POSTER = re.compile(
    r"[hH][tT][tT][pP][sS]?://[^/?# \t\r\n]+/(?:[qQ]|[vV][aA][oO])/([0-9A-Za-z]{8})/?(?:[?#].*)?", re.DOTALL
)
_GROUPING = str.maketrans("", "", " .-\u2013\u2014\u00a0\t\r\n")
_BRACKETS = str.maketrans("", "", "()/")
_PASSPORT = re.compile(r"[A-Z]{1,2}[0-9]{6,8}")
_PLACE_CODE = re.compile(r"(?=.*[0-9])(?=.*[A-Z])[0-9A-HJKMNP-TV-Z]{8}")
_ABROAD = re.compile(r"(?:\+|00)(?!84)[1-9][0-9]{6,14}")
_LANDLINE = re.compile(r"(?:\+84|0084|84|0)(2[0-9]{9})")
_MOBILE = re.compile(r"\+84[35789][0-9]{8}")
_LONGEST_TYPED = 40


@dataclass(frozen=True, slots=True)
class Reading:
    """``value``: what its reader takes. A code or card without what a hand scanner adds at its ends; a number without
    its spaces, a phone as E.164, the place's code of a poster, ``LCE1:…`` of an enrolment address; "" if unknown."""

    kind: Kind
    value: str


UNKNOWN = Reading("unknown", "")


def reading_of(text: str) -> Reading:
    """What a text is. Never raises; the reader of the kind may still refuse it."""
    if len(text) > MOST_TEXT:
        return UNKNOWN
    trimmed = text.strip(_ENDS)
    if trimmed.startswith("LC1:"):
        return Reading(_signed(trimmed[4 : 4 + _ENOUGH]), trimmed)
    if enrol := _ENROL.fullmatch(trimmed):
        return Reading("enrol", re.sub("%3[Aa]", ":", enrol[1]))
    if poster := _POSTER.fullmatch(trimmed):
        return Reading("poster", poster[1].upper())
    sniffed = _SNIFFED.get(sniff(trimmed))
    return Reading(sniffed, trimmed) if sniffed else _typed(trimmed)


def kind_of(text: str) -> Kind:
    """The kind of ``reading_of``."""
    return reading_of(text).kind


def _signed(start: str) -> Kind:
    """What a code of ours says it is: in its fixed spelling the kind stands within its first 22 bytes."""
    try:
        data = from_base45(start)
    except (Malformed, InvalidInput):
        return "lc1"
    if data[:8] != _HEAD or len(data) < 22 or data[12] != 0xA0:
        return "lc1"
    head = data[13]
    at = 14 + _LENGTHS.get(head, 0)
    known = (0x40 <= head <= 0x57 or head in _LENGTHS) and 0xA1 <= data[at] <= 0xB7 and data[at + 1] == 0
    return _SIGNED.get(data[at + 2], "lc1") if known else "lc1"


def _typed(text: str) -> Reading:
    if not 0 < len(text) <= _LONGEST_TYPED:
        return UNKNOWN
    bare = text.translate(_GROUPING)
    if not bare.isascii():
        return _plate(text) or UNKNOWN
    if bare.isdigit():
        return _digits(text, bare)
    if bare.startswith("+") or "(" in bare:
        return _phone(text, bare)
    return _mixed(bare.upper())


def _digits(text: str, bare: str) -> Reading:
    if len(bare) == 12 and _reads(parse_cccd, bare):
        return Reading("cccd_number", bare)
    if len(bare) == 9 and _reads(parse_cmnd, bare):
        return Reading("cmnd_number", bare)
    found = _phone(text, bare)
    if found.kind != "unknown" or len(bare) == 9:
        return found
    if len(bare) == 10:
        return Reading("insurance_number", bare)
    return _short(bare)


def _mixed(bare: str) -> Reading:
    if not bare.isalnum():
        return UNKNOWN
    if len(bare) == 15 and _reads(parse_insurance_number, bare):
        return Reading("insurance_number", bare)
    if plate := _plate(bare):
        return plate
    if _PASSPORT.fullmatch(bare):
        return Reading("passport_number", bare)
    if _PLACE_CODE.fullmatch(bare):
        return Reading("place_code", bare)
    return _short(bare)


def _plate(text: str) -> Reading | None:
    """Only a plate of Viet Nam says by its form that it is one."""
    try:
        plate = parse_plate(text)
    except InvalidInput:
        return None
    return Reading("plate", plate) if is_vietnamese(plate) else None


def _short(bare: str) -> Reading:
    try:
        return Reading("short_code", parse_short_code(bare))
    except InvalidInput:
        return UNKNOWN


def _phone(text: str, bare: str) -> Reading:
    """A mobile number of Viet Nam by the plan of numbers; a landline, and one abroad, by its form alone."""
    digits = bare.translate(_BRACKETS)
    if _ABROAD.fullmatch(digits):
        return Reading("phone", "+" + digits.lstrip("+0"))
    if landline := _LANDLINE.fullmatch(digits):
        return Reading("phone", f"+84{landline[1]}")
    try:
        number = parse_phone(text)
    except InvalidInput:
        return UNKNOWN
    return Reading("phone", number) if _MOBILE.fullmatch(number) else UNKNOWN


def _reads(parse: Callable[[str], object], text: str) -> bool:
    try:
        parse(text)
    except InvalidInput:
        return False
    return True
