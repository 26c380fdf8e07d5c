"""The wrapping of an HC1 text: base45 (RFC 9285), zlib (RFC 1950), COSE_Sign1 (RFC 9052), general CBOR (RFC 8949).

Unlike our own codes, these are written by a hundred other programs: any well-formed CBOR is read, but only plain
values of it, a bounded depth and no tags, so that nothing but data comes out.
"""

from __future__ import annotations

import math
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from io import BytesIO
from typing import Any, NoReturn

import cbor2

from lachan.kernel.codes.wire import Malformed

__all__ = ["MOST_INFLATED", "Envelope", "inflate", "open_cose", "plain", "to_be_signed"]

MOST_INFLATED = 64 * 1024
MOST_DEPTH = 16
LARGEST = 2**53 - 1
"""The largest integer that JSON's readers agree about."""
ALG, KID = 1, 4
_FRAMES = (b"\xd8\x3d\xd2", b"\xd2", b"")
"""61(18(…)), 18(…) and no tag at all; the last of them is always there."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """A COSE_Sign1 whose signature nobody has checked yet. `alg` is COSE's number of the algorithm."""

    alg: int
    kid: bytes
    protected: bytes
    payload: bytes
    signature: bytes


def inflate(data: bytes) -> bytes:
    """What one zlib stream holds. Raises Malformed: no stream, more than 64 KiB, cut short, or bytes left over."""
    stream = zlib.decompressobj()
    try:
        found = stream.decompress(data, MOST_INFLATED + 1)
    except zlib.error:
        raise Malformed("not zlib") from None
    if not stream.eof or len(found) > MOST_INFLATED or stream.unused_data:
        raise Malformed("not one whole zlib stream")
    return found


def open_cose(data: bytes) -> Envelope:
    """The parts of a COSE_Sign1, tagged or not. The protected key id wins. Raises Malformed."""
    frame = next(tag for tag in _FRAMES if data.startswith(tag))
    parts = plain(data[len(frame) :])
    if type(parts) is not list or len(parts) != 4:
        raise Malformed("not a COSE_Sign1")
    protected, unprotected, payload, signature = parts
    if not (type(protected) is type(payload) is type(signature) is bytes) or type(unprotected) is not dict:
        raise Malformed("not a COSE_Sign1")
    header = plain(protected) if protected else {}
    if type(header) is not dict:
        raise Malformed("header")
    return Envelope(_algorithm(header), _key_id(header, unprotected), protected, payload, signature)


def _algorithm(header: Mapping[Any, Any]) -> int:
    alg = header.get(ALG)
    if type(alg) is not int:
        raise Malformed("no algorithm under the signature")
    return alg


def _key_id(header: Mapping[Any, Any], unprotected: Mapping[Any, Any]) -> bytes:
    kid = header.get(KID, unprotected.get(KID))
    if type(kid) is not bytes:
        raise Malformed("no key id")
    return kid


def to_be_signed(envelope: Envelope) -> bytes:
    """COSE's Sig_structure (RFC 9052, 4.4), over the protected header as it was written."""
    return cbor2.dumps(["Signature1", envelope.protected, b"", envelope.payload])


def _refuse(*_: object) -> NoReturn:
    raise Malformed("a tag")


# Numbers, dates, references to what stood before: the tags that the library would act upon.
_TAGS = dict.fromkeys(
    (*range(6), 25, *range(28, 31), *range(35, 38), 100, 256, 258, 260, 261, 1004, 43000, 55799), _refuse
)


def plain(data: bytes) -> Any:
    """The one value of CBOR `data`: maps of text or integer keys, lists, text, bytes, numbers, true, false, null.

    A whole number is an int however it was written. Raises Malformed.
    """
    source = BytesIO(data)
    try:
        value = cbor2.CBORDecoder(
            source,
            tag_hook=_refuse,
            semantic_decoders=_TAGS,
            max_depth=4 * MOST_DEPTH,
            allow_duplicate_keys=False,
        ).decode()
    except Exception:  # a decoder fed by strangers: whatever it trips over, the answer is the same
        raise Malformed("not CBOR") from None
    if source.tell() != len(data):
        raise Malformed("bytes left over")
    return _plain(value, MOST_DEPTH)


def _plain(value: Any, depth: int) -> Any:
    kind = type(value)
    if value is None or kind in (str, bytes, bool):
        return value
    if kind in (int, float):
        return _number(value)
    if depth == 0:
        raise Malformed("too deep")
    if kind is list:
        return [_plain(item, depth - 1) for item in value]
    if kind is not dict:
        raise Malformed("not a plain value")
    return {_key(key): _plain(item, depth - 1) for key, item in value.items()}


def _number(value: float) -> int | float:
    if not math.isfinite(value):
        raise Malformed("not a number")
    whole = int(value) if value == int(value) else value
    if abs(whole) > LARGEST:
        raise Malformed("too large")
    return whole


def _key(key: Any) -> Any:
    if type(key) is str:
        return key
    number = _number(key) if type(key) in (int, float) else None
    if type(number) is not int:
        raise Malformed("key")
    return number
