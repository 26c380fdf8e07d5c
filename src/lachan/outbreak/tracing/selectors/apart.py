"""When people were kept apart, as the gates know it: isolation stands above tracing, and leaves a hold under each pseudonym."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC, datetime
from uuid import UUID

from lachan.gate.declarations.models import Hold
from lachan.outbreak.tracing.levels import Window
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors.identity import aliases_of_many

ISOLATION = "isolation"
NEVER = datetime(9999, 1, 1, tzinfo=UTC)


def apart(nodes: Collection[UUID]) -> dict[UUID, list[Window]]:
    """Node → the times of its isolation, in order; those who have none aren't in it."""
    owners = {alias: node for node, known in aliases_of_many(nodes).items() for alias in known}
    found: dict[UUID, set[Window]] = {}
    for some in chunks(owners):
        rows = Hold.objects.filter(alias__in=some, reason=ISOLATION)
        for alias, since, until in rows.values_list("alias", "valid_from", "valid_to"):
            if until is None or since < until:
                found.setdefault(owners[alias], set()).add(Window(since, until or NEVER))
    return {node: sorted(its, key=lambda one: (one.since, one.until)) for node, its in found.items()}
