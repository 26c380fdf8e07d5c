"""What goes of a scan when its term is over: whose it was. That it was, where, and what was decided stays to be counted."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lachan.gate.checkpoints.models import Scan

NAMES: dict[str, bytes | None] = {
    "payload": b"",
    "alias": None,
    "serial": None,
    "declaration": None,
    "vehicle": None,
    "plate_index": None,
}


def named(before: datetime) -> QuerySet[Scan]:
    """Scans recorded before a moment that still tell of somebody."""
    return Scan.objects.filter(recorded_at__lt=before).exclude(payload=b"")
