"""The bytes under a signed code: strict base45 (RFC 9285), the one COSE_Sign1 frame we accept, deterministic CBOR.

The frame is fixed (RFC 9052, ES256, a 4-byte key id, nothing unprotected), so it is compared byte by byte instead of
parsed: there is no second spelling of the same code, and nothing of an unknown shape reaches a parser.

    D2 84  49 A2 01 26 04 44 <kid 4>  A0  <bstr payload>  58 40 <r 32 || s 32>
"""

from __future__ import annotations

import struct
from typing import Any

import cbor2

__all__ = ["Malformed", "decode", "encode", "from_base45", "pack", "to_base45", "to_be_signed", "unpack"]

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:"
KID_BYTES = 4
SIGNATURE_BYTES = 64

_PROTECTED = bytes.fromhex("49A201260444")  # bstr(9) of {1: -7, 4: bstr(4)}, up to the kid itself
_HEAD = b"\xd2\x84" + _PROTECTED
_UNPROTECTED = 0xA0
_SIGNATURE_HEAD = b"\x58\x40"
_TO_SIGN = b"\x84\x6aSignature1" + _PROTECTED

_PAIRS = [ALPHABET[low % 45] + ALPHABET[low // 45] for low in range(2025)]
_INVALID = 0xFF
_LEAVES = frozenset((bytes, str))
_INTEGER = {int}
_VALUES = bytes(ALPHABET.index(chr(code)) if chr(code) in ALPHABET else _INVALID for code in range(256))


class Malformed(ValueError):
    """The bytes aren't in the only form that is accepted."""


def to_base45(data: bytes) -> str:
    """Base45 text of `data` (three characters for two bytes)."""
    whole = len(data) // 2
    words = struct.unpack_from(f">{whole}H", data)
    text = "".join([_PAIRS[word % 2025] + ALPHABET[word // 2025] for word in words])
    return text + _PAIRS[data[-1]] if len(data) % 2 else text


def from_base45(text: str) -> bytes:
    """Bytes of base45 `text`. Raises Malformed for any other character, length or overflow (whitespace and newlines
    at the end included)."""
    try:
        values = text.encode("ascii").translate(_VALUES)
    except UnicodeEncodeError:
        raise Malformed("not base45") from None
    rest = len(values) % 3
    if rest == 1 or _INVALID in values:
        raise Malformed("not base45")
    whole = len(values) - rest
    return _words(values[:whole]) + _last(values[whole:])


def _words(values: bytes) -> bytes:
    # All groups at once: each of its three digits in a lane of 32 bits of one large integer, where 91,124 (the largest
    # group) has room. It takes half as long as a loop over them.
    size = len(values) // 3 * 4
    lanes = [0, 0, 0]
    for place in range(3):
        spread = bytearray(size)
        spread[3::4] = values[place::3]
        lanes[place] = int.from_bytes(spread, "big")
    words = (lanes[0] + 45 * lanes[1] + 2025 * lanes[2]).to_bytes(size, "big")
    if words[1::4].count(0) != size // 4:
        raise Malformed("not base45")
    data = bytearray(size // 2)
    data[0::2], data[1::2] = words[2::4], words[3::4]
    return bytes(data)


def _last(values: bytes) -> bytes:
    if not values:
        return b""
    byte = values[0] + 45 * values[1]
    if byte > 0xFF:
        raise Malformed("not base45")
    return bytes((byte,))


def encode(fields: dict[int, Any]) -> bytes:
    """Deterministic CBOR (RFC 8949, 4.2.1) of a map of unsigned keys.

    The keys are sorted here instead of by the library's canonical mode, which costs five times as much.
    """
    return cbor2.dumps({key: fields[key] for key in sorted(fields)})


def decode(data: bytes, depth: int = 1) -> Any:
    """The value of deterministic CBOR made of maps, arrays, unsigned integers, byte strings and text.

    `depth` is how far containers may nest; 1, a flat map, for whatever a stranger shows us. Raises Malformed for
    everything else: trailing bytes, repeated or unordered keys, long spellings, tags, floats, negative numbers.
    """
    try:
        value = cbor2.loads(data)
    except Exception:  # a decoder fed by strangers: whatever it trips over, the answer is the same
        raise Malformed("not CBOR") from None
    _check(value, depth)
    if cbor2.dumps(value) != data:  # the keys are known to be in order by now
        raise Malformed("not deterministic CBOR")
    return value


def _check(value: Any, depth: int) -> None:
    kind = type(value)
    if kind in _LEAVES:
        return
    if kind is int and 0 <= value < 2**64:
        return
    if depth == 0:
        raise Malformed("too deep")
    if kind is dict:
        _check_keys(value)
        value = value.values()
    elif kind is not list:
        raise Malformed("not a value of a code")
    for item in value:
        if type(item) not in _LEAVES:
            _check(item, depth - 1)


def _check_keys(value: dict[Any, Any]) -> None:
    keys = list(value)
    if set(map(type, keys)) - _INTEGER:
        raise Malformed("a key of a code is an unsigned integer")
    if keys != sorted(keys):
        raise Malformed("keys out of order")
    if keys and not 0 <= keys[0] <= keys[-1] < 2**32:
        raise Malformed("a key of a code is an unsigned integer")


def to_be_signed(kid: bytes, payload: bytes) -> bytes:
    """COSE's Sig_structure (RFC 9052, 4.4): what the ES256 signature is made over."""
    return _TO_SIGN + kid + b"\x40" + _bstr(payload)


def pack(kid: bytes, payload: bytes, signature: bytes) -> bytes:
    """The whole COSE_Sign1 frame."""
    return b"".join((_HEAD, kid, b"\xa0", _bstr(payload), _SIGNATURE_HEAD, signature))


def unpack(frame: bytes) -> tuple[bytes, bytes, bytes]:
    """(kid, payload, signature) of a frame. Raises Malformed for any byte that isn't as `pack` writes it."""
    kid_end = len(_HEAD) + KID_BYTES
    if not frame.startswith(_HEAD) or len(frame) <= kid_end or frame[kid_end] != _UNPROTECTED:
        raise Malformed("not our COSE_Sign1")
    start = len(frame) - SIGNATURE_BYTES
    body = frame[kid_end + 1 : start - len(_SIGNATURE_HEAD)]
    if frame[start - len(_SIGNATURE_HEAD) : start] != _SIGNATURE_HEAD:
        raise Malformed("not our COSE_Sign1")
    payload = _payload(body)
    return frame[len(_HEAD) : kid_end], payload, frame[start:]


def _payload(body: bytes) -> bytes:
    # Everything between the headers and the signature must be exactly one byte string in its shortest spelling.
    for head in (1, 2, 3, 5):
        payload = body[head:]
        if len(body) >= head and _bstr_head(len(payload)) == body[:head]:
            return payload
    raise Malformed("not our COSE_Sign1")


def _bstr(data: bytes) -> bytes:
    return _bstr_head(len(data)) + data


def _bstr_head(size: int) -> bytes:
    if size < 24:
        return bytes((0x40 + size,))
    if size < 0x100:
        return bytes((0x58, size))
    if size < 0x10000:
        return b"\x59" + size.to_bytes(2, "big")
    return b"\x5a" + size.to_bytes(4, "big")
