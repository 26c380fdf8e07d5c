"""What a signed code says: one small frozen class per kind, and its map of integer keys.

Keys 4, 5, 6 and 7 mean what they mean in a CBOR Web Token (RFC 8392: exp, nbf, iat, cti). Keys up to 63 must be
understood, so a reader refuses those it doesn't know; keys from 64 may be ignored. Times are whole seconds since 1970
(u32), days are calendar days in Viet Nam, counted since 1970-01-01.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone
from typing import Any, ClassVar, Literal, TypeAlias
from uuid import UUID

from lachan.kernel.codes.keys import POINT_BYTES, PublicKey
from lachan.kernel.codes.wire import Malformed
from lachan.kernel.errors import InvalidInput

__all__ = [
    "KINDS",
    "PURPOSES",
    "Appointment",
    "CardPass",
    "Claims",
    "FormSerial",
    "HolderClaim",
    "PersonPass",
    "VenuePass",
]

KIND, EXPIRES, NOT_BEFORE, ISSUED, SERIAL, HOLDER = 0, 4, 5, 6, 7, 8
PLACE, NAME, UNIT, SEED, DAY, DECISION, FORM, DIGEST, BODY = 9, 10, 11, 12, 13, 14, 15, 16, 17
STARTS, ENDS, PSEUDONYM = 18, 19, 22  # 20 and 21 belong to the trust list
MUST_UNDERSTAND = 64
ID_BYTES = 16
DIGEST_BYTES = 32
MOST_NAME, MOST_UNIT, MOST_DECISION, MOST_FORM, MOST_BODY = 300, 64, 64, 64, 1500  # bytes of UTF-8

PURPOSES: dict[str, int] = {"venue": 1, "person": 2, "card": 3, "form": 4, "appointment": 5}
"""What an issuer's key may sign: the name and number of every kind that an issuer signs."""

_EPOCH_DAY = date(1970, 1, 1)
_VIETNAM = timezone(timedelta(hours=7))
_LAST_SECOND = 2**32 - 1


class _Reader:
    """Takes typed values out of a code's map. Raises Malformed for a missing, mistyped or not understood key."""

    def __init__(self, fields: Mapping[int, Any]) -> None:
        self._left = dict(fields)
        self._left.pop(KIND, None)

    def data(self, key: int, size: int) -> bytes:
        value = self._left.pop(key, None)
        if type(value) is not bytes or len(value) != size:
            raise Malformed(f"key {key}")
        return value

    def body(self, key: int) -> bytes:
        value = self._left.pop(key, None)
        if type(value) is not bytes or not 0 < len(value) <= MOST_BODY:
            raise Malformed(f"key {key}")
        return value

    def text(self, key: int, most: int) -> str:
        value = self._left.pop(key, None)
        if type(value) is not str or not 0 < len(value.encode()) <= most:
            raise Malformed(f"key {key}")
        return value

    def number(self, key: int) -> int:
        value = self._left.pop(key, None)
        if type(value) is not int or not 0 <= value <= _LAST_SECOND:
            raise Malformed(f"key {key}")
        return value

    def time(self, key: int) -> datetime:
        return datetime.fromtimestamp(self.number(key), UTC)

    def day(self, key: int) -> date:
        try:
            return _EPOCH_DAY + timedelta(days=self.number(key))
        except OverflowError:
            raise Malformed(f"key {key}") from None

    def point(self, key: int) -> PublicKey:
        try:
            return PublicKey.from_raw(self.data(key, POINT_BYTES))
        except InvalidInput:
            raise Malformed(f"key {key}") from None

    def __contains__(self, key: int) -> bool:
        return key in self._left

    def done(self) -> None:
        if any(key < MUST_UNDERSTAND for key in self._left):
            raise Malformed("a key that must be understood")


@dataclass(frozen=True, slots=True)
class VenuePass:
    """A place's poster. `seed` (16 bytes) is this poster's own: it is what revokes one poster, or rotates it daily."""

    kind: ClassVar[str] = "venue"
    place: UUID
    name: str
    unit: str
    seed: bytes
    issued_on: date
    expires_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """Midnight in Viet Nam of the day of issue."""
        return datetime(self.issued_on.year, self.issued_on.month, self.issued_on.day, tzinfo=_VIETNAM)

    @property
    def serials(self) -> tuple[bytes, ...]:
        """What a revocation list may name: the poster's seed, or the place (every poster of it)."""
        return self.seed, self.place.bytes

    def to_map(self) -> dict[int, Any]:
        """The code's map."""
        fields = {PLACE: self.place.bytes, NAME: self.name, UNIT: self.unit, SEED: self.seed}
        return {**fields, DAY: (self.issued_on - _EPOCH_DAY).days, **_optional(EXPIRES, self.expires_at)}

    @classmethod
    def from_reader(cls, read: _Reader) -> VenuePass:
        """The claims of a map. Raises Malformed."""
        return cls(
            place=UUID(bytes=read.data(PLACE, ID_BYTES)),
            name=read.text(NAME, MOST_NAME),
            unit=read.text(UNIT, MOST_UNIT),
            seed=read.data(SEED, ID_BYTES),
            issued_on=read.day(DAY),
            expires_at=read.time(EXPIRES) if EXPIRES in read else None,
        )


@dataclass(frozen=True, slots=True)
class PersonPass:
    """What a declaration earned: a pseudonym (`serial`, 16 bytes) and a decision until `expires_at`, never an identity.

    With `holder`, the pass counts only together with a fresh signature of that key (see `present`).
    """

    kind: ClassVar[str] = "person"
    serial: bytes
    decision: str
    issued_at: datetime
    expires_at: datetime
    holder: PublicKey | None = None

    @property
    def begins_at(self) -> datetime:
        """When it was issued."""
        return self.issued_at

    @property
    def serials(self) -> tuple[bytes, ...]:
        """What a revocation list may name."""
        return (self.serial,)

    def to_map(self) -> dict[int, Any]:
        """The code's map."""
        holder = {HOLDER: self.holder.raw} if self.holder else {}
        times = {EXPIRES: _seconds(self.expires_at), ISSUED: _seconds(self.issued_at)}
        return {SERIAL: self.serial, DECISION: self.decision, **times, **holder}

    @classmethod
    def from_reader(cls, read: _Reader) -> PersonPass:
        """The claims of a map. Raises Malformed."""
        return cls(
            serial=read.data(SERIAL, ID_BYTES),
            decision=read.text(DECISION, MOST_DECISION),
            issued_at=read.time(ISSUED),
            expires_at=read.time(EXPIRES),
            holder=read.point(HOLDER) if HOLDER in read else None,
        )


@dataclass(frozen=True, slots=True)
class CardPass:
    """A paper card: a signed serial (16 bytes) only. What it stands for is asked of the server, with a permission."""

    kind: ClassVar[str] = "card"
    serial: bytes
    issued_at: datetime
    expires_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """When it was issued."""
        return self.issued_at

    @property
    def serials(self) -> tuple[bytes, ...]:
        """What a revocation list may name."""
        return (self.serial,)

    def to_map(self) -> dict[int, Any]:
        """The code's map."""
        return {SERIAL: self.serial, ISSUED: _seconds(self.issued_at), **_optional(EXPIRES, self.expires_at)}

    @classmethod
    def from_reader(cls, read: _Reader) -> CardPass:
        """The claims of a map. Raises Malformed."""
        return cls(
            serial=read.data(SERIAL, ID_BYTES),
            issued_at=read.time(ISSUED),
            expires_at=read.time(EXPIRES) if EXPIRES in read else None,
        )


@dataclass(frozen=True, slots=True)
class FormSerial:
    """The corner of an A4 paper form: its own serial (16 bytes) and which form, in which version, was printed."""

    kind: ClassVar[str] = "form"
    serial: bytes
    form: str
    issued_at: datetime
    expires_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """When it was printed."""
        return self.issued_at

    @property
    def serials(self) -> tuple[bytes, ...]:
        """What a revocation list may name."""
        return (self.serial,)

    def to_map(self) -> dict[int, Any]:
        """The code's map."""
        fields = {SERIAL: self.serial, FORM: self.form, ISSUED: _seconds(self.issued_at)}
        return {**fields, **_optional(EXPIRES, self.expires_at)}

    @classmethod
    def from_reader(cls, read: _Reader) -> FormSerial:
        """The claims of a map. Raises Malformed."""
        return cls(
            serial=read.data(SERIAL, ID_BYTES),
            form=read.text(FORM, MOST_FORM),
            issued_at=read.time(ISSUED),
            expires_at=read.time(EXPIRES) if EXPIRES in read else None,
        )


@dataclass(frozen=True, slots=True)
class Appointment:
    """A booked hour at a place: whose (`pseudonym`, 16 bytes), where, and when; never what for.

    `serial` is the appointment's id. It is kept from `starts_at` to `ends_at`; the code itself counts from `valid_from`
    to `expires_at`, which leave time to travel there and back.
    """

    kind: ClassVar[str] = "appointment"
    serial: bytes
    pseudonym: bytes
    place: UUID
    name: str
    unit: str
    starts_at: datetime
    ends_at: datetime
    valid_from: datetime
    expires_at: datetime

    @property
    def begins_at(self) -> datetime:
        """From when the code counts."""
        return self.valid_from

    @property
    def serials(self) -> tuple[bytes, ...]:
        """What a revocation list may name."""
        return (self.serial,)

    def to_map(self) -> dict[int, Any]:
        """The code's map."""
        who = {SERIAL: self.serial, PSEUDONYM: self.pseudonym}
        where = {PLACE: self.place.bytes, NAME: self.name, UNIT: self.unit}
        hours = {STARTS: _seconds(self.starts_at), ENDS: _seconds(self.ends_at)}
        life = {NOT_BEFORE: _seconds(self.valid_from), EXPIRES: _seconds(self.expires_at)}
        return {**who, **where, **hours, **life}

    @classmethod
    def from_reader(cls, read: _Reader) -> Appointment:
        """The claims of a map. Raises Malformed, also for an hour outside the code's own life."""
        found = cls(
            serial=read.data(SERIAL, ID_BYTES),
            pseudonym=read.data(PSEUDONYM, ID_BYTES),
            place=UUID(bytes=read.data(PLACE, ID_BYTES)),
            name=read.text(NAME, MOST_NAME),
            unit=read.text(UNIT, MOST_UNIT),
            starts_at=read.time(STARTS),
            ends_at=read.time(ENDS),
            valid_from=read.time(NOT_BEFORE),
            expires_at=read.time(EXPIRES),
        )
        if not found.valid_from <= found.starts_at < found.ends_at <= found.expires_at:
            raise Malformed("hours out of order")
        return found

    def stands(self, now: datetime) -> Literal["before", "now", "after"]:
        """Where a moment stands to the booked hour."""
        if now < self.starts_at:
            return "before"
        return "now" if now < self.ends_at else "after"


@dataclass(frozen=True, slots=True)
class HolderClaim:
    """What a phone without a network says of itself, signed by its own key: never confirmed by anybody.

    Exactly one of `digest` (32-byte SHA-256 of the declaration) and `body` (the compact declaration itself, up to
    1500 bytes). `place` is where it is shown.
    """

    kind: ClassVar[str] = "claim"
    serial: bytes
    holder: PublicKey
    issued_at: datetime
    digest: bytes | None = None
    body: bytes | None = None
    place: UUID | None = None
    expires_at: datetime | None = None

    @property
    def begins_at(self) -> datetime:
        """When it was made, by the phone's clock."""
        return self.issued_at

    @property
    def serials(self) -> tuple[bytes, ...]:
        """What a revocation list may name."""
        return (self.serial,)

    def to_map(self) -> dict[int, Any]:
        """The code's map."""
        said = {
            DIGEST: self.digest,
            BODY: self.body,
            PLACE: self.place.bytes if self.place else None,
        }
        fields = {SERIAL: self.serial, HOLDER: self.holder.raw, ISSUED: _seconds(self.issued_at)}
        present = {key: value for key, value in said.items() if value is not None}
        return {**fields, **present, **_optional(EXPIRES, self.expires_at)}

    @classmethod
    def from_reader(cls, read: _Reader) -> HolderClaim:
        """The claims of a map. Raises Malformed."""
        if (DIGEST in read) == (BODY in read):
            raise Malformed("one of digest and body")
        return cls(
            serial=read.data(SERIAL, ID_BYTES),
            holder=read.point(HOLDER),
            issued_at=read.time(ISSUED),
            digest=read.data(DIGEST, DIGEST_BYTES) if DIGEST in read else None,
            body=read.body(BODY) if BODY in read else None,
            place=UUID(bytes=read.data(PLACE, ID_BYTES)) if PLACE in read else None,
            expires_at=read.time(EXPIRES) if EXPIRES in read else None,
        )


Claims: TypeAlias = VenuePass | PersonPass | CardPass | FormSerial | Appointment | HolderClaim

KINDS: dict[int, type[Claims]] = {
    1: VenuePass, 2: PersonPass, 3: CardPass, 4: FormSerial, 5: Appointment, 6: HolderClaim,
}  # fmt: skip
"""The class of every kind number. 16 is the trust list, which is no code."""

_NUMBERS = {cls: number for number, cls in KINDS.items()}


def to_fields(claims: Claims) -> dict[int, Any]:
    """The whole map of a code. Raises InvalidInput("code_claims", field) when it couldn't be read back."""
    try:
        fields = {KIND: _NUMBERS[type(claims)], **claims.to_map()}
        from_fields(fields)
    except (ValueError, OverflowError, TypeError) as error:  # Malformed is a ValueError
        raise InvalidInput("code_claims", reason=str(error)) from None
    return fields


def from_fields(fields: object) -> Claims:
    """The claims of a decoded map. Raises Malformed."""
    if type(fields) is not dict:
        raise Malformed("not a map")
    kind = KINDS.get(fields.get(KIND, -1))
    if kind is None:
        raise Malformed("unknown kind")
    reader = _Reader(fields)
    claims = kind.from_reader(reader)
    reader.done()
    return claims


def _seconds(moment: datetime) -> int:
    if moment.tzinfo is None:
        raise ValueError("a time without a zone")
    seconds = int(moment.timestamp())
    if not 0 <= seconds <= _LAST_SECOND:
        raise ValueError("a time outside 1970 to 2106")
    return seconds


def _optional(key: int, moment: datetime | None) -> dict[int, int]:
    return {} if moment is None else {key: _seconds(moment)}
