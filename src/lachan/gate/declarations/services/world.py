"""Writing what gate decisions look at: holds on people and the level of areas. Floors above leave theirs through here."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lachan.gate.declarations.models import AreaLevel, Hold
from lachan.registry.audit import services as audit

LEVELS = range(1, 5)


@transaction.atomic
def hold(
    alias: UUID,
    reason: str,
    document: str,
    *,
    valid_from: datetime,
    valid_to: datetime | None,
    by: Any,
    now: datetime,
) -> Hold:
    """The gate doesn't pass this person in the given time, by the named document."""
    if not document.strip():
        raise ValueError("a hold needs its document")
    row = Hold.objects.create(
        alias=alias,
        reason=reason,
        document=document,
        valid_from=valid_from,
        valid_to=valid_to,
        made_by=getattr(by, "pk", None),
    )
    audit.record("hold.made", actor=by, subject_kind="hold", subject=row.id, data={"reason": reason}, now=now)
    return row


@transaction.atomic
def release(row: Hold, *, by: Any, now: datetime) -> None:
    Hold.objects.filter(pk=row.pk).update(valid_to=now)
    audit.record("hold.released", actor=by, subject_kind="hold", subject=row.id, now=now)


@transaction.atomic
def set_level(
    unit: str, level: int, document: str, *, valid_from: datetime, by: Any, now: datetime
) -> AreaLevel:
    """A unit's level from a time on; ends the level in force there."""
    if level not in LEVELS or not document.strip():
        raise ValueError("a level is 1 to 4 and has its document")
    AreaLevel.objects.filter(
        Q(valid_to=None) | Q(valid_to__gt=valid_from), unit=unit, valid_from__lte=valid_from
    ).update(valid_to=valid_from)
    row = AreaLevel.objects.create(
        unit=unit, level=level, document=document, valid_from=valid_from, made_by=getattr(by, "pk", None)
    )
    audit.record(
        "area.level", actor=by, subject_kind="area", subject=row.id, unit=unit, data={"level": level}, now=now
    )
    return row
