"""What officers say of exposures: they count, they don't, or it is open again."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.services import follow_up, reviewing
from lachan.registry.audit import services as audit
from lachan.registry.audit.rows import event_row

MOST_REASON = 300


def confirm(exposures: Iterable[Exposure], *, by: Any, now: datetime) -> int:
    """They count: whoever is reached by them is a contact. Returns how many changed."""
    return _decide(exposures, Exposure.Status.CONFIRMED, "", by, now)


def dismiss(exposures: Iterable[Exposure], reason: str, *, by: Any, now: datetime) -> int:
    """They don't count, and stay with the reason. Raises InvalidInput `tracing_reason` without one."""
    tidy = " ".join(reason.split())[:MOST_REASON]
    if not tidy:
        raise InvalidInput("tracing_reason", field="reason")
    return _decide(exposures, Exposure.Status.DISMISSED, tidy, by, now)


def reconsider(exposures: Iterable[Exposure], *, by: Any, now: datetime) -> int:
    """Take a decision back: they wait again."""
    return _decide(exposures, Exposure.Status.PROPOSED, "", by, now)


@transaction.atomic
def _decide(exposures: Iterable[Exposure], status: str, reason: str, by: Any, now: datetime) -> int:
    ids = sorted(one.pk for one in exposures)
    rows = [row for row in _locked(ids) if (row.status, row.reason) != (status, reason)]
    for row in rows:
        row.status, row.reason, row.decided_by, row.decided_at = status, reason, by.pk, now
    Exposure.objects.bulk_update(rows, ["status", "reason", "decided_by", "decided_at"], batch_size=200)
    audit.record_rows(
        event_row(
            "exposure.decided",
            now=now,
            actor=by.pk,
            subject_kind="exposure",
            subject=row.pk,
            unit=row.unit,
            data={"to": status},
            written=reason.encode() or None,
        )
        for row in rows
    )
    for disease in sorted({row.disease for row in rows}):
        touched = [row.target for row in rows if row.disease == disease]
        follow_up.sync(disease, touched, onward=True, by=by, now=now)
    reviewing.due_of(rows, by=by, now=now)
    return len(rows)


def _locked(ids: list[UUID]) -> list[Exposure]:
    found: list[Exposure] = []
    for at in range(0, len(ids), 500):
        found += Exposure.objects.select_for_update().filter(pk__in=ids[at : at + 500]).order_by("pk")
    return found
