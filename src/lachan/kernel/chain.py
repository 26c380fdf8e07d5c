"""A hash chain over append-only rows: who changes, drops or reorders one breaks every later link.

Bytes of a link (SHA-256): ``"lachan.chain.link.v1" || u64(len(previous)) || previous || u64(len(payload)) || payload``,
big-endian lengths. The framing keeps two different pairs from ever hashing the same bytes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

__all__ = ["GENESIS", "ChainReport", "canonical", "link", "verify"]

GENESIS = sha256(b"lachan.chain.genesis.v1").digest()
"""The head of an empty chain (32 bytes)."""

_DOMAIN = b"lachan.chain.link.v1"


@dataclass(frozen=True, slots=True)
class ChainReport:
    """What `verify` found. ``count``: links that hold; ``broken_at``: 0-based index of the first that doesn't;
    ``head``: hash of the last link that holds (the start when none does)."""

    ok: bool
    count: int
    broken_at: int | None
    head: bytes


def link(previous: bytes, payload: bytes) -> bytes:
    """The 32-byte hash that chains `payload` to the hash before it."""
    frame = (_DOMAIN, len(previous).to_bytes(8, "big"), previous, len(payload).to_bytes(8, "big"), payload)
    return sha256(b"".join(frame)).digest()


def canonical(fields: Sequence[bytes | str | int | None]) -> bytes:
    """One byte string for a row of values; different rows (in value, type, order or number) give different bytes.

    ``u32(number of fields)``, then for each: a type letter (``b s i n``), ``u32(length)``, and the bytes (text as
    UTF-8, integers as decimal). Raises TypeError for any other type, booleans and floats included.
    """
    out = [len(fields).to_bytes(4, "big")]
    for field in fields:
        letter, data = _encode(field)
        out += (letter, len(data).to_bytes(4, "big"), data)
    return b"".join(out)


def _encode(field: bytes | str | int | None) -> tuple[bytes, bytes]:
    if field is None:
        return b"n", b""
    if type(field) is int:  # not isinstance: True would pass for 1
        return b"i", b"%d" % field
    if isinstance(field, str):
        return b"s", field.encode("utf-8", "surrogatepass")
    if isinstance(field, bytes):
        return b"b", field
    raise TypeError(f"a chained field can't be {type(field).__name__}")


def verify(start: bytes, items: Iterable[tuple[bytes, bytes]]) -> ChainReport:
    """Walk (payload, recorded hash) pairs from `start`; stops at the first link that doesn't hold."""
    head, count = start, 0
    for payload, recorded in items:
        if link(head, payload) != recorded:
            return ChainReport(False, count, count, head)
        head, count = recorded, count + 1
    return ChainReport(True, count, None, head)
