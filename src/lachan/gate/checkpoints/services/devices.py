"""What happens to an enrolled device: heard of, given a new log, revoked at a distance."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.gate.checkpoints.models import Device, DeviceLog
from lachan.gate.checkpoints.services.enrol import open_log
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record

MOST_REASON = 200


def revoke(device: Device, reason: str, *, by: Any, now: datetime) -> Device:
    """The device gets no rules any more, and what it scans from now on is marked.

    Raises InvalidInput: device_reason, device_already_revoked, text_….
    """
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("device_reason", field="reason")
    with transaction.atomic():
        changed = Device.objects.filter(pk=device.pk, revoked_at=None).update(
            revoked_at=now, revoked_by=by.pk, revoke_reason=reason
        )
        if not changed:
            raise InvalidInput("device_already_revoked")
        record(
            "device.revoked",
            actor=by,
            subject_kind="device",
            subject=device.pk,
            unit=device.unit,
            data={"shift": str(device.shift)},
            now=now,
        )
    device.refresh_from_db()
    return device


def heard(device: Device, now: datetime, **told: Any) -> None:
    """Note a sign of life, with what it told of itself: `app`, `waiting`, `bundle`, `bundle_at`."""
    Device.objects.filter(pk=device.pk).update(last_seen_at=now, **told)


def next_log(device: Device, log: UUID, now: datetime) -> DeviceLog:
    """Close a log that holds something else than the device's, and open the next; asked again, the same one.

    A log that isn't the device's closes nothing.
    """
    with transaction.atomic():
        closed = DeviceLog.objects.filter(pk=log, device=device.pk, closed_at=None).update(closed_at=now)
        standing = current_log(device)
        if not closed and standing is not None:
            return standing
        fresh = open_log(device, now)
        record(
            "device.log_opened",
            subject_kind="device",
            subject=device.pk,
            unit=device.unit,
            data={"log": str(fresh.pk)},
            now=now,
        )
    return fresh


def current_log(device: Device) -> DeviceLog | None:
    """The device's newest open log."""
    return DeviceLog.objects.filter(device=device.pk, closed_at=None).order_by("-id").first()
