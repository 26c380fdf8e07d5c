"""UUIDv7 ids, short codes and times by the hundred thousand, as the text that the tables take."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import blake2b

import numpy as np
from numpy.typing import NDArray

Moments = NDArray[np.int64]
_ALPHABET = np.frombuffer(b"0123456789ABCDEFGHJKMNPQRSTVWXYZ", dtype=np.uint8)
_HYPHEN = ord("-")


def uuid7s(rng: np.random.Generator, ms: Moments) -> list[str]:
    """An id for each moment (Unix milliseconds), as 32 hexadecimal digits, random but for time, version and variant."""
    raw = rng.integers(0, 256, (len(ms), 16), dtype=np.uint8)
    raw[:, :6] = (ms[:, None] >> np.arange(40, -1, -8)).astype(np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x70
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    text = raw.tobytes().hex()
    return [text[at : at + 32] for at in range(0, len(text), 32)]


def short_codes(ids: Sequence[str]) -> list[str]:
    """`kernel.ids.short_code` of each id."""
    digests = b"".join(
        blake2b(bytes.fromhex(one), digest_size=7, person=b"lachan code").digest() for one in ids
    )
    wide = np.zeros((len(ids), 8), dtype=np.uint8)
    wide[:, 1:] = np.frombuffer(digests, dtype=np.uint8).reshape(-1, 7)
    bits = wide.view(">u8").ravel().astype(np.uint64) >> np.uint64(6)
    values = (bits[:, None] >> np.arange(45, -1, -5).astype(np.uint64)) & np.uint64(31)
    letters = _ALPHABET[np.column_stack([values, _check(values)]).astype(np.int64)]
    spaced = np.full((len(ids), 13), _HYPHEN, dtype=np.uint8)
    spaced[:, 0:4], spaced[:, 5:9], spaced[:, 10:13] = letters[:, 0:4], letters[:, 4:8], letters[:, 8:11]
    text = spaced.tobytes().decode("ascii")
    return [text[at : at + 13] for at in range(0, len(text), 13)]


def _check(values: NDArray[np.uint64]) -> NDArray[np.int64]:
    """The check value over GF(32) of each row (see kernel.ids)."""
    check = np.zeros(len(values), dtype=np.int64)
    for column in values.T.astype(np.int64):
        check = (check ^ column) << 1
        check = np.where(check & 32, check ^ 0b100101, check)
    return check


def times(ms: Moments) -> list[str]:
    """Each moment as Django writes it into SQLite, in UTC."""
    found: list[str] = np.char.add(ms.astype("datetime64[ms]").astype(str), "000").tolist()
    return [text.replace("T", " ") for text in found]
