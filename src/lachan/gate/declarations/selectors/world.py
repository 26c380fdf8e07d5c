"""The levels of areas, as decisions and queues look at them."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q

from lachan.gate.declarations.models import AreaLevel


def area_levels(now: datetime) -> dict[str, int]:
    """{unit path: level 1 to 4} in force now; the latest order of a unit counts."""
    rows = AreaLevel.objects.filter(Q(valid_to=None) | Q(valid_to__gt=now), valid_from__lte=now).order_by(
        "valid_from", "id"
    )
    return {row.unit: row.level for row in rows}


def level_of(unit: str, levels: dict[str, int]) -> int:
    """The level at a unit: its own, else that of the nearest unit above it; 0 where none is set."""
    while unit:
        if unit in levels:
            return levels[unit]
        unit = unit.rstrip("/").rpartition("/")[0]
        unit = f"{unit}/" if unit else ""
    return 0
