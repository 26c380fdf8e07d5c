"""What stands in a certificate: one vaccination, test or recovery of one person, as the EU's schema 1.3 has it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from lachan.kernel.certlogic.values import parse_date_time
from lachan.kernel.codes.wire import Malformed
from lachan.kernel.errors import InvalidInput

__all__ = ["KINDS", "Claims", "claims_of"]

KINDS = ("v", "t", "r")
"""Vaccination, test, recovery."""
ISSUER, EXPIRES, ISSUED, HCERT, DCC = 1, 4, 6, -260, 1
MOST_TEXT = 300  # bytes of UTF-8
LAST_SECOND = 2**32 - 1
_TEXTS = {
    "v": ("tg", "vp", "mp", "ma", "dt", "co", "is", "ci"),
    "t": ("tg", "tt", "sc", "tr", "co", "is", "ci"),
    "r": ("tg", "fr", "co", "is", "df", "du", "ci"),
}
_MAY = {"v": (), "t": ("nm", "ma", "tc"), "r": ()}
_COUNTS = {"v": ("dn", "sd"), "t": (), "r": ()}
_MOMENTS = {"v": ("dt",), "t": ("sc",), "r": ("fr", "df", "du")}
_VERSION = re.compile(r"\d{1,9}\.\d{1,9}\.\d{1,9}", re.ASCII)
_ICAO = re.compile(r"[A-Z<]{0,150}")


@dataclass(frozen=True, slots=True)
class Claims:
    """The claims of the token (RFC 8392) and the certificate `dcc` in it, which has one entry of `kind`."""

    kind: str
    dcc: Mapping[str, Any]
    issuer: str
    issued_at: datetime
    expires_at: datetime


def claims_of(token: Any) -> Claims:
    """The claims of a decoded token. Raises Malformed."""
    if type(token) is not dict or type(token.get(HCERT)) is not dict:
        raise Malformed("no certificate")
    issuer = token.get(ISSUER)
    if issuer is not None and type(issuer) is not str:
        raise Malformed("issuer")
    dcc = token[HCERT].get(DCC)
    return Claims(_checked(dcc), dcc, issuer or "", _time(token.get(ISSUED)), _time(token.get(EXPIRES)))


def _time(value: Any) -> datetime:
    # Some issuers write a fraction of a second; what counts is the second.
    if type(value) not in (int, float) or not 0 <= value <= LAST_SECOND:
        raise Malformed("time")
    return datetime.fromtimestamp(int(value), UTC)


def _checked(dcc: Any) -> str:
    if type(dcc) is not dict or not _is_json(dcc) or not _VERSION.fullmatch(_text(dcc, "ver")):
        raise Malformed("not a certificate")
    _check_name(dcc.get("nam"))
    if dcc.get("dob") != "":
        _check_moment(dcc, "dob", 4)
    kind, entry = _entry(dcc)
    for key in _TEXTS[kind]:
        _text(entry, key)
    for key in _MAY[kind]:
        if entry.get(key) is not None:
            _text(entry, key, least=0)
    for key in _MOMENTS[kind]:
        _check_moment(entry, key, 10)
    for key in _COUNTS[kind]:
        if type(entry.get(key)) is not int or not 0 <= entry[key] <= 99:
            raise Malformed(key)
    return kind


def _is_json(value: Any) -> bool:
    if type(value) is dict:
        return all(type(key) is str for key in value) and all(map(_is_json, value.values()))
    return all(map(_is_json, value)) if type(value) is list else type(value) is not bytes


def _entry(dcc: Mapping[str, Any]) -> tuple[str, Mapping[str, Any]]:
    # Exactly one entry of exactly one kind; null and [] are how some issuers write the kinds that aren't there.
    found = [(kind, dcc[kind]) for kind in KINDS if dcc.get(kind) is not None and dcc[kind] != []]
    if len(found) != 1:
        raise Malformed("one kind of entry")
    kind, entries = found[0]
    if type(entries) is not list or len(entries) != 1 or type(entries[0]) is not dict:
        raise Malformed("one entry")
    return kind, entries[0]


def _check_name(name: Any) -> None:
    if type(name) is not dict or not _text(name, "fnt"):
        raise Malformed("nam")
    for key in ("fnt", "gnt"):
        if name.get(key) is not None and not _ICAO.fullmatch(_text(name, key, least=0)):
            raise Malformed(key)
    for key in ("fn", "gn"):
        if name.get(key) is not None:
            _text(name, key, least=0)


def _text(fields: Mapping[str, Any], key: str, least: int = 1) -> str:
    value = fields.get(key)
    if type(value) is not str or not least <= len(value.encode()) <= MOST_TEXT:
        raise Malformed(key)
    return value


def _check_moment(fields: Mapping[str, Any], key: str, least: int) -> None:
    try:
        parse_date_time(_text(fields, key, least))
    except InvalidInput:
        raise Malformed(key) from None
