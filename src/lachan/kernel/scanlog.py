"""The log that a device at a gate keeps: lines of JSON, each chained to the one before, sent signed by the device's key.

A line is kept and sent byte for byte as the device wrote it. ``h_0`` is 32 zero bytes, ``h_n = SHA-256(h_{n-1} || line_n)``;
so whoever has the last head and the lines knows that none is missing, changed or in another place.
The format is in docs/formats/scan-log.md; ``frontend/src/kernel/scanlog.ts`` writes it.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from decimal import Decimal
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec

from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import HOW, RESULTS
from lachan.kernel.ids import is_uuid7

GENESIS = bytes(32)
DOMAIN = b"LCS1"
MOST_BYTES = 8 * 1024
"""Of one line: a person, a travel paper and a few destinations take less than one."""
MOST_SEQ = 2**40
MOST_COUNT = 10_000
OUTCOMES = ("", "passed", "turned_back", "sent_to_test", "handed_over")
ROLES = ("", "driver", "companion", "person")
DIRECTIONS = ("", "in", "out")
_EARLIEST = datetime(2020, 1, 1, tzinfo=UTC)
_TEXTS = {"rules": 40, "to": 120, "plate": 16, "why": 120, "app": 40, "bundle": 64}
_PERSON = {
    "name": 100, "birth": 10, "sex": 10, "national_id": 20, "phone": 20, "insurance": 20, "residence": 40,
}  # fmt: skip
_PAPER = {"kind": 60, "number": 60, "issuer": 120, "until": 25}
_PASS = {"number": 60, "until": 25}
MOST_REASONS = 20
MOST_DESTINATIONS = 10


class Override(msgspec.Struct, frozen=True):
    """The officer decided otherwise, and why."""

    result: str
    reason: str


class Line(msgspec.Struct, kw_only=True, frozen=True):
    """One scan as its device wrote it. Empty text: not told. ``temp`` in °C; ``at`` by the device's clock.

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

    @property
    def temperature(self) -> Decimal | None:
        """To a tenth of a degree."""
        return None if self.temp is None else Decimal(str(self.temp)).quantize(Decimal("0.1"))


class _Head(msgspec.Struct):
    """As much of a broken line as can be told."""

    id: UUID
    seq: int


_decode = msgspec.json.Decoder(Line).decode
_decode_head = msgspec.json.Decoder(_Head).decode
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
    """A line, every field within its bounds. Raises InvalidInput ``line_broken``, ``line_too_long`` or ``line_field``
    with ``field``."""
    if len(line) > MOST_BYTES:
        raise InvalidInput("line_too_long", max=MOST_BYTES)
    try:
        found = _decode(line)
    except msgspec.ValidationError as error:
        raise InvalidInput("line_field", field=_field_of(str(error))) from None
    except (ValueError, RecursionError):
        raise InvalidInput("line_broken") from None
    _check(found)
    return found


def identity(line: bytes) -> tuple[UUID, int] | None:
    """The id and number that a broken line still tells; None if it tells neither."""
    try:
        found = _decode_head(line)
    except (ValueError, RecursionError):
        return None
    return (found.id, found.seq) if is_uuid7(found.id) and 0 < found.seq <= MOST_SEQ else None


def _field_of(said: str) -> str:
    """The field that msgspec names, as in ``Expected `int`, got `str` - at `$.seq```."""
    path = said.rpartition("`$.")[2].rstrip("`") if "`$." in said else said.partition("required field `")[2]
    return path.partition("`")[0].partition("[")[0].partition(".")[0][:40] or "line"


def _check(line: Line) -> None:
    _require("v", line.v == 1)
    _require("id", is_uuid7(line.id))
    _require("seq", 0 < line.seq <= MOST_SEQ)
    _require("at", line.at.tzinfo is not None)
    _require("how", line.how in HOW)
    _require("result", line.result in RESULTS)
    _require("over", line.over is None or (line.over.result in RESULTS and 0 < len(line.over.reason) <= 200))
    _require("outcome", line.outcome in OUTCOMES)
    _require("role", line.role in ROLES)
    _require("dir", line.dir in DIRECTIONS)
    _require("temp", line.temp is None or 30 <= line.temp <= 45)
    _require("n", 1 <= line.n <= (MOST_COUNT if line.how == "count" else 1))
    _require("up", line.up is None or 0 <= line.up <= MOST_SEQ)
    _require("reasons", len(line.reasons) <= MOST_REASONS and all(_word(one) for one in line.reasons))
    _require("dest", len(line.dest) <= MOST_DESTINATIONS and all(len(one) <= 40 for one in line.dest))
    for name in ("declaration", "group"):
        _require(name, _uuid_or_blank(getattr(line, name)))
    _require("serial", line.serial == "" or _hex(line.serial))
    for name, most in _TEXTS.items():
        _require(name, _plain(getattr(line, name), most))
    for name, fields in (("paper", _PAPER), ("vpass", _PASS), ("person", _PERSON)):
        _require(name, _known(getattr(line, name), fields))


def _require(field: str, holds: bool) -> None:
    if not holds:
        raise InvalidInput("line_field", field=field)


def _word(text: str) -> bool:
    return 0 < len(text) <= 40 and text.isascii() and text.replace("_", "").isalnum()


def _plain(text: str, most: int) -> bool:
    return len(text) <= most and (text == "" or text.isprintable())


def _known(value: dict[str, str] | None, fields: dict[str, int]) -> bool:
    return value is None or all(key in fields and _plain(text, fields[key]) for key, text in value.items())


def _hex(text: str) -> bool:
    return len(text) == 32 and all(letter in "0123456789abcdef" for letter in text)


def _uuid_or_blank(text: str) -> bool:
    if text == "":
        return True
    try:
        return len(text) == 36 and str(UUID(text)) == text
    except ValueError:
        return False


def flags_of(line: Line, now: datetime) -> tuple[str, ...]:
    """What is odd about the device's clock: it refuses no scan."""
    if line.at < _EARLIEST:
        return ("clock_behind",)
    if (line.at - now).total_seconds() > 600:
        return ("clock_ahead",)
    return ("late",) if (now - line.at).days > 45 else ()


def plain(line: bytes) -> Any:
    """A line as plain data, for whoever may read it all."""
    return _decode_any(line)
