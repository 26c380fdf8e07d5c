"""A trust list from a file of issuers' certificates, as a gateway hands them out.

The file is JSON: a list of certificates, or ``{"certificates": [...]}``. Each is PEM, or DER in base64; or an object
with that text under ``rawData``, ``certificate`` or ``pem``, and optionally the ``kid`` (base64) it must have. Or it is
PEM, with one certificate or many; or one certificate in DER.
"""

from __future__ import annotations

import json
import re
from base64 import b64decode, b64encode
from collections.abc import Iterator
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives.asymmetric import ec, rsa

from lachan.kernel.codes.hc1.trust import KID_BYTES, Hc1Key, Hc1Trust
from lachan.kernel.codes.wire import Malformed
from lachan.kernel.errors import InvalidInput

__all__ = ["Imported", "import_certificates", "usage_of"]

MOST_BYTES = 32 * 1024 * 1024
MOST_CERTIFICATES = 50_000
_EXTENDED_KEY_USAGE = bytes.fromhex("0603551d25")
_CRITICAL = bytes.fromhex("0101")
# 1.3.6.1.4.1.1847.2021.1.x and, as several issuers wrote it by mistake, 1.3.6.1.4.1.0.1847.2021.1.x.
_PURPOSES = {
    bytes.fromhex(stem) + bytes((number,)): kind
    for stem in ("2b060104018e378f6501", "2b06010401008e378f6501")
    for number, kind in ((1, "t"), (2, "v"), (3, "r"))
}
_SEQUENCE = b"\x30"
"""How a certificate in DER begins."""
_PEM = re.compile(rb"-----BEGIN CERTIFICATE-----([^-]*)-----END CERTIFICATE-----")
_EVERYTHING = frozenset("tvr")


@dataclass(frozen=True, slots=True)
class Imported:
    """The list, and (position from 0, code) of each certificate that couldn't be taken: certificate_broken,
    certificate_kid, certificate_key."""

    trust: Hc1Trust
    refused: tuple[tuple[int, str], ...]


def import_certificates(data: bytes | str) -> Imported:
    """Read a file. One bad certificate doesn't spoil the rest. Raises InvalidInput: trust_too_long, trust_broken."""
    keys: dict[tuple[bytes, bytes], Hc1Key] = {}
    refused = []
    for position, item in enumerate(_items(data)):
        try:
            der, key = _one(item)
            keys[key.kid, sha256(der).digest()] = key
        except InvalidInput as error:
            refused.append((position, error.code))
    return Imported(Hc1Trust(tuple(keys.values())), tuple(refused))


def _items(data: bytes | str) -> list[Any]:
    if len(data) > MOST_BYTES:
        raise InvalidInput("trust_too_long")
    if found := _certificates(data.encode("utf-8", "replace") if isinstance(data, str) else data):
        return found
    try:
        items = json.loads(data)
    except (ValueError, RecursionError):
        raise InvalidInput("trust_broken") from None
    if isinstance(items, dict):
        items = items.get("certificates")
    if not isinstance(items, list):
        raise InvalidInput("trust_broken")
    if len(items) > MOST_CERTIFICATES:
        raise InvalidInput("trust_too_long")
    return items


def _certificates(raw: bytes) -> list[str]:
    """Those of a file that is one certificate in DER, or some in PEM; a JSON list may have PEM inside, and is none."""
    if raw[:1] == _SEQUENCE:
        return [b64encode(raw).decode()]
    if raw.lstrip()[:1] in (b"[", b"{"):
        return []
    return [body.decode("ascii", "replace") for body in _PEM.findall(raw)[: MOST_CERTIFICATES + 1]]


def _one(item: Any) -> tuple[bytes, Hc1Key]:
    wanted = item.get("kid") if isinstance(item, dict) else None
    if isinstance(item, dict):
        item = item.get("rawData") or item.get("certificate") or item.get("pem")
    if not isinstance(item, str):
        raise InvalidInput("certificate_broken")
    der = _der(item)
    kid = sha256(der).digest()[:KID_BYTES]
    if wanted is not None and wanted != b64encode(kid).decode():
        raise InvalidInput("certificate_kid")
    return der, _key(der, kid)


def _der(text: str) -> bytes:
    body = "".join(line for line in text.split("\n") if not line.startswith("-----"))
    try:
        return b64decode("".join(body.split()), validate=True)
    except ValueError:
        raise InvalidInput("certificate_broken") from None


def _key(der: bytes, kid: bytes) -> Hc1Key:
    try:
        certificate = x509.load_der_x509_certificate(der)
        key: Any = certificate.public_key()
        usage = usage_of(certificate.tbs_certificate_bytes)
        window = certificate.not_valid_before_utc, certificate.not_valid_after_utc
    except Exception:  # a parser fed by strangers, which raises half a dozen kinds of errors
        raise InvalidInput("certificate_broken") from None
    try:
        if not isinstance(key, ec.EllipticCurvePublicKey | rsa.RSAPublicKey):
            raise InvalidInput("key_broken")
        return Hc1Key(kid, key, usage, *window)
    except InvalidInput:
        raise InvalidInput("certificate_key") from None


def usage_of(tbs: bytes) -> frozenset[str]:
    """The kinds that a certificate's extended key usage names; all of them where it names none of ours.

    Read leniently, straight from the bytes: a strict parser refuses the whole of some issuers' extensions for a fault
    elsewhere in them. Raises Malformed where the extension itself can't be read: that must not mean "all".
    """
    at = tbs.find(_EXTENDED_KEY_USAGE)
    if at < 0:
        return _EVERYTHING
    at += len(_EXTENDED_KEY_USAGE)
    if tbs.startswith(_CRITICAL, at):
        at += len(_CRITICAL) + 1
    tag, wrapped, _ = _element(tbs, at)
    inner, purposes, end = _element(wrapped, 0)
    if tag != 0x04 or inner != 0x30 or end != len(wrapped):
        raise Malformed("extended key usage")
    named = {_PURPOSES[oid] for oid in _oids(purposes) if oid in _PURPOSES}
    return frozenset(named) or _EVERYTHING


def _oids(data: bytes) -> Iterator[bytes]:
    at = 0
    while at < len(data):
        _, value, at = _element(data, at)
        yield value


def _element(data: bytes, at: int) -> tuple[int, bytes, int]:
    """Tag, content and end of the DER element at a position."""
    if at + 2 > len(data):
        raise Malformed("cut short")
    size, start = data[at + 1], at + 2
    if size & 0x80:
        count = size & 0x7F
        size, start = int.from_bytes(data[start : start + count], "big"), start + count
    if not 0 <= size <= len(data) - start:
        raise Malformed("cut short")
    return data[at], data[start : start + size], start + size
