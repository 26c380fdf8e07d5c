"""The trust list: whose signatures a checkpoint accepts, for what, until when, and which serials no longer count.

``LCT1:`` + base45(COSE_Sign1), the same frame as a code, signed by an anchor: a key that the checkpoint got when it
was set up. Map: ``{0: 16, 4: expires, 6: issued, 20: [entry…], 21: [serial…]}``, an entry being
``[x || y, not_before, not_after or 0, [purpose numbers], 1 when revoked, else 0]``, both lists sorted.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from lachan.kernel.clock import Clock
from lachan.kernel.codes.claims import EXPIRES, ISSUED, KIND, PURPOSES
from lachan.kernel.codes.keys import PublicKey, SigningKey
from lachan.kernel.codes.store import KeyStore
from lachan.kernel.codes.wire import (
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

__all__ = ["TrustEntry", "TrustList"]

PREFIX = "LCT1:"
TRUST_KIND, ENTRIES, REVOKED_SERIALS = 16, 20, 21
MOST_TEXT = 4 * 1024 * 1024
_NAMES = {number: name for name, number in PURPOSES.items()}


@dataclass(frozen=True, slots=True)
class TrustEntry:
    """One issuer's key. `not_after` None: no end is set. Times are whole seconds, UTC."""

    key: PublicKey
    purposes: frozenset[str] = frozenset(PURPOSES)
    not_before: datetime = datetime(1970, 1, 1, tzinfo=UTC)
    not_after: datetime | None = None
    revoked: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "purposes", frozenset(self.purposes))
        if not self.purposes <= PURPOSES.keys():
            raise InvalidInput("trust_broken", field="purposes")
        if self.not_after is not None and self.not_after.timestamp() < 1:
            # Zero is how the list writes "no end": a key that ended at the epoch would be trusted for ever.
            raise InvalidInput("trust_broken", field="not_after")

    @property
    def kid(self) -> bytes:
        """The key's id (4 bytes)."""
        return self.key.kid

    def jwk(self) -> dict[str, str]:
        """The key as a JSON Web Key."""
        return self.key.jwk()


@dataclass(frozen=True, slots=True)
class TrustList:
    """Entries by key id, and serials (16 bytes) that no longer count. Of two valid lists, keep the later `issued_at`."""

    entries: tuple[TrustEntry, ...]
    issued_at: datetime
    expires_at: datetime
    revoked_serials: frozenset[bytes] = frozenset()
    _by_kid: dict[bytes, TrustEntry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        by_kid = {entry.kid: entry for entry in self.entries}
        if len(by_kid) != len(self.entries):
            raise InvalidInput("trust_broken", field="entries")
        object.__setattr__(self, "entries", tuple(sorted(self.entries, key=lambda entry: entry.key.raw)))
        object.__setattr__(self, "revoked_serials", frozenset(self.revoked_serials))
        object.__setattr__(self, "_by_kid", by_kid)

    @classmethod
    def of(
        cls, keystore: KeyStore, clock: Clock, days: int = 7, revoked_serials: Iterable[bytes] = ()
    ) -> TrustList:
        """The list of a key store's keys, valid for `days`."""
        keystore.reload()
        now = clock.now().replace(microsecond=0)
        entries = [
            TrustEntry(
                stored.key.public,
                not_before=stored.not_before,
                not_after=stored.not_after,
                revoked=stored.revoked,
            )
            for stored in keystore.all()
        ]
        return cls(tuple(entries), now, now + timedelta(days=days), frozenset(revoked_serials))

    def entry(self, kid: bytes) -> TrustEntry | None:
        """The entry of a key id, if the list has it."""
        return self._by_kid.get(kid)

    def sign(self, key: SigningKey) -> str:
        """The list as text, signed by an anchor's private key."""
        payload = encode(
            {
                KIND: TRUST_KIND,
                EXPIRES: _seconds(self.expires_at),
                ISSUED: _seconds(self.issued_at),
                ENTRIES: [_written(entry) for entry in self.entries],
                REVOKED_SERIALS: sorted(self.revoked_serials),
            }
        )
        signature = key.sign(to_be_signed(key.kid, payload))
        return PREFIX + to_base45(pack(key.kid, payload, signature))

    @classmethod
    def verify(cls, text: str, anchors: Sequence[PublicKey], clock: Clock | None = None) -> TrustList:
        """The list of `text` when one of `anchors` signed it; with a clock, only while it is valid.

        Raises InvalidInput: trust_too_long, trust_broken, trust_key_unknown, trust_signature, trust_expired.
        """
        if len(text) > MOST_TEXT:
            raise InvalidInput("trust_too_long")
        try:
            trust = cls._opened(text, anchors)
        except Malformed:
            raise InvalidInput("trust_broken") from None
        if clock is not None:
            trust.check_fresh(clock.now())
        return trust

    def check_fresh(self, now: datetime) -> None:
        """Raises InvalidInput("trust_expired") when the list is too old to go by."""
        if now >= self.expires_at:
            raise InvalidInput("trust_expired", expired_at=self.expires_at.isoformat())

    @classmethod
    def _opened(cls, text: str, anchors: Sequence[PublicKey]) -> TrustList:
        if not text.startswith(PREFIX):
            raise Malformed("not a trust list")
        kid, payload, signature = unpack(from_base45(text[len(PREFIX) :]))
        candidates = [anchor for anchor in anchors if anchor.kid == kid]
        if not candidates:
            raise InvalidInput("trust_key_unknown")
        signed = to_be_signed(kid, payload)
        if not any(anchor.verify(signature, signed) for anchor in candidates):
            raise InvalidInput("trust_signature")
        try:
            return cls._from_map(decode(payload, depth=4))
        except InvalidInput:  # a point off the curve, two keys of one id
            raise Malformed("not a trust list") from None

    @classmethod
    def _from_map(cls, fields: Any) -> TrustList:
        known = {KIND, EXPIRES, ISSUED, ENTRIES, REVOKED_SERIALS}
        if type(fields) is not dict or fields.keys() != known or fields[KIND] != TRUST_KIND:
            raise Malformed("not a trust list")
        serials = fields[REVOKED_SERIALS]
        if type(serials) is not list or not all(type(serial) is bytes for serial in serials):
            raise Malformed("revoked serials")
        entries = tuple(_read(entry) for entry in _list(fields[ENTRIES]))
        return cls(entries, _moment(fields[ISSUED]), _moment(fields[EXPIRES]), frozenset(serials))


def _written(entry: TrustEntry) -> list[Any]:
    end = 0 if entry.not_after is None else _seconds(entry.not_after)
    purposes = sorted(PURPOSES[name] for name in entry.purposes)
    return [entry.key.raw, _seconds(entry.not_before), end, purposes, int(entry.revoked)]


def _read(item: Any) -> TrustEntry:
    if type(item) is not list or len(item) != 5:
        raise Malformed("entry")
    raw, begins, ends, purposes, revoked = item
    if (
        type(raw) is not bytes
        or revoked not in (0, 1)
        or not all(type(item) is int for item in _list(purposes))
    ):
        raise Malformed("entry")
    # A purpose this version doesn't know is skipped: an older reader must not refuse a newer province's whole list.
    names = frozenset(_NAMES[number] for number in purposes if number in _NAMES)
    end = None if ends == 0 else _moment(ends)
    return TrustEntry(PublicKey.from_raw(raw), names, _moment(begins), end, revoked == 1)


def _list(value: Any) -> list[Any]:
    if type(value) is not list:
        raise Malformed("not a list")
    return value


def _moment(value: Any) -> datetime:
    if type(value) is not int or value >= 2**32:
        raise Malformed("not a time")
    return datetime.fromtimestamp(value, UTC)


def _seconds(moment: datetime) -> int:
    seconds = int(moment.timestamp())
    if moment.tzinfo is None or not 0 <= seconds < 2**32:
        raise InvalidInput("trust_broken", field="time")
    return seconds
