"""Parity vectors of HC1: what this reader says of good, odd, forged and broken certificates, as JSON on standard output.

``python -m lachan.kernel.tests.hc1_vectors``; the reader in the browser must say the same. Keys are fresh on each run.
"""

from __future__ import annotations

import json
import random
import sys
import zlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import cbor2

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes.hc1 import EntryRules, Hc1Trust, peek, read
from lachan.kernel.codes.wire import from_base45
from lachan.kernel.errors import InvalidInput
from lachan.kernel.tests import hc1_writer as writer
from lachan.kernel.tests.hc1_writer import DAY, NOW, Issuer, dcc, frame, issue, token, wrap

CHANGES = {
    "no version": {"ver": None},
    "version": {"ver": "1.3"},
    "version with a newline": {"ver": "1.3.0\n"},
    "no name": {"nam": None},
    "name without its transliteration": {"nam": {"fn": "Nguyễn"}},
    "transliteration in small letters": {"nam": {"fnt": "Nguyen"}},
    "name that is a number": {"nam": {"fnt": "NGUYEN", "fn": 7}},
    "birth": {"dob": "17/05/1990"},
    "no birth": {"dob": None},
    "two kinds": {"t": [writer.TEST]},
    "no kind": {"v": []},
    "two entries": {"v": [writer.VACCINATION, writer.VACCINATION]},
    "entry that is text": {"v": ["x"]},
    "entries that are one": {"v": writer.VACCINATION},
    "no vaccine": {"v": [{**writer.VACCINATION, "mp": ""}]},
    "vaccine too long": {"v": [{**writer.VACCINATION, "mp": "x" * 301}]},
    "doses in words": {"v": [{**writer.VACCINATION, "dn": "two"}]},
    "doses true": {"v": [{**writer.VACCINATION, "dn": True}]},
    "part of a dose": {"v": [{**writer.VACCINATION, "dn": 1.5}]},
    "day that isn't": {"v": [{**writer.VACCINATION, "dt": "2021-02-30"}]},
    "a month only": {"v": [{**writer.VACCINATION, "dt": "2021-02"}]},
    "bytes": {"extra": b"x"},
    "a key that is a number": {"extra": {1: 2}},
}
"""Changes of a vaccination certificate, each of which makes it no certificate."""
_SECOND = timedelta(seconds=1)
_ODD = {
    "no other kinds": dcc("v") | {"t": None, "r": []},
    "unknown birth": dcc("v") | {"dob": ""},
    "year of birth": dcc("v") | {"dob": "1990"},
    "moment of birth": dcc("v") | {"dob": "1990-05-17T00:00:00"},
    "whole dose as a fraction": dcc("v", dn=2.0),
    "no test centre": dcc("t", tc=None),
    "more of it": dcc("v", other=[1, 2.5, -7, 2**40, True, {"a": None}], constructor="x", __proto__="y"),
    "only the transliteration": dcc("r") | {"nam": {"fnt": "NGUYEN<VAN"}},
    "byte order mark": dcc("v", mp="\ufeffx"),
}


def build() -> dict[str, Any]:
    """{trust, cases: [{name, text, now, expect}], rules, entries: [{text, now, ok, reasons}]}; times in seconds."""
    ec, rsa, tests_only = Issuer.make("ES256"), Issuer.make("PS256"), Issuer.make("ES256")
    late = Issuer.make("ES256")
    trust = Hc1Trust((
        ec.trusted(), rsa.trusted(), tests_only.trusted(usage=frozenset("t")), late.trusted(not_after=NOW),
        tests_only.trusted(kid=rsa.kid), rsa.trusted(kid=ec.kid),
    ))  # fmt: skip
    cases = [
        *_good(ec, rsa), *_refused(ec, rsa, tests_only, late), *_untimely(ec), *_unpacked(ec), *_numbers(ec), *_mutated(ec),
    ]  # fmt: skip
    starts = ("2021-12-20", "2022-03-15", "2022-05-15")
    return {
        "trust": trust.to_json(),
        "cases": [_case(name, text, at, trust) for name, text, at in cases],
        "rules": [EntryRules.at(datetime.fromisoformat(day).date()).to_json() for day in starts],
        "entries": list(_entries(ec)),
    }


_Case = tuple[str, str, datetime]


def _good(ec: Issuer, rsa: Issuer) -> Iterator[_Case]:
    for issuer in (ec, rsa):
        for kind in writer.ENTRIES:
            for tags in ((), (18,), (61, 18)):
                yield f"{issuer.alg} {kind} {tags}", wrap(frame(issuer, token(dcc(kind))), tags), NOW
    for name, content in _ODD.items():
        yield name, issue(content, ec), NOW
    payload = token(dcc("v"))
    yield "indefinite map", wrap(frame(ec, b"\xbf" + payload[1:] + b"\xff")), NOW
    yield (
        "a key that is a whole fraction",
        wrap(frame(ec, payload.replace(b"\xa4\x01", b"\xa4\xf9\x3c\x00", 1))),
        NOW,
    )
    yield "stored, not squeezed", _zipped(ec, 0), NOW
    yield "squeezed a little", _zipped(ec, 1), NOW
    yield "loose key id", wrap(frame(ec, payload, {1: -7}, {4: ec.kid})), NOW
    yield "protected key id wins", wrap(frame(ec, payload, loose={4: rsa.kid})), NOW


def _zipped(issuer: Issuer, level: int) -> str:
    return writer.text(zlib.compress(cbor2.dumps(frame(issuer, token(dcc("v")))), level))


def _refused(ec: Issuer, rsa: Issuer, tests_only: Issuer, late: Issuer) -> Iterator[_Case]:
    payload, stranger = token(dcc("v")), Issuer.make("ES256")
    good = frame(ec, payload)
    frames = {
        "stranger": frame(stranger, payload), "stranger in another's name": frame(stranger, payload, {1: -7, 4: ec.kid}),
        "unknown algorithm": frame(ec, payload, {1: -8, 4: ec.kid}), "algorithm of another key": frame(ec, payload, {1: -37, 4: tests_only.kid}),
        "algorithm loose": frame(ec, payload, {4: ec.kid}, {1: -7}), "no key id": frame(ec, payload, {1: -7}),
        "three parts": good[:3], "five parts": [*good, 0], "no signature": [*good[:3], b""], "zeros": [*good[:3], bytes(64)],
        "signature cut": [*good[:3], good[3][:-1]], "key of tests": frame(tests_only, payload), "late key": frame(late, payload),
        "nested": frame(ec, b"\x81" * 900 + b"\0"), "deep": frame(ec, b"\x81" * 17 + b"\0"), "trailing": frame(ec, payload + b"\0"),
        "tagged": frame(ec, cbor2.dumps(cbor2.CBORTag(55799, {}))), "shared": frame(ec, b"\xd8\x1c\x81\xd8\x1d\x00"),
        "twice": frame(ec, b"\xa2\x01\x61a\x01\x61b"), "no claims": frame(ec, cbor2.dumps({1: "VN"})), "a list": frame(ec, b"\x80"),
        "issuer a number": frame(ec, cbor2.dumps({1: 7, 4: 1, 6: 1, -260: {1: dcc("v")}})), "undefined": frame(ec, b"\xf7"),
        "break": frame(ec, b"\xff"), "simple": frame(ec, b"\xf8\x20"), "empty header": [b"", *good[1:]], "text header": ["x", *good[1:]],
        "half a key": frame(ec, payload.replace(b"\xa4\x01", b"\xa4\xf9\x38\x00", 1)), "key true": frame(ec, payload.replace(b"\xa4\x01", b"\xa4\xf5", 1)),
    }  # fmt: skip
    for name, parts in frames.items():
        yield name, wrap(parts), NOW
    for name, change in CHANGES.items():
        yield name, issue(dcc("v") | change, ec), NOW
    yield "RSA, signature changed", wrap([*frame(rsa, payload)[:3], bytes(256)]), NOW
    yield "tag 98", wrap(good, (98,)), NOW
    yield "tag 61 alone", wrap(good, (61,)), NOW


def _untimely(ec: Issuer) -> Iterator[_Case]:
    text = issue(dcc("v"), ec)
    for seconds in (60, 61):
        yield f"{seconds} s early", text, NOW - DAY - seconds * _SECOND
    yield "last second", text, NOW + 90 * DAY - _SECOND
    yield "expired", text, NOW + 90 * DAY


def _unpacked(ec: Issuer) -> Iterator[_Case]:
    text = issue(dcc("v"), ec)
    packed = from_base45(text[4:])
    yield "prefix", "LC1:" + text[4:], NOW
    yield "nothing", "", NOW
    yield "newline", text + "\n", NOW
    yield "small letters", "HC1:" + text[4:].lower(), NOW
    yield "too long", "HC1:" + "0" * 4293, NOW
    stored = zlib.compress(zlib.decompress(packed), 0)
    streams = {
        "empty": b"", "one byte": b"x", "bomb": zlib.compress(bytes(2_000_000), 9), "a byte too many": zlib.compress(bytes(65537), 9),
        "full": zlib.compress(bytes(65536), 9), "left over": packed + b"\0", "checksum twice": packed + packed[-4:], "two streams": packed + packed,
        "hidden junk": packed + b"junk" + packed[-4:], "cut": packed[:-1], "cut in the body": packed[: len(packed) // 2], "checksum": packed[:-1] + bytes((packed[-1] ^ 1,)),
        "header": b"\x79" + packed[1:], "other level": b"\x78\x01" + packed[2:], "raw": packed[2:-4], "stored, left over": stored + b"\0",
        "stored, junk": stored + b"junk" + stored[-4:], "dictionary": b"\x78\xbb" + bytes(4) + packed[2:], "trailing frame": zlib.compress(zlib.decompress(packed) + b"\0"),
    }  # fmt: skip
    for name, data in streams.items():
        yield f"zlib: {name}", writer.text(data), NOW


def _numbers(ec: Issuer) -> Iterator[_Case]:
    """Times and counts in every spelling that CBOR has."""
    for number in (b"\xf9\x3c\x00", b"\xfa\x3f\x80\x00\x00", b"\xfb\x3f\xf8" + bytes(6), b"\xf9\x7e\x00", b"\xf9\x7c\x00", b"\x1b\x00\x20" + bytes(6),
                   b"\x1b\x00\x1f" + b"\xff" * 6, b"\x3b\x00\x1f" + b"\xff" * 6, b"\x1b" + bytes(7) + b"\x05", b"\x1b" + b"\xff" * 8, b"\x20", b"\xf9\x80\x00",
                   b"\xfb\x43\x40" + bytes(6), b"\xf9\x00\x01", b"\x1c", b"\xc1\x01", b"\xc2\x41\x01"):  # fmt: skip
        inside = cbor2.dumps(dcc("v"))
        for key in (b"\x06", b"\x04"):
            other = b"\x04\x1a\x70\x00\x00\x00" if key == b"\x06" else b"\x06\x00"
            payload = b"\xa3" + key + number + other + b"\x39\x01\x03" + b"\xa1\x01" + inside
            yield f"number {number.hex()} under {key.hex()}", wrap(frame(ec, payload)), NOW


def _mutated(ec: Issuer, tries: int = 500) -> Iterator[_Case]:
    """The frame inside, its bytes changed, put in or left out; and signed payloads of the same kind."""
    dice = random.Random("hc1")
    inside, payload = zlib.decompress(from_base45(issue(dcc("v"), ec)[4:])), token(dcc("v"))
    for number in range(tries):
        yield f"mutated frame {number}", writer.text(zlib.compress(_changed(inside, dice))), NOW
        yield f"mutated payload {number}", wrap(frame(ec, _changed(payload, dice))), NOW


def _changed(data: bytes, dice: random.Random) -> bytes:
    changed = bytearray(data)
    for _ in range(dice.choice((1, 1, 3))):
        at = dice.randrange(len(changed) + 1)
        changed[at : at + dice.randrange(3)] = dice.randbytes(dice.randrange(3))
    return bytes(changed)


def _entries(ec: Issuer) -> Iterator[dict[str, Any]]:
    days = [NOW, NOW - timedelta(hours=10), NOW + 60 * DAY, NOW + 85 * DAY, NOW + 120 * DAY]
    changes: dict[str, tuple[dict[str, Any], ...]] = {
        "v": ({}, {"mp": "x"}, {"dn": 1}, {"dt": "2022-01-06"}, {"dt": "2022-01-07"}, {"dt": "2021-01-19"}, {"tg": "1"}),
        "t": ({}, {"tr": "260373001"}, {"sc": "2022-01-17T03:00:00Z"}, {"sc": "2022-01-17T02:59:59Z"}, {"tt": "LP217198-3"}, {"tt": "x"}),
        "r": ({}, {"df": "2022-01-21"}, {"fr": "2021-07-24"}, {"fr": "2021-07-23"}),
    }  # fmt: skip
    for kind, each in changes.items():
        for change in each:
            text = issue(dcc(kind, **change), ec)
            for now in days:
                found = EntryRules.at(now.date()).check(peek(text), now)
                yield {
                    "text": text,
                    "now": int(now.timestamp()),
                    "ok": found.ok,
                    "reasons": [reason.rule_id for reason in found.reasons],
                }


def _case(name: str, text: str, at: datetime, trust: Hc1Trust) -> dict[str, Any]:
    return {"name": name, "text": text, "now": int(at.timestamp()), "expect": _outcome(text, at, trust)}


def _outcome(text: str, at: datetime, trust: Hc1Trust) -> dict[str, Any]:
    try:
        found = read(text, trust, FixedClock(at))
    except InvalidInput as error:
        return {"ok": False, "error": error.code}
    times = {"issued": int(found.issued_at.timestamp()), "expires": int(found.expires_at.timestamp())}
    said = {
        "kind": found.kind,
        "dcc": found.dcc,
        "issuer": found.issuer,
        "kid": found.kid.hex(),
        "name": found.name,
    }
    return {"ok": True, **said, **times}


if __name__ == "__main__":
    json.dump(build(), sys.stdout)
