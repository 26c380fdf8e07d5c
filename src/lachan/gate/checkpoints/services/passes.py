"""Codes that no longer count, and whose pass is whose."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet

from lachan.base import keys
from lachan.gate.checkpoints.models import PassSerial, RevokedSerial
from lachan.gate.checkpoints.services import bundle
from lachan.gate.declarations.models import Declaration
from lachan.kernel.clock import local_day
from lachan.kernel.decisions import RESULTS
from lachan.kernel.errors import InvalidInput
from lachan.kernel.passes import PassTerms
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record

MOST_REASON = 200


def serial_of(declaration: UUID) -> UUID:
    """The serial of the pass that a declaration's phone got; a paper card carries the declaration's id itself."""
    return UUID(bytes=keys.keyring().alias("pass", declaration.hex))


def revoke_declaration(declaration: Declaration, reason: str, *, by: Any, now: datetime) -> int:
    """Revoke whatever was given out for a declaration: the phone's pass and the paper card. Returns how many are new."""
    return revoke_given(declaration.pk, reason, unit=declaration.unit, by=by, now=now)


def given_out(declaration: UUID) -> tuple[UUID, UUID]:
    """The serials of what may have been given out for a declaration: the phone's pass, the paper card."""
    return serial_of(declaration), declaration


def revoke_given(declaration: UUID, reason: str, *, unit: str, by: Any, now: datetime) -> int:
    """The same by a declaration's id; `unit` is whose list it stands in."""
    return revoke(given_out(declaration), reason, unit=unit, declaration=declaration, by=by, now=now)


def revoke(
    serials: Iterable[UUID],
    reason: str,
    *,
    unit: str = "",
    declaration: UUID | None = None,
    by: Any,
    now: datetime,
) -> int:
    """Codes of these serials count nowhere any more, once devices have their next rules. Raises InvalidInput("serial_reason")."""
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("serial_reason", field="reason")
    with transaction.atomic():
        wanted = set(serials)
        known = set(RevokedSerial.objects.filter(pk__in=wanted).values_list("pk", flat=True))
        for serial in sorted(wanted - known):
            RevokedSerial.objects.create(
                serial=serial,
                declaration=declaration,
                unit=unit,
                reason=reason,
                revoked_by=by.pk,
                revoked_at=now,
            )
            record(
                "serial.revoked", actor=by, subject_kind="serial", subject=serial, unit=unit, data={}, now=now
            )
    bundle.forget()
    return len(wanted - known)


def restore(row: RevokedSerial, *, by: Any, now: datetime) -> bool:
    """The code counts again, once devices have their next rules. False when it was given back already."""
    with transaction.atomic():
        gone, _ = RevokedSerial.objects.filter(pk=row.pk).delete()
        if gone:
            record("serial.restored", actor=by, subject_kind="serial", subject=row.pk, unit=row.unit, now=now)
    bundle.forget()
    return bool(gone)


def note_passes(declarations: Iterable[Declaration]) -> None:
    """Remember which declaration each pass belongs to. Bears the same one twice.

    Whether a phone had asked for its pass isn't kept; a serial that was never given out is never scanned.
    """
    rows = [
        PassSerial(
            serial=serial_of(one.pk),
            declaration=one.pk,
            alias=one.alias,
            expires_at=one.occurred_at + PassTerms.at(local_day(one.occurred_at)).life[RESULTS[one.result]],
        )
        for one in declarations
    ]
    PassSerial.objects.bulk_create(rows, ignore_conflicts=True, batch_size=500)


def expired(before: datetime) -> QuerySet[PassSerial]:
    """Serials of passes that ended before a moment: a device long offline may still bring a scan of a younger one."""
    return PassSerial.objects.filter(expires_at__lt=before)
