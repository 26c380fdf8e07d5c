"""Test vectors of the signed codes, for the TypeScript verifier and any other: ``python -m lachan.kernel.codes.vectors``.

Keys come from public seeds and signatures are RFC 6979, so every run writes the same JSON. The private keys in it are
therefore public: never trust them outside a test.
"""

from __future__ import annotations

import dataclasses
import json
import sys
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any
from uuid import UUID

from lachan.kernel.clock import FixedClock
from lachan.kernel.codes.claims import (
    ENDS,
    PLACE,
    Appointment,
    CardPass,
    Claims,
    FormSerial,
    HolderClaim,
    PersonPass,
    VenuePass,
    to_fields,
)
from lachan.kernel.codes.claims import (
    FORM as FORM_KEY,
)
from lachan.kernel.codes.keys import PublicKey, SigningKey
from lachan.kernel.codes.lc1 import PREFIX, SEPARATOR, Verified, issue, present, read
from lachan.kernel.codes.trust import TrustEntry, TrustList
from lachan.kernel.codes.wire import encode, from_base45, pack, to_base45, to_be_signed, unpack
from lachan.kernel.errors import InvalidInput

NOW = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)
_CLOCK = FixedClock(NOW)
_DAY = timedelta(days=1)


def _id(name: str) -> bytes:
    return sha256(b"lachan vector " + name.encode()).digest()[:16]


ANCHOR = SigningKey.derive(b"lachan vector anchor")
ISSUER = SigningKey.derive(b"lachan vector issuer")
RETIRED = SigningKey.derive(b"lachan vector retired issuer")
STOLEN = SigningKey.derive(b"lachan vector stolen issuer")
POSTERS_ONLY = SigningKey.derive(b"lachan vector posters only")
STRANGER = SigningKey.derive(b"lachan vector stranger")
HOLDER = SigningKey.derive(b"lachan vector holder")

TRUST = TrustList(
    entries=(
        TrustEntry(ISSUER.public, not_before=NOW - 30 * _DAY),
        TrustEntry(RETIRED.public, not_before=NOW - 400 * _DAY, not_after=NOW - _DAY),
        TrustEntry(STOLEN.public, not_before=NOW - 400 * _DAY, revoked=True),
        TrustEntry(POSTERS_ONLY.public, purposes=frozenset({"venue"})),
    ),
    issued_at=NOW - _DAY,
    expires_at=NOW + 6 * _DAY,
    revoked_serials=frozenset({_id("lost card")}),
)

VENUE = VenuePass(
    place=UUID(bytes=_id("place")),
    name="Chợ Bình Điền, cổng số 2",
    unit="79/785/27595",
    seed=_id("seed"),
    issued_on=date(2026, 3, 1),
)
PERSON = PersonPass(_id("person"), "allow", NOW - timedelta(hours=1), NOW + 3 * _DAY)
HELD = dataclasses.replace(PERSON, serial=_id("held"), holder=HOLDER.public)
CARD = CardPass(_id("card"), NOW - 10 * _DAY, NOW + 355 * _DAY)
FORM = FormSerial(_id("form"), "entry-declaration/3", NOW - 20 * _DAY)
APPOINTMENT = Appointment(
    serial=_id("appointment"),
    pseudonym=_id("somebody"),
    place=VENUE.place,
    name="Trung tâm Y tế Nha Trang",
    unit="56/568/22327/",
    starts_at=NOW + timedelta(hours=2),
    ends_at=NOW + timedelta(hours=3),
    valid_from=NOW - timedelta(hours=4),
    expires_at=NOW + timedelta(hours=15),
)
CLAIM = HolderClaim(_id("claim"), HOLDER.public, NOW, digest=sha256(b"a declaration").digest())
CLAIM_WITH_BODY = HolderClaim(
    _id("claim 2"), HOLDER.public, NOW, body=b'{"fever":false}', place=VENUE.place, expires_at=NOW + _DAY
)


def build() -> dict[str, Any]:
    """Every vector: `keys`, `trust_list`, `base45` and `cases`, each case with its text, its clock and what to expect."""
    return {
        "note": "Test keys only: their secrets are public. Times are seconds since 1970, bytes are hexadecimal.",
        "now": int(NOW.timestamp()),
        "anchors": [ANCHOR.jwk()],
        "keys": {
            name: key.private_jwk()
            for name, key in (("issuer", ISSUER), ("holder", HOLDER), ("anchor", ANCHOR))
        },
        "trust_list": TRUST.sign(ANCHOR),
        "trust_cases": list(_trust_cases()),
        "base45": _base45(),
        "cases": [_case(name, text, at) for name, text, at in _codes()],
    }


def described(claims: Claims) -> dict[str, str | int | None]:
    """Claims as plain JSON: bytes in hexadecimal, times in seconds, days as ISO dates, keys as x || y."""
    return {field.name: _plain(getattr(claims, field.name)) for field in dataclasses.fields(claims)}


def _plain(value: Any) -> str | int | None:
    if isinstance(value, datetime):
        return int(value.timestamp())
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, PublicKey):
        return value.raw.hex()
    if isinstance(value, bytes):
        return value.hex()
    return None if value is None else str(value)


def _codes() -> Iterator[tuple[str, str, datetime]]:
    yield from _good()
    yield from _forged()
    yield from _untimely()
    yield from _shown()


def _good() -> Iterator[tuple[str, str, datetime]]:
    named: dict[str, Claims] = {"venue": VENUE, "person": PERSON, "card": CARD, "form": FORM}
    named["appointment"] = APPOINTMENT
    for name, claims in named.items():
        yield f"good {name}", issue(claims, ISSUER), NOW
    yield "good held pass, presented", present(issue(HELD, ISSUER), HOLDER, _CLOCK), NOW
    yield "good claim with a digest", issue(CLAIM, HOLDER), NOW
    yield "good claim with a body", issue(CLAIM_WITH_BODY, HOLDER), NOW
    yield "good poster by a posters-only key", issue(VENUE, POSTERS_ONLY), NOW


def _forged() -> Iterator[tuple[str, str, datetime]]:
    good = issue(PERSON, ISSUER)
    frame = from_base45(good[len(PREFIX) :])
    kid, payload, signature = unpack(frame)

    def text(data: bytes) -> str:
        return PREFIX + to_base45(data)

    yield "forged: unknown key", issue(PERSON, STRANGER), NOW
    yield (
        "forged: stranger under the issuer's id",
        text(_pack_by(STRANGER, ISSUER.kid, payload)),
        NOW,
    )
    changed = payload.replace(b"allow", b"admit")
    yield "forged: decision changed", text(pack(kid, changed, signature)), NOW
    yield "forged: signature changed", text(frame[:-1] + bytes((frame[-1] ^ 1,))), NOW
    yield "forged: key may not sign this kind", issue(PERSON, POSTERS_ONLY), NOW
    yield "forged: revoked key", issue(PERSON, STOLEN), NOW
    yield "forged: claim in another's name", _claim_by_another(), NOW
    yield "broken: prefix", "HC1:" + good[4:], NOW
    yield "broken: lower case", good.lower(), NOW
    yield "broken: lower case after the prefix", PREFIX + good[4:].lower(), NOW
    yield "broken: newline at the end", good + "\n", NOW
    yield "broken: overflowing group", good[:-3] + ":::", NOW
    yield "broken: trailing byte", text(frame + b"\0"), NOW
    yield "broken: untagged", text(frame[1:]), NOW
    yield "broken: two tags", text(b"\xd8\x3d" + frame), NOW
    twice = b"\xa6" + payload[1:] + b"\x0e\x65admit"
    yield "broken: key twice in the map", text(pack(kid, twice, signature)), NOW
    yield "broken: nesting", text(pack(kid, b"\x81" * 500 + b"\0", signature)), NOW
    yield "forged: appointment by a posters-only key", issue(APPOINTMENT, POSTERS_ONLY), NOW
    yield "broken: appointment without its place", _booked({PLACE: None}), NOW
    yield "broken: appointment with something of health", _booked({FORM_KEY: "vaccine"}), NOW
    yield "broken: appointment that ends before it starts", _booked({ENDS: int(NOW.timestamp())}), NOW
    yield "broken: too long", good + "0" * 4096, NOW


def _pack_by(forger: SigningKey, kid: bytes, payload: bytes) -> bytes:
    return pack(kid, payload, forger.sign(to_be_signed(kid, payload)))


def _claim_by_another() -> str:
    _, payload, _ = unpack(from_base45(issue(CLAIM, HOLDER)[len(PREFIX) :]))
    return PREFIX + to_base45(_pack_by(STRANGER, HOLDER.kid, payload))


def _booked(changes: dict[int, Any]) -> str:
    """The appointment with other fields, signed by the issuer all the same."""
    fields = {key: value for key, value in {**to_fields(APPOINTMENT), **changes}.items() if value is not None}
    return PREFIX + to_base45(_pack_by(ISSUER, ISSUER.kid, encode(fields)))


def _untimely() -> Iterator[tuple[str, str, datetime]]:
    yield "expired pass", issue(PERSON, ISSUER), PERSON.expires_at
    yield "last second of a pass", issue(PERSON, ISSUER), PERSON.expires_at - timedelta(seconds=1)
    yield "pass from the future", issue(PERSON, ISSUER), PERSON.issued_at - timedelta(seconds=61)
    yield "pass from a clock a minute ahead", issue(PERSON, ISSUER), PERSON.issued_at - timedelta(seconds=60)
    yield "key past its end", issue(PERSON, RETIRED), NOW
    yield "revoked card", issue(dataclasses.replace(CARD, serial=_id("lost card")), ISSUER), NOW
    yield "trust list too old", issue(CARD, ISSUER), TRUST.expires_at
    booked = issue(APPOINTMENT, ISSUER)
    yield "appointment, days before", booked, APPOINTMENT.valid_from - timedelta(seconds=61)
    yield "appointment, over", booked, APPOINTMENT.expires_at
    lost = dataclasses.replace(APPOINTMENT, serial=_id("lost card"))
    yield "appointment, called off", issue(lost, ISSUER), NOW


def _shown() -> Iterator[tuple[str, str, datetime]]:
    held = issue(HELD, ISSUER)
    shown = present(held, HOLDER, _CLOCK)
    yield "held pass, 60 s old", shown, NOW + timedelta(seconds=60)
    yield "stale holder: screenshot, 61 s old", shown, NOW + timedelta(seconds=61)
    yield "held pass, phone 60 s ahead", shown, NOW - timedelta(seconds=60)
    yield "stale holder: phone 61 s ahead", shown, NOW - timedelta(seconds=61)
    yield "stale holder: not presented", held, NOW
    yield "holder: another phone", present(held, STRANGER, _CLOCK), NOW
    other = issue(dataclasses.replace(HELD, serial=_id("other")), ISSUER)
    yield "holder: proof of another pass", other + shown[len(held) :], NOW
    yield "holder: proof cut short", shown[:-3], NOW
    yield "holder: pass without a holder", present(issue(PERSON, ISSUER), HOLDER, _CLOCK), NOW
    yield "holder: empty proof", held + SEPARATOR, NOW


def _case(name: str, text: str, at: datetime) -> dict[str, Any]:
    return {
        "name": name,
        "text": text,
        "now": int(at.timestamp()),
        "expect": _outcome(lambda: _read(text, at)),
    }


def _read(text: str, at: datetime) -> dict[str, Any]:
    verified: Verified = read(text, TRUST, FixedClock(at))
    shown_at = verified.presented_at and int(verified.presented_at.timestamp())
    return {
        "kind": verified.kind,
        "status": verified.status,
        "kid": verified.kid.hex(),
        "presented_at": shown_at,
        "claims": described(verified.claims),
    }


def _trust_cases() -> Iterator[dict[str, Any]]:
    good = TRUST.sign(ANCHOR)
    frame = from_base45(good[5:])
    changed = good[:5] + to_base45(frame[:-1] + bytes((frame[-1] ^ 1,)))
    texts = {
        "good": (good, NOW),
        "unknown anchor": (TRUST.sign(STRANGER), NOW),
        "signature changed": (changed, NOW),
        "too old": (good, TRUST.expires_at),
        "a code, not a list": ("LCT1:" + issue(CARD, ANCHOR)[4:], NOW),
    }
    for name, (text, at) in texts.items():
        yield {
            "name": name,
            "text": text,
            "now": int(at.timestamp()),
            "expect": _outcome(_verifying(text, at)),
        }


def _verifying(text: str, at: datetime) -> Callable[[], dict[str, Any]]:
    def verify() -> dict[str, Any]:
        trust = TrustList.verify(text, [ANCHOR.public], FixedClock(at))
        return {
            "issued_at": int(trust.issued_at.timestamp()),
            "expires_at": int(trust.expires_at.timestamp()),
            "kids": [entry.kid.hex() for entry in trust.entries],
            "revoked_serials": sorted(serial.hex() for serial in trust.revoked_serials),
        }

    return verify


def _outcome(attempt: Callable[[], dict[str, Any]]) -> dict[str, Any]:
    try:
        return {"ok": True, **attempt()}
    except InvalidInput as error:
        return {"ok": False, "error": error.code}


def _base45() -> list[dict[str, str | None]]:
    samples = [b"", b"\0", b"\xff", b"AB", b"Hello!!", b"ietf!", b"\xff\xff", bytes(range(9))]
    good: list[dict[str, str | None]] = [{"text": to_base45(data), "hex": data.hex()} for data in samples]
    refused = ["A", ":::", "GGW", "::", "aaa", "ABCD", "AB\n", "7ỡ0"]
    return good + [{"text": text, "hex": None} for text in refused]


def main() -> None:
    """Write the vectors to the file named, or to standard output."""
    text = json.dumps(build(), ensure_ascii=False, indent=1, sort_keys=True) + "\n"
    if len(sys.argv) > 1:
        Path(sys.argv[1]).write_text(text, encoding="utf-8")
    else:
        sys.stdout.write(text)


if __name__ == "__main__":
    main()
