"""One-time codes, and the devices that enrol by them: a code is one device's, for minutes, and kept only as a keyed hash."""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from hmac import compare_digest
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lachan.base import keys
from lachan.gate.checkpoints.models import Device, DeviceLog, EnrolCode, Shift
from lachan.gate.checkpoints.services.shifts import OPEN
from lachan.kernel.clock import local_day
from lachan.kernel.codes import PublicKey
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.places.models import Place

INDEX = "enrol"
CODE_BYTES = PRINT_BYTES = 16
DOMAIN = b"LCE1"
WAS_DOMAIN = b"LCW1"
START = bytes(32)
"""The head of a log with no line."""


@dataclass(frozen=True, slots=True)
class Offered:
    """A fresh code: `address` is what its QR says, and stands nowhere else."""

    row: EnrolCode
    address: str


@dataclass(frozen=True, slots=True)
class Claim:
    """What a device says of itself. `key` is x || y; `proof` its signature over DOMAIN || code || key. `was_proof`: that
    of the device that the same phone was before, over WAS_DOMAIN || code || key."""

    code: bytes
    key: bytes
    proof: bytes
    name: str
    platform: str = ""
    app: str = ""
    was: UUID | None = None
    was_proof: bytes = b""


@dataclass(frozen=True, slots=True)
class Enrolled:
    device: Device
    log: DeviceLog
    shift: Shift
    place: Place


def offer(shift: Shift, *, by: Any, now: datetime) -> Offered:
    """A code for one device of the shift; whatever this account still has open for the shift no longer counts.

    Raises InvalidInput("shift_over").
    """
    if is_over(shift, now):
        raise InvalidInput("shift_over")
    code = secrets.token_bytes(CODE_BYTES)
    with transaction.atomic():
        _open(shift).filter(made_by=by.pk).update(withdrawn_at=now)
        row = EnrolCode.objects.create(
            shift=shift.pk,
            code_hash=keys.keyring().blind(INDEX, code.hex()),
            made_by=by.pk,
            made_at=now,
            expires_at=min(now + EdgeTerms.at(local_day(now)).enrol, shift.ends_at),
        )
        record("enrol_code.made", actor=by, subject_kind="shift", subject=shift.pk, unit=shift.unit, now=now)
    return Offered(row, address_of(code))


def withdraw(shift: Shift, code: Any, *, by: Any, now: datetime) -> bool:
    """Take a shown code back. False when it was used or taken back already."""
    with transaction.atomic():
        changed = _open(shift).filter(pk=code).update(withdrawn_at=now)
        if changed:
            record(
                "enrol_code.withdrawn",
                actor=by,
                subject_kind="shift",
                subject=shift.pk,
                unit=shift.unit,
                now=now,
            )
    return bool(changed)


def _open(shift: Shift) -> Any:
    return EnrolCode.objects.filter(shift=shift.pk, used_at=None, withdrawn_at=None)


def is_over(shift: Shift, now: datetime) -> bool:
    return shift.closed_at is not None or now >= shift.ends_at


def address_of(code: bytes) -> str:
    """The scanner page with the code and the fingerprint of the province's key behind the #, where no server sees them."""
    return f"{settings.PUBLIC_URL}/quet/#LCE1:{_b64url(code)}.{_b64url(fingerprint())}"


def fingerprint() -> bytes:
    """What the device holds the province's answer against."""
    return sha256(keys.keystore().current.public.raw).digest()[:PRINT_BYTES]


def enrol(claim: Claim, now: datetime) -> Enrolled:
    """Make the device and its first log. The code is used up in the same transaction.

    Raises InvalidInput: enrol_unknown, enrol_withdrawn, enrol_used, enrol_expired, shift_over, shift_place_closed,
    key_broken, enrol_proof, enrol_name.
    """
    name = clean_line(claim.name, 80)
    if not name:
        raise InvalidInput("enrol_name", field="name")
    _check_proof(claim)
    code = _found(claim.code)
    shift = Shift.objects.get(pk=code.shift)
    place = Place.objects.get(pk=shift.place)
    _check_open(code, shift, place, now)
    with transaction.atomic():
        device = _device(claim, name, shift, code, now)
        if not EnrolCode.objects.filter(pk=code.pk, used_at=None, withdrawn_at=None).update(
            used_at=now, device=device.pk
        ):
            raise InvalidInput("enrol_used")  # two devices at one moment: the transaction is undone
        device.save(force_insert=True)
        log = open_log(device, now)
        record(
            "device.enrolled",
            actor=code.made_by,
            subject_kind="device",
            subject=device.pk,
            unit=device.unit,
            data={"shift": str(shift.pk), "log": str(log.pk)},
            now=now,
        )
    return Enrolled(device, log, shift, place)


def _check_proof(claim: Claim) -> None:
    key = PublicKey.from_raw(claim.key)
    if not key.verify(claim.proof, DOMAIN + claim.code + claim.key):
        raise InvalidInput("enrol_proof", field="proof")


def _found(code: bytes) -> EnrolCode:
    """By keyed hash, and compared again in constant time."""
    hashes = keys.keyring().blind_all(INDEX, code.hex())
    row = EnrolCode.objects.filter(code_hash__in=hashes).first()
    if row is None or not any(compare_digest(bytes(row.code_hash), each) for each in hashes):
        raise InvalidInput("enrol_unknown", field="code")
    return row


def _check_open(code: EnrolCode, shift: Shift, place: Place, now: datetime) -> None:
    if code.used_at is not None:
        raise InvalidInput("enrol_used", field="code")
    if is_over(shift, now):
        raise InvalidInput("shift_over", field="code")
    if code.withdrawn_at is not None:
        raise InvalidInput("enrol_withdrawn", field="code")
    if now >= code.expires_at:
        raise InvalidInput("enrol_expired", field="code")
    if place.status not in OPEN:
        raise InvalidInput("shift_place_closed", field="code")


def _device(claim: Claim, name: str, shift: Shift, code: EnrolCode, now: datetime) -> Device:
    return Device(
        place=shift.place,
        unit=shift.unit,
        shift=shift.pk,
        name=name,
        platform=clean_line(claim.platform[:80], 80),
        public_key=claim.key,
        was=_was(claim),
        enrolled_at=now,
        enrolled_by=code.made_by,
        last_seen_at=now,
        app=clean_line(claim.app[:40], 40),
    )


def _was(claim: Claim) -> UUID | None:
    """The device that this phone has been, if it proves it; a lost phone's key leads nowhere."""
    before = Device.objects.filter(pk=claim.was, revoked_at=None).first() if claim.was else None
    if before is None:
        return None
    key = PublicKey.from_raw(bytes(before.public_key))
    return before.pk if key.verify(claim.was_proof, WAS_DOMAIN + claim.code + claim.key) else None


def open_log(device: Device, now: datetime) -> DeviceLog:
    """An empty log of the device."""
    return DeviceLog.objects.create(device=device.pk, head=START, opened_at=now, updated_at=now)


def _b64url(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
