"""Reading an HC1 text: ``HC1:`` + base45(zlib(COSE_Sign1)), verified without a network."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from lachan.kernel.clock import Clock
from lachan.kernel.codes.hc1.dcc import Claims, claims_of
from lachan.kernel.codes.hc1.envelope import Envelope, inflate, open_cose, plain, to_be_signed
from lachan.kernel.codes.hc1.trust import ALGORITHMS, Hc1Key, Hc1Trust
from lachan.kernel.codes.wire import Malformed, from_base45
from lachan.kernel.errors import InvalidInput

__all__ = ["ERRORS", "MOST_TEXT", "PREFIX", "Hc1", "peek", "read"]

PREFIX = "HC1:"
MOST_TEXT = 4296
"""The most letters that any QR code holds."""
SKEW = timedelta(seconds=60)

ERRORS = (
    "code_too_long",
    "code_prefix",
    "code_base45",
    "code_zip",
    "code_cose",
    "code_claims",
    "code_key_unknown",
    "code_alg",
    "code_signature",
    "code_usage",
    "code_not_yet_valid",
    "code_expired",
)
"""Every InvalidInput code that reading an HC1 text can raise."""


@dataclass(frozen=True, slots=True)
class Hc1:
    """A certificate. `kind`: "v" vaccination, "t" test, "r" recovery. `dcc`: the whole of it, as JSON."""

    kind: str
    dcc: Mapping[str, Any]
    issuer: str
    issued_at: datetime
    expires_at: datetime
    kid: bytes

    @property
    def entry(self) -> Mapping[str, Any]:
        """The one vaccination, test or recovery."""
        entry: Mapping[str, Any] = self.dcc[self.kind][0]
        return entry

    @property
    def name(self) -> str:
        """Family name, then given name, as in Viet Nam; the transliteration where there is no other."""
        names = self.dcc["nam"]
        written = f"{names.get('fn') or ''} {names.get('gn') or ''}".strip()
        return written or f"{names['fnt']} {names.get('gnt') or ''}".replace("<", " ").strip()

    @property
    def birth(self) -> str:
        """Date of birth, ISO, of which only a part may be known."""
        return str(self.dcc["dob"])[:10]


def peek(text: str) -> Hc1:
    """What the certificate says, nothing verified. Raises InvalidInput: code_too_long, code_prefix, code_base45,
    code_zip, code_cose, code_claims."""
    envelope, claims = _parse(text)
    return _found(envelope, claims)


def read(text: str, trust: Hc1Trust, clock: Clock) -> Hc1:
    """Verify a certificate. Raises InvalidInput with one of `ERRORS`.

    The key must be in the list, be of the algorithm that the signature names, be meant for this kind of certificate
    (code_usage) and be inside its own dates (code_not_yet_valid, code_expired).
    """
    envelope, claims = _parse(text)
    key = _signer(envelope, trust)
    if claims.kind not in key.usage:
        raise InvalidInput("code_usage", kid=envelope.kid.hex())
    now = clock.now()
    _check_window(key.not_before, key.not_after, now)
    _check_window(claims.issued_at, claims.expires_at, now)
    return _found(envelope, claims)


def _parse(text: str) -> tuple[Envelope, Claims]:
    if len(text) > MOST_TEXT:
        raise InvalidInput("code_too_long")
    if not text.startswith(PREFIX):
        raise InvalidInput("code_prefix")
    step = "code_base45"
    try:
        packed = from_base45(text[len(PREFIX) :])
        step = "code_zip"
        frame = inflate(packed)
        step = "code_cose"
        envelope = open_cose(frame)
        token = plain(envelope.payload)
        step = "code_claims"
        return envelope, claims_of(token)
    except Malformed:
        raise InvalidInput(step) from None


def _signer(envelope: Envelope, trust: Hc1Trust) -> Hc1Key:
    known = trust.of(envelope.kid)
    if not known:
        raise InvalidInput("code_key_unknown", kid=envelope.kid.hex()[:32])
    able = [key for key in known if ALGORITHMS[key.alg] == envelope.alg]
    if not able:
        raise InvalidInput("code_alg", alg=envelope.alg)
    signed = to_be_signed(envelope)
    for key in able:
        if key.verify(envelope.signature, signed):
            return key
    raise InvalidInput("code_signature")


def _check_window(begins: datetime, ends: datetime | None, now: datetime) -> None:
    if now < begins - SKEW:
        raise InvalidInput("code_not_yet_valid", begins_at=begins.isoformat())
    if ends is not None and now >= ends:
        raise InvalidInput("code_expired", expired_at=ends.isoformat())


def _found(envelope: Envelope, claims: Claims) -> Hc1:
    return Hc1(
        claims.kind, claims.dcc, claims.issuer, claims.issued_at, claims.expires_at, envelope.kid
    )  # fmt: skip
