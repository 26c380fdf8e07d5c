"""The log that a device at a gate keeps: lines of JSON, each chained to the one before, sent signed by the device's key.

A line is kept and sent byte for byte as the device wrote it. ``h_0`` is 32 zero bytes, ``h_n = SHA-256(h_{n-1} || line_n)``;
so whoever has the last head and the lines knows that none is missing, changed or in another place.
The format is in docs/formats/scan-log.md; ``frontend/src/kernel/scanlog.ts`` writes it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from hashlib import sha256
from typing import Annotated, Literal, NamedTuple, NoReturn, get_args
from uuid import UUID

import msgspec
from msgspec import Meta, Struct

from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import GateResult, How
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
Outcome = Literal["", "passed", "turned_back", "sent_to_test", "handed_over"]
Role = Literal["", "driver", "companion", "person"]
Direction = Literal["", "in", "out"]
OUTCOMES: tuple[Outcome, ...] = get_args(Outcome)
ROLES: tuple[Role, ...] = get_args(Role)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
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
_NEVER = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069\ud800-\udfff\ufffe\uffff]")
# The same in the bytes of a line, where the rest can only stand as an escape: a line without a match has none of them.
_DOUBTFUL = re.compile(
    rb'\\[^"\\/]|\x7f|\xc2[\x80-\x9f]|\xe2\x80[\xa8-\xae]|\xe2\x81[\xa6-\xa9]|\xef\xbf[\xbe\xbf]'
)
_UUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_BEGINS = re.compile(rb'\s*\{"v":[0-9]{1,3},"id":"([0-9a-f-]{36})"(?:,"seq":([0-9]{1,13})[,}])?')

_SERIAL = re.compile(r"[0-9a-f]{32}")
_REASON = re.compile(rf"[A-Za-z0-9_]{{1,{LONGEST_REASON_ID}}}")
_MOST_KNOWN = 2000


class Override(Struct, frozen=True):
    """The officer decided otherwise, and why."""

    result: GateResult
    reason: Annotated[str, Meta(min_length=1, max_length=LONGEST_OVERRIDE)]


class Line(Struct, kw_only=True, frozen=True):
    """One scan as its device wrote it. Empty text: not told. ``temp`` in °C; ``at`` by the device's clock, in UTC;
    ``up`` in milliseconds since the enrolment, by a clock that nobody sets.

    ``over``: the officer's own decision; ``n``: people counted (more than one only where ``how`` is ``count``).
    """

    id: UUID
    seq: Annotated[int, Meta(ge=1, le=MOST_SEQ)]
    at: Annotated[datetime, Meta(tz=True)]
    how: How
    result: GateResult
    place: UUID
    v: Literal[1] = 1
    up: Annotated[int, Meta(ge=0, le=MOST_UP)] | None = None
    shift: UUID | None = None
    dir: Direction = ""
    verified: bool = False
    reasons: Annotated[tuple[str, ...], Meta(max_length=MOST_REASONS)] = ()
    rules: Annotated[str, Meta(max_length=TEXTS["rules"])] = ""
    over: Override | None = None
    outcome: Outcome = ""
    to: Annotated[str, Meta(max_length=TEXTS["to"])] = ""
    serial: str = ""
    declaration: str = ""
    group: str = ""
    role: Role = ""
    temp: Annotated[float, Meta(ge=COLDEST, le=HOTTEST)] | None = None
    plate: Annotated[str, Meta(max_length=TEXTS["plate"])] = ""
    paper: dict[str, str] | None = None
    vpass: dict[str, str] | None = None
    dest: Annotated[
        tuple[Annotated[str, Meta(max_length=LONGEST_PATH)], ...], Meta(max_length=MOST_DESTINATIONS)
    ] = ()
    person: dict[str, str] | None = None
    n: Annotated[int, Meta(ge=1, le=MOST_COUNT)] = 1
    why: Annotated[str, Meta(max_length=TEXTS["why"])] = ""
    app: Annotated[str, Meta(max_length=TEXTS["app"])] = ""
    bundle: Annotated[str, Meta(max_length=TEXTS["bundle"])] = ""


class Identity(NamedTuple):
    """As much of a broken line as can be told: its scan's id, its number in the log."""

    id: UUID | None
    seq: int | None


_known_reasons: set[tuple[str, ...]] = set()
"""The rules' reasons come in a few combinations; a scan whose combination was seen before is not looked at again."""
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
    if _marked(line) and _DOUBTFUL.search(line):
        _check_texts(found)
    return found if found.at.tzinfo is UTC else msgspec.structs.replace(found, at=found.at.astimezone(UTC))


def _marked(line: bytes) -> bool:
    """Whether it has a byte that each of the doubtful ones has: Vietnamese letters have none of these, and five looks for
    a byte are quicker than one for the pattern."""
    return b"\\" in line or b"\xc2" in line or b"\xe2" in line or b"\xef" in line or b"\x7f" in line


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
    """What the types don't say. Written for the scan that has nothing wrong: twenty thousand come at an outage's end."""
    if not is_uuid7(line.id):
        _refuse("id")
    if not YEARS[0] <= line.at.year <= YEARS[1]:
        _refuse("at")
    if line.n != 1 and line.how != "count":
        _refuse("n")
    if line.reasons not in _known_reasons:
        _check_reasons(line.reasons)
    if line.serial and not _SERIAL.fullmatch(line.serial):
        _refuse("serial")
    if line.declaration and not _UUID.fullmatch(line.declaration):
        _refuse("declaration")
    if line.group and not _UUID.fullmatch(line.group):
        _refuse("group")
    if line.person or line.paper or line.vpass:
        _check_lengths(line)


def _check_reasons(reasons: tuple[str, ...]) -> None:
    if not all(map(_REASON.fullmatch, reasons)):
        _refuse("reasons")
    if len(_known_reasons) < _MOST_KNOWN:
        _known_reasons.add(reasons)


def _check_lengths(line: Line) -> None:
    for name, value, fields in _said(line):
        for key, text in value.items():
            if len(text) > fields.get(key, -1):
                _refuse(name)


def _check_texts(line: Line) -> None:
    for name in TEXTS:
        _require(name, _clean(getattr(line, name)))
    _require("over", line.over is None or _clean(line.over.reason))
    _require("dest", all(map(_clean, line.dest)))
    for name, value, _fields in _said(line):
        _require(name, all(map(_clean, value.values())))


def _said(line: Line) -> Iterator[tuple[str, dict[str, str], dict[str, int]]]:
    for name, value, fields in (
        ("paper", line.paper, PAPER),
        ("vpass", line.vpass, VEHICLE_PASS),
        ("person", line.person, PERSON),
    ):
        if value:
            yield name, value, fields


def _clean(text: str) -> bool:
    return _NEVER.search(text) is None


def _require(field: str, holds: bool) -> None:
    if not holds:
        _refuse(field)


def _refuse(field: str) -> NoReturn:
    raise InvalidInput("line_field", field=field)
