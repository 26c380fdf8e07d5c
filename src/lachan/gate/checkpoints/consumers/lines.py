"""Which lines of devices' logs a consumer hasn't seen yet."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.gate.checkpoints.models import LogRead, Scan
from lachan.registry.audit.consumers import SealedEvent

BROKEN = "broken"
LOGS_A_QUERY = 100


def unread(reader: str, events: Iterable[SealedEvent]) -> list[QuerySet[Scan]]:
    """Queries for the scans of these batches that `reader` hasn't had, and marks them as had. In the caller's transaction.

    A log is read up to its last line told, from wherever the reader stood: batches told twice, or one before the other,
    bring each line once. Lines that couldn't be read by the province are left out.
    """
    ends = _ends(events)
    stood = dict(LogRead.objects.filter(reader=reader, log__in=ends).values_list("log", "seq"))
    fresh = [(log, stood.get(log, 0), end) for log, end in ends.items() if end > stood.get(log, 0)]
    LogRead.objects.bulk_create(
        [LogRead(reader=reader, log=log, seq=end) for log, _, end in fresh],
        update_conflicts=True,
        unique_fields=["reader", "log"],
        update_fields=["seq"],
    )
    return [_scans(fresh[at : at + LOGS_A_QUERY]) for at in range(0, len(fresh), LOGS_A_QUERY)]


def weight(event: SealedEvent) -> int:
    """How many scans an event tells of; a declaration is one row."""
    return int(event.data.get("count", 1))


def _ends(events: Iterable[SealedEvent]) -> dict[UUID, int]:
    ends: dict[UUID, int] = {}
    for event in events:
        log = UUID(event.data["log"])
        ends[log] = max(ends.get(log, 0), int(event.data["last"]))
    return ends


def _scans(ranges: list[tuple[UUID, int, int]]) -> QuerySet[Scan]:
    wanted = Q()
    for log, stood, end in ranges:
        wanted |= Q(log=log, seq__gt=stood, seq__lte=end)
    return Scan.objects.filter(wanted).exclude(how=BROKEN)
