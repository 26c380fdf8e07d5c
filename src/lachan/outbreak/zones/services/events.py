"""The event of a zone."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from lachan.outbreak.zones.models import Zone
from lachan.registry.audit.services import record


def tell(kind: str, zone: Zone, by: Any, now: datetime, **data: Any) -> None:
    told = {"level": zone.level, "kind": zone.kind, **data}
    record(kind, actor=by, subject_kind="zone", subject=zone.pk, unit=zone.unit, data=told, now=now)
