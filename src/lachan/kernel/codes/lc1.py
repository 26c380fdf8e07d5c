"""LC1: issue a signed code, present it from a phone, read it at a checkpoint.

A code: ``LC1:`` + base45(COSE_Sign1). A presented code: the code, ``...``, base45(u32 time || r || s), the signature
being the holder's ES256 over ``"LC1H" || SHA-256(code) || u32 time``. Three dots never occur inside base45, because
every third character of it is one of 0 to W. Everything stays in the alphanumeric mode of a QR code.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from hashlib import sha256

from lachan.kernel.clock import Clock
from lachan.kernel.codes.claims import Claims, HolderClaim, PersonPass, from_fields, to_fields
from lachan.kernel.codes.keys import PublicKey, SigningKey, forget_points
from lachan.kernel.codes.trust import TrustEntry, TrustList
from lachan.kernel.codes.wire import (
    SIGNATURE_BYTES,
    Malformed,
    decode,
    encode,
    from_base45,
    pack,
    to_base45,
    to_be_signed,
    unpack,
)
from lachan.kernel.errors import InvalidInput

__all__ = ["ERRORS", "PREFIX", "Peeked", "Verified", "issue", "peek", "present", "read"]

PREFIX = "LC1:"
SEPARATOR = "..."
MOST_TEXT = 4096
SKEW = timedelta(seconds=60)
"""How far ahead of ours an issuer's or a phone's clock may be."""
MAX_AGE_HOLDER = timedelta(seconds=60)

KEPT = 4096
"""Codes whose reading is remembered: some 4 MB, 25 MB were all of them as long as can be."""

_HOLDER_DOMAIN = b"LC1H"
_PROOF_BYTES = 4 + SIGNATURE_BYTES

VALID, UNCONFIRMED, UNPRESENTED = "valid", "unconfirmed", "unpresented"

ERRORS = (
    "code_too_long",
    "code_prefix",
    "code_base45",
    "code_cose",
    "code_claims",
    "code_key_unknown",
    "code_key_revoked",
    "code_signature",
    "code_not_yet_valid",
    "code_expired",
    "code_revoked",
    "code_holder_stale",
    "code_holder_signature",
    "trust_too_long",
    "trust_broken",
    "trust_key_unknown",
    "trust_signature",
    "trust_expired",
)
"""Every InvalidInput code that reading a code or a trust list can raise, for the catalogue of messages."""


@dataclass(frozen=True, slots=True)
class Verified:
    """A code that holds. `status`: "valid"; "unconfirmed" (a holder's own claim, signed by nobody else); or
    "unpresented" (a pass with a holder key, read without asking for the holder's fresh signature)."""

    kind: str
    claims: Claims
    kid: bytes
    status: str
    presented_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Peeked:
    """What a code says before anybody checked it: to be shown as a claim only."""

    kind: str
    claims: Claims
    kid: bytes


@dataclass(frozen=True, slots=True)
class _Code:
    text: str
    claims: Claims
    kid: bytes
    payload: bytes
    signature: bytes


@dataclass(frozen=True, slots=True)
class _Parsed:
    code: _Code
    proof: bytes | None

    @property
    def claims(self) -> Claims:
        return self.code.claims


def issue(claims: Claims, key: SigningKey) -> str:
    """The signed text of `claims`. A HolderClaim is signed by the holder's own key.

    Raises InvalidInput: code_claims (a field of the wrong size), code_too_long, code_holder_signature.
    """
    if isinstance(claims, HolderClaim) and claims.holder != key.public:
        raise InvalidInput("code_holder_signature", field="holder")
    payload = encode(to_fields(claims))
    signature = key.sign(to_be_signed(key.kid, payload))
    text = PREFIX + to_base45(pack(key.kid, payload, signature))
    if len(text) > MOST_TEXT:
        raise InvalidInput("code_too_long")
    return text


def present(pass_text: str, holder_private_key: SigningKey, clock: Clock) -> str:
    """The pass with the holder's signature of this moment, as a phone shows it. Raises InvalidInput("code_claims")
    outside 1970 to 2106."""
    seconds = int(clock.now().timestamp())
    if not 0 <= seconds < 2**32:
        raise InvalidInput("code_claims", field="time")
    stamp = seconds.to_bytes(4, "big")
    return pass_text + SEPARATOR + to_base45(stamp + holder_private_key.sign(_shown(pass_text, stamp)))


def peek(text: str) -> Peeked:
    """What the code says, nothing verified. Raises InvalidInput: code_too_long, code_prefix, code_base45, code_cose."""
    parsed = _parse(text)
    return Peeked(parsed.claims.kind, parsed.claims, parsed.code.kid)


def read(
    text: str, trust: TrustList, clock: Clock, *, max_age_holder: timedelta | None = MAX_AGE_HOLDER
) -> Verified:
    """Check a code against a trust list, without a network.

    A pass with a holder key needs the holder's signature, at most `max_age_holder` old (and at most 60 s ahead);
    None reads the bare pass too, with status "unpresented", for the holder's own wallet for instance.
    A key that isn't in the list, or not for this kind, is code_key_unknown; outside its own dates, its codes are
    code_not_yet_valid or code_expired. Raises InvalidInput with one of `ERRORS`.
    """
    parsed = _parse(text)
    now = clock.now()
    trust.check_fresh(now)
    if isinstance(parsed.claims, HolderClaim):
        _check_signature(parsed.code.text, parsed.claims.holder, "code_holder_signature")
    else:
        entry = _entry(parsed.code, trust)
        _check_signature(parsed.code.text, entry.key, "code_signature")
        _check_window(entry.not_before, entry.not_after, now)
    _check_window(parsed.claims.begins_at, parsed.claims.expires_at, now)
    if not trust.revoked_serials.isdisjoint(parsed.claims.serials):
        raise InvalidInput("code_revoked")
    return _held(parsed, now, max_age_holder)


def _parse(text: str) -> _Parsed:
    if len(text) > MOST_TEXT:
        raise InvalidInput("code_too_long")
    if not text.startswith(PREFIX):
        raise InvalidInput("code_prefix")
    code, separator, shown = text.partition(SEPARATOR)
    try:
        proof = from_base45(shown) if separator else None
    except Malformed:
        raise InvalidInput("code_base45") from None
    return _Parsed(_opened(code), proof)


# The same pass is shown at every post, each time under a fresh signature of its holder: what the pass itself says, and whether
# a key has signed it, is the same for ever and so found out once. Time, trust and revocation are asked every time; refusals aren't kept.


@lru_cache(maxsize=KEPT)
def _opened(code: str) -> _Code:
    try:
        frame = from_base45(code[len(PREFIX) :])
    except Malformed:
        raise InvalidInput("code_base45") from None
    try:
        kid, payload, signature = unpack(frame)
        return _Code(code, from_fields(decode(payload)), kid, payload, signature)
    except Malformed:
        raise InvalidInput("code_cose") from None


@lru_cache(maxsize=KEPT)
def _check_signature(code: str, key: PublicKey, refusal: str) -> None:
    opened = _opened(code)
    signed = to_be_signed(opened.kid, opened.payload)
    if key.kid != opened.kid or not key.verify(opened.signature, signed):
        raise InvalidInput(refusal)


def forget_codes() -> None:
    """Meet every code and every phone as if for the first time: for benchmarks and tests."""
    _opened.cache_clear()
    _check_signature.cache_clear()
    forget_points()


def _entry(code: _Code, trust: TrustList) -> TrustEntry:
    entry = trust.entry(code.kid)
    if entry is None or code.claims.kind not in entry.purposes:
        raise InvalidInput("code_key_unknown", kid=code.kid.hex())
    if entry.revoked:
        raise InvalidInput("code_key_revoked", kid=code.kid.hex())
    return entry


def _check_window(begins: datetime, ends: datetime | None, now: datetime) -> None:
    if now < begins - SKEW:
        raise InvalidInput("code_not_yet_valid", begins_at=begins.isoformat())
    if ends is not None and now >= ends:
        raise InvalidInput("code_expired", expired_at=ends.isoformat())


def _held(parsed: _Parsed, now: datetime, max_age: timedelta | None) -> Verified:
    claims = parsed.claims
    holder = claims.holder if isinstance(claims, PersonPass | HolderClaim) else None
    status = UNCONFIRMED if isinstance(claims, HolderClaim) else VALID
    if parsed.proof is not None:
        shown_at = _check_proof(parsed, holder, now, max_age)
        return Verified(claims.kind, claims, parsed.code.kid, status, shown_at)
    if isinstance(claims, PersonPass) and holder is not None:
        if max_age is not None:
            raise InvalidInput("code_holder_stale", reason="missing")
        status = UNPRESENTED
    return Verified(claims.kind, claims, parsed.code.kid, status)


def _check_proof(
    parsed: _Parsed, holder: PublicKey | None, now: datetime, max_age: timedelta | None
) -> datetime:
    proof = parsed.proof or b""
    if holder is None or len(proof) != _PROOF_BYTES:
        raise InvalidInput("code_holder_signature")
    stamp, signature = proof[:4], proof[4:]
    if not holder.verify(signature, _shown(parsed.code.text, stamp)):
        raise InvalidInput("code_holder_signature")
    shown_at = datetime.fromtimestamp(int.from_bytes(stamp, "big"), UTC)
    if max_age is not None and not -SKEW <= now - shown_at <= max_age:
        raise InvalidInput("code_holder_stale", shown_at=shown_at.isoformat())
    return shown_at


def _shown(pass_text: str, stamp: bytes) -> bytes:
    return _HOLDER_DOMAIN + sha256(pass_text.encode("utf-8", "surrogatepass")).digest() + stamp
