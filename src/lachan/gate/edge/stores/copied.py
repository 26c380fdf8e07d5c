"""Rows of scans in PostgreSQL's binary COPY format: a third of what a JSON text costs the server to read.

Every value is its length in four bytes and its bytes; NULL is the length -1. Format: PostgreSQL's manual, "COPY", binary.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from decimal import Decimal
from functools import lru_cache
from struct import Struct
from typing import Any

from lachan.gate.edge.rows import SCAN_COLUMNS, Row

HEADER = b"PGCOPY\n\xff\r\n\0" + bytes(8)
TRAILER = b"\xff\xff"
NULL = b"\xff\xff\xff\xff"
EPOCH = datetime(2000, 1, 1)  # noqa: DTZ001 - rows carry UTC without an offset
MICROSECOND = timedelta(microseconds=1)
TEN_THOUSANDS = 10_000
"""A digit of PostgreSQL's numeric."""

_length = Struct(">i").pack
_int2 = Struct(">ih").pack
_int4 = Struct(">ii").pack
_int8 = Struct(">iq").pack
_from_hex = bytes.fromhex
_UUID = _length(16)
_DIGEST = _length(32)
_COUNT = len(SCAN_COLUMNS).to_bytes(2, "big")
_TRUE, _FALSE = _length(1) + b"\1", _length(1) + b"\0"


def whole(rows: Iterable[Row]) -> bytes:
    """What COPY … FROM STDIN (FORMAT BINARY) takes, in the order of SCAN_COLUMNS."""
    return b"".join([HEADER, *map(row, rows), TRAILER])


def row(values: Row) -> bytes:
    """One row. Ids are 32 hexadecimal digits, times text in UTC, as rows of scans have them."""
    (
        id, log, seq, digest, device, shift, place, unit, direction, how, verified, result, reasons, ruleset, overridden,
        outcome, alias, serial, declaration, vehicle, role, plate, temperature, count, period, payload, flags, occurred_at,
        recorded_at,
    ) = values  # fmt: skip
    return b"".join((
        _COUNT, _UUID, _from_hex(id), _same_id(log), _int8(8, seq), _DIGEST, digest, _same_id(device), _same_id(shift),
        _same_id(place), _text(unit), _text(direction), _text(how), _TRUE if verified else _FALSE, _int2(2, result),
        _text(reasons), _text(ruleset), NULL if overridden is None else _int2(2, overridden), _text(outcome), _id(alias),
        _id(serial), _id(declaration), _id(vehicle), _text(role), _id(plate), _numeric(temperature), _int4(4, count),
        _text(period), _length(len(payload)), payload, _text(flags), _time(occurred_at), _same_time(recorded_at),
    ))  # fmt: skip


def _id(value: str | None) -> bytes:
    return _UUID + _from_hex(value) if value else NULL


@lru_cache(maxsize=4096)
def _text(value: str) -> bytes:
    """Words of a few kinds: units, reasons, flags."""
    raw = value.encode()
    return _length(len(raw)) + raw


@lru_cache(maxsize=1024)
def _numeric(value: str | None) -> bytes:
    """A temperature with one decimal: whole degrees are one digit, the tenth another."""
    if value is None:
        return NULL
    whole_part, tenths = divmod(int(Decimal(value) * 10), 10)
    return _length(12) + Struct(">hHHHhh").pack(2, 0, 0, 1, whole_part, tenths * TEN_THOUSANDS // 10)


def _time(value: str) -> bytes:
    return _int8(8, (datetime.fromisoformat(value) - EPOCH) // MICROSECOND)


_same_id: Callable[[Any], bytes] = lru_cache(maxsize=4096)(_id)
_same_time = lru_cache(maxsize=64)(_time)
