"""Identifiers: UUIDv7 (RFC 9562) and the short code that a person can read out over the phone."""

from __future__ import annotations

import os
import threading
import time
from hashlib import blake2b
from uuid import UUID, SafeUUID

from lachan.kernel.errors import InvalidInput

_MAX_MS = (1 << 48) - 1
_TAIL_BITS = 74  # what a UUIDv7 leaves after 48 bits of time, 4 of version and 2 of variant
_LOW_BITS = 62
_LOW_MASK = (1 << _LOW_BITS) - 1
_FIXED = (0x7 << 76) | (0x2 << 62)
_FIXED_MASK = (0xF << 76) | (0x3 << 62)
_SEED_BYTES = 10
_STEP_BYTES = 6
_BATCH = 4096


class _Entropy:
    """Random integers cut from batches of the system's generator: a call a batch instead of one an id."""

    __slots__ = ("_at", "_batch")

    def __init__(self) -> None:
        self._batch = b""
        self._at = 0

    def take(self, size: int) -> int:
        start = self._at
        end = start + size
        if end > len(self._batch):
            self._batch = os.urandom(_BATCH)
            start, end = 0, size
        self._at = end
        return int.from_bytes(self._batch[start:end], "big")

    def forget(self) -> None:
        self._batch = b""
        self._at = 0


class _Series:
    """A strictly rising series of (milliseconds, tail) pairs.

    Inside a millisecond the tail rises by a random step of up to 48 bits (RFC 9562, section 6.2, method 2): the order
    is kept and the neighbour of a known id can't be guessed. The first bit of a fresh tail is 0, which
    leaves room for at least 2**25 steps.
    """

    __slots__ = ("_entropy", "ms", "tail")

    def __init__(self, entropy: _Entropy) -> None:
        self._entropy = entropy
        self.ms = -1
        self.tail = 0

    def start(self, ms: int) -> None:
        self.ms = ms
        self.tail = self._entropy.take(_SEED_BYTES) >> (8 * _SEED_BYTES - _TAIL_BITS + 1)

    def step(self) -> None:
        self.tail += 1 + self._entropy.take(_STEP_BYTES)
        if self.tail >> _TAIL_BITS:
            self.start(self.ms + 1)


_lock = threading.Lock()
_entropy = _Entropy()
_of_clock = _Series(_entropy)
_of_caller = _Series(_entropy)


def _after_fork() -> None:
    """A child must not go through the parent's batch of randomness, nor inherit a lock that is held."""
    global _lock
    _lock = threading.Lock()
    _entropy.forget()


os.register_at_fork(after_in_child=_after_fork)

_new = object.__new__
_set = object.__setattr__
_UNKNOWN = SafeUUID.unknown


def _uuid(value: int) -> UUID:
    """The UUID of an integer that is known to fit; the constructor's checks cost more than all the rest."""
    made: UUID = _new(UUID)
    _set(made, "int", value)
    _set(made, "is_safe", _UNKNOWN)
    return made


def uuid_of(data: bytes) -> UUID:
    """The UUID of 16 bytes that are one already (a blind index, a pseudonym); three times as fast as the constructor."""
    return _uuid(int.from_bytes(data[:16], "big"))


def _compose(ms: int, tail: int) -> UUID:
    return _uuid((ms << 80) | ((tail >> _LOW_BITS) << 64) | (tail & _LOW_MASK) | _FIXED)


def _check_ms(ms: int) -> None:
    if not 0 <= ms <= _MAX_MS:
        raise InvalidInput("id_time_range", max=_MAX_MS)


def uuid7(ms: int | None = None) -> UUID:
    """A new UUIDv7, larger than every one that this process made before.

    ``ms`` is Unix time in milliseconds; without it the system clock is asked, and a clock that steps back
    doesn't break the order. With ``ms`` the id lies in exactly that millisecond, and ids of consecutive
    calls with the same ``ms`` rise. Thread-safe. Raises ``InvalidInput("id_time_range")``.
    """
    with _lock:
        if ms is None:
            series = _of_clock
            ms = time.time_ns() // 1_000_000
            fresh = ms > series.ms
        else:
            _check_ms(ms)
            series = _of_caller
            fresh = ms != series.ms
        if fresh:
            series.start(ms)
        else:
            series.step()
        return _compose(series.ms, series.tail)


def is_uuid7(u: UUID) -> bool:
    """Whether the id has the version and variant bits of a UUIDv7."""
    return u.int & _FIXED_MASK == _FIXED


def ms_of(u: UUID) -> int:
    """Unix time in milliseconds at which a UUIDv7 was made, or ``InvalidInput("id_not_uuid7")``."""
    if not is_uuid7(u):
        raise InvalidInput("id_not_uuid7")
    return u.int >> 80


def floor_of(ms: int) -> UUID:
    """The smallest UUIDv7 of a millisecond: ``id >= floor_of(a)`` is a range test on time."""
    _check_ms(ms)
    return _compose(ms, 0)


def ceil_of(ms: int) -> UUID:
    """The largest UUIDv7 of a millisecond."""
    _check_ms(ms)
    return _compose(ms, (1 << _TAIL_BITS) - 1)


# The short code: Crockford's base 32 (no I, L, O, U) and a check character.

_ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
_VALUES = {character: value for value, character in enumerate(_ALPHABET)} | {"O": 0, "I": 1, "L": 1}
_DATA_LENGTH = 10
_CODE_LENGTH = _DATA_LENGTH + 1
_SEPARATORS = str.maketrans("", "", " -–—.\u00a0")


def _check_value(values: list[int]) -> int:
    """The check value over GF(32), primitive polynomial x^5 + x^2 + 1.

    Each place has another weight (a power of the generator), so every single wrong character and every
    swap of two characters is noticed.
    """
    check = 0
    for value in values:
        check = (check ^ value) << 1
        if check & 32:
            check ^= 0b100101
    return check


def _grouped(values: list[int]) -> str:
    text = "".join(_ALPHABET[value] for value in values)
    return f"{text[:4]}-{text[4:8]}-{text[8:]}"


_PAIRS = [first + second for first in _ALPHABET for second in _ALPHABET]
_PAIR_CHECKS = [
    [_check_value([0] * place + [pair >> 5, pair & 31] + [0] * (8 - place)) for pair in range(1024)]
    for place in range(0, _DATA_LENGTH, 2)
]
"""The check value is linear: that of a code is the XOR of those of its pairs of characters, each in its place."""


def short_code(u: UUID) -> str:
    """The short code of an id, like ``7K2M-9QXT-4RC``: 50 bits of its BLAKE2b digest and a check character.

    It can't be turned back into the id: store it in an indexed column next to the id. Among *n* ids about n**2 / 2**51
    pairs share a code: with 1 million ids one chance in 2,250 that any pair does at all, with 10 million about
    4 %, and with 100 million some four pairs. So a look-up must expect several rows, and ask for
    something else (a phone) besides; guessing a code that exists among 10 million takes 10**8 tries.
    """
    digest = blake2b(u.bytes, digest_size=7, person=b"lachan code").digest()
    bits = int.from_bytes(digest, "big") >> 6
    a, b, c, d, e = bits >> 40, bits >> 30 & 1023, bits >> 20 & 1023, bits >> 10 & 1023, bits & 1023
    first, second, third, fourth, fifth = _PAIR_CHECKS
    check = first[a] ^ second[b] ^ third[c] ^ fourth[d] ^ fifth[e]
    return f"{_PAIRS[a]}{_PAIRS[b]}-{_PAIRS[c]}{_PAIRS[d]}-{_PAIRS[e]}{_ALPHABET[check]}"


def parse_short_code(s: str) -> str:
    """What a person typed, in the form that ``short_code`` gives, to be looked up by equality.

    Forgives case, spaces and hyphens, and O, I, L typed for 0, 1, 1. Raises ``InvalidInput`` with
    ``short_code_length``, ``short_code_character`` or ``short_code_check``.
    """
    text = s.translate(_SEPARATORS).upper() if len(s) <= 60 else s
    if len(text) != _CODE_LENGTH:
        raise InvalidInput("short_code_length", length=_CODE_LENGTH)
    values = [_VALUES.get(character, -1) for character in text]
    if -1 in values:
        raise InvalidInput("short_code_character", position=values.index(-1) + 1)
    if _check_value(values[:-1]) != values[-1]:
        raise InvalidInput("short_code_check")
    return _grouped(values)


def is_short_code_of(s: str, u: UUID) -> bool:
    """Whether a typed code is that of the id; ``False`` for anything that isn't a code."""
    try:
        return parse_short_code(s) == short_code(u)
    except InvalidInput:
        return False
