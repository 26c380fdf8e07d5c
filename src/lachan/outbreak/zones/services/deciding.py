"""A person decides by a document; nothing else changes what is in force. What is in force reaches the gates from here."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from lachan.gate.declarations.services import world
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line, clean_text
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.zones.models import Zone
from lachan.outbreak.zones.services.events import tell
from lachan.outbreak.zones.services.needs import close_tasks, list_households

DECIDE = "zones.decide"
MOST_DOCUMENT, MOST_REASON, MOST_MEASURES = 200, 300, 4000
Status = Zone.Status


@transaction.atomic
def decide(
    zone: Zone,
    *,
    document: str,
    level: int | None = None,
    reason: str = "",
    measures: str | None = None,
    from_at: datetime,
    to_at: datetime | None = None,
    by: Any,
    now: datetime,
) -> Zone:
    """Put a proposal into force by its document. Another level than the rules propose needs a reason.

    It takes the place of the level that was in force for the unit and the disease. Raises InvalidInput with its field:
    `zone_document`, `zone_times`, `zone_level`, `zone_reason`, `zone_not_open`, `zone_not_yours`.
    """
    row = _locked(zone, Status.PROPOSED, by, now)
    document = _document(document)
    if to_at is not None and (to_at <= from_at or to_at <= now):
        raise InvalidInput("zone_times", field="to_at")
    if row.kind == Zone.Kind.LOCKDOWN and to_at is None:
        raise InvalidInput("zone_end", field="to_at")
    _take_level(row, level, clean_line(reason, MOST_REASON))
    row.document, row.from_at, row.to_at = document, from_at, to_at
    if measures is not None:
        row.measures = clean_text(measures, MOST_MEASURES) if measures.strip() else ""
    row.status, row.decided_by, row.decided_at = Status.DECIDED, by.pk, now
    _replace(row, by, now)
    row.save()
    tell("zone.decided", row, by, now)
    tasks.finish("zone.decide", row.pk, by=by, now=now)
    if row.kind == Zone.Kind.LOCKDOWN:
        list_households(row, now=now)
    _tell_gates(row, document, from_at, by, now)
    return row


def _take_level(row: Zone, level: int | None, reason: str) -> None:
    if level is None or level == row.level:
        return
    if row.kind == Zone.Kind.LOCKDOWN or level not in range(1, 5):
        raise InvalidInput("zone_level", field="level")
    if not reason:
        raise InvalidInput("zone_reason", field="reason")
    row.inputs = {**row.inputs, "proposed": row.level, "deviation": reason}
    row.level = level


def _replace(row: Zone, by: Any, now: datetime) -> None:
    """The level that was in force ends where the new one begins."""
    if row.kind != Zone.Kind.LEVEL:
        return
    earlier = Zone.objects.filter(
        unit=row.unit, disease=row.disease, kind=Zone.Kind.LEVEL, status=Status.DECIDED
    ).exclude(pk=row.pk)
    for old in earlier.select_for_update():
        old.status, old.lifted_by, old.lifted_at = Status.LIFTED, by.pk, now
        old.to_at = min(old.to_at or row.from_at, row.from_at) if row.from_at else old.to_at
        old.lift_document = row.document
        old.save()
        tell("zone.lifted", old, by, now, replaced=str(row.pk))


@transaction.atomic
def lift(zone: Zone, *, document: str, reason: str, by: Any, now: datetime) -> Zone:
    """End what is in force, by a document and with a reason. Raises InvalidInput as `decide` does."""
    row = _locked(zone, Status.DECIDED, by, now)
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("zone_reason", field="reason")
    row.lift_document = _document(document)
    row.lift_reason = reason
    _end(row, by, now)
    return row


def _end(row: Zone, by: Any, now: datetime) -> None:
    row.status, row.lifted_by, row.lifted_at = Status.LIFTED, getattr(by, "pk", None), now
    row.to_at = min(row.to_at or now, now)
    row.save()
    tell("zone.lifted", row, by, now)
    close_tasks(row, now)
    _tell_gates(row, row.lift_document or row.document, now, by, now)


@transaction.atomic
def refuse(zone: Zone, reason: str, *, by: Any, now: datetime) -> Zone:
    """A proposal that isn't followed, with the reason."""
    row = _locked(zone, Status.PROPOSED, by, now)
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("zone_reason", field="reason")
    row.status, row.decided_by, row.decided_at, row.lift_reason = Status.REFUSED, by.pk, now, reason
    row.save()
    tell("zone.refused", row, by, now)
    tasks.cancel("zone.decide", row.pk, now=now)
    return row


def end_due(now: datetime) -> int:
    """What was decided until a moment that has passed is over; returns how many. The worker calls it."""
    due = Zone.objects.filter(status=Status.DECIDED, to_at__lte=now).order_by("to_at", "id")
    return sum(_end_one(zone, now) for zone in due)


@transaction.atomic
def _end_one(zone: Zone, now: datetime) -> int:
    row = Zone.objects.select_for_update().filter(pk=zone.pk, status=Status.DECIDED, to_at__lte=now).first()
    if row is None:
        return 0
    _end(row, None, now)
    return 1


def _locked(zone: Zone, status: Zone.Status, by: Any, now: datetime) -> Zone:
    row = Zone.objects.select_for_update().get(pk=zone.pk)
    if not by.scope(DECIDE, now).covers(row.unit):
        raise InvalidInput("zone_not_yours")
    if row.status != status:
        raise InvalidInput("zone_not_open")
    return row


def _document(text: str) -> str:
    document = clean_line(text, MOST_DOCUMENT)
    if not document:
        raise InvalidInput("zone_document", field="document")
    return document


def _tell_gates(zone: Zone, document: str, at: datetime, by: Any, now: datetime) -> None:
    """The gates look at one level a unit: the highest of what is in force for the whole of it. A part of a commune that is
    locked down says nothing of the rest of it."""
    if zone.outline is not None or zone.hamlets:
        return
    standing = Zone.objects.filter(
        Q(to_at=None) | Q(to_at__gt=at), unit=zone.unit, status=Status.DECIDED, from_at__lte=at
    )
    whole = [one.level for one in standing if one.outline is None and not one.hamlets]
    level = max(whole, default=1)
    made = world.set_level(zone.unit, level, document, valid_from=at, by=by, now=now)
    Zone.objects.filter(pk=zone.pk).update(area_level=made.pk)
    zone.area_level = made.pk
