"""The log that a device at a gate keeps: lines of JSON, each chained to the one before, sent signed by the device's key.

A line is kept and sent byte for byte as the device wrote it. ``h_0`` is 32 zero bytes, ``h_n = SHA-256(h_{n-1} || line_n)``;
so whoever has the last head and the lines knows that none is missing, changed or in another place.
The format is in docs/formats/scan-log.md; ``frontend/src/kernel/scanlog.ts`` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import UTC, datetime
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import msgspec

from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import HOW, RESULTS
from lachan.kernel.ids import is_uuid7

GENESIS = bytes(32)
DOMAIN = b"LCS1"
MOST_BYTES = 9 * 1024
"""Of one line: a person, a travel paper and a few destinations take less than one KiB, every text at its longest eight."""
MOST_SEQ = 2**40
MOST_UP = 2**40
MOST_COUNT = 10_000
MOST_REASONS = 20
MOST_DESTINATIONS = 10
LONGEST_REASON_ID = 40
LONGEST_OVERRIDE = 200
LONGEST_PATH = 40
COLDEST, HOTTEST = 30, 45
OUTCOMES = ("", "passed", "turned_back", "sent_to_test", "handed_over")
ROLES = ("", "driver", "companion", "person")
DIRECTIONS = ("", "in", "out")
YEARS = (1970, 9998)
"""A clock may be decades off; a moment outside these is no moment."""
TEXTS = {"rules": 40, "to": 120, "plate": 16, "why": 120, "app": 40, "bundle": 64}
PERSON = {
    "name": 100,
    "birth": 10,
    "sex": 10,
    "national_id": 20,
    "phone": 20,
    "insurance": 20,
    "residence": 40,
}
PAPER = {"kind": 60, "number": 60, "issuer": 120, "until": 25}
VEHICLE_PASS = {"number": 60, "until": 25}
"""Lengths in code points."""

# Controls, line and paragraph separators, marks that turn the reading direction, surrogates, and what XML has no place for.
_NEVER = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
_REASON_ID = re.compile(rf"[A-Za-z0-9_]{{1,{LONGEST_REASON_ID}}}")
_SERIAL = re.compile(r"[0-9a-f]{32}")
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BEGINS = re.compile(rb'\s*\{"v":[0-9]{1,3},"id":"([0-9a-f-]{36})"(?:,"seq":([0-9]{1,13})[,}])?')


class Override(msgspec.Struct, frozen=True):
    """The officer decided otherwise, and why."""

    result: str
    reason: str


class Line(msgspec.Struct, kw_only=True, frozen=True):
    """One scan as its device wrote it. Empty text: not told. ``temp`` in °C; ``at`` by the device's clock, in UTC;
    ``up`` in milliseconds since the enrolment, by a clock that nobody sets.

    ``over``: the officer's own decision; ``n``: people counted (more than one only where ``how`` is ``count``).
    """

    id: UUID
    seq: int
    at: datetime
    how: str
    result: str
    place: UUID
    v: int = 1
    up: int | None = None
    shift: UUID | None = None
    dir: str = ""
    verified: bool = False
    reasons: tuple[str, ...] = ()
    rules: str = ""
    over: Override | None = None
    outcome: str = ""
    to: str = ""
    serial: str = ""
    declaration: str = ""
    group: str = ""
    role: str = ""
    temp: float | None = None
    plate: str = ""
    paper: dict[str, str] | None = None
    vpass: dict[str, str] | None = None
    dest: tuple[str, ...] = ()
    person: dict[str, str] | None = None
    n: int = 1
    why: str = ""
    app: str = ""
    bundle: str = ""


class Identity(NamedTuple):
    """As much of a broken line as can be told: its scan's id, its number in the log."""

    id: UUID | None
    seq: int | None


_decode = msgspec.json.Decoder(Line).decode
_decode_any = msgspec.json.Decoder().decode


def step(head: bytes, line: bytes) -> bytes:
    """The chain's head after a line."""
    return sha256(head + line).digest()


def head_after(head: bytes, lines: Iterable[bytes]) -> bytes:
    """The head after many."""
    for line in lines:
        head = step(head, line)
    return head


def to_sign(log: UUID, first: int, before: bytes, after: bytes) -> bytes:
    """What the device signs of a batch: its log, the first line's number, the head before and the head after."""
    return b"".join((DOMAIN, log.bytes, first.to_bytes(8, "big"), before, after))


def parse(line: bytes) -> Line:
    """A line, every field within its bounds; fields that it doesn't know are ignored.

    Raises InvalidInput ``line_too_long``, ``line_broken`` (no JSON object in UTF-8) or ``line_field``, which names the
    field in ``field``.
    """
    if len(line) > MOST_BYTES:
        raise InvalidInput("line_too_long", max=MOST_BYTES)
    try:
        found = _decode(line)
    except msgspec.ValidationError as error:
        raise InvalidInput("line_field", field=_field_of(str(error))) from None
    except (ValueError, RecursionError):
        raise InvalidInput("line_broken") from None
    _check(found)
    return found if found.at.tzinfo is UTC else msgspec.structs.replace(found, at=found.at.astimezone(UTC))


def identity(line: bytes) -> Identity:
    """What a line that ``parse`` refuses still tells of itself, also when it is cut short. Never raises."""
    try:
        found = _decode_any(line[:MOST_BYTES])
    except (ValueError, RecursionError):
        found = None
    if isinstance(found, dict):
        return Identity(_scan_id(found.get("id")), _number(found.get("seq")))
    begins = _BEGINS.match(line)
    if begins is None:
        return Identity(None, None)
    return Identity(_scan_id(begins[1].decode()), _number(int(begins[2])) if begins[2] else None)


def _scan_id(value: object) -> UUID | None:
    if not isinstance(value, str) or not _UUID.fullmatch(value):
        return None
    return found if is_uuid7(found := UUID(value)) else None


def _number(value: object) -> int | None:
    return value if type(value) is int and 0 < value <= MOST_SEQ else None


def _field_of(said: str) -> str:
    """The field that msgspec names, as in ``Expected `int`, got `str` - at `$.seq```."""
    path = said.rpartition("`$.")[2].rstrip("`") if "`$." in said else said.partition("required field `")[2]
    return path.partition("`")[0].partition("[")[0].partition(".")[0][:40] or "line"


def _check(line: Line) -> None:
    _require("v", line.v == 1)
    _require("id", is_uuid7(line.id))
    _require("seq", 0 < line.seq <= MOST_SEQ)
    _require("at", line.at.tzinfo is not None and YEARS[0] <= line.at.year <= YEARS[1])
    _require("up", line.up is None or 0 <= line.up <= MOST_UP)
    _require("temp", line.temp is None or COLDEST <= line.temp <= HOTTEST)
    _require("n", 1 <= line.n <= (MOST_COUNT if line.how == "count" else 1))
    _check_words(line)
    _check_texts(line)


def _check_words(line: Line) -> None:
    for name, words in (
        ("how", HOW), ("result", RESULTS), ("outcome", OUTCOMES), ("role", ROLES), ("dir", DIRECTIONS),
    ):  # fmt: skip
        _require(name, getattr(line, name) in words)
    _require("reasons", len(line.reasons) <= MOST_REASONS and all(map(_REASON_ID.fullmatch, line.reasons)))
    _require("serial", line.serial == "" or _SERIAL.fullmatch(line.serial) is not None)
    for name in ("declaration", "group"):
        value = getattr(line, name)
        _require(name, value == "" or _UUID.fullmatch(value) is not None)


def _check_texts(line: Line) -> None:
    over = line.over
    _require(
        "over",
        over is None
        or (over.result in RESULTS and over.reason != "" and _plain(over.reason, LONGEST_OVERRIDE)),
    )
    _require(
        "dest", len(line.dest) <= MOST_DESTINATIONS and all(_plain(one, LONGEST_PATH) for one in line.dest)
    )
    for name, most in TEXTS.items():
        _require(name, _plain(getattr(line, name), most))
    for name, fields in (("paper", PAPER), ("vpass", VEHICLE_PASS), ("person", PERSON)):
        _require(name, _known(getattr(line, name), fields))


def _require(field: str, holds: bool) -> None:
    if not holds:
        raise InvalidInput("line_field", field=field)


def _plain(text: str, most: int) -> bool:
    return len(text) <= most and (text == "" or _NEVER.search(text) is None)


def _known(value: dict[str, str] | None, fields: dict[str, int]) -> bool:
    return value is None or all(key in fields and _plain(text, fields[key]) for key, text in value.items())
