"""One vehicle: who came through a checkpoint in the same one."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from lachan.gate.checkpoints.models import Scan
from lachan.kernel.clock import ms_at
from lachan.kernel.ids import ceil_of, floor_of
from lachan.outbreak.tracing.evidence.ask import Ask, Found
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.presence import chunks

AROUND = timedelta(hours=1)
"""How far apart the scans of one vehicle may be; a scan's id holds its device's time, which is how they are found."""
RIDE = timedelta(minutes=30)
"""What they are taken to have sat together, before the checkpoint and after it."""


def find(ask: Ask) -> Iterator[Found]:
    """One for each other person and vehicle."""
    for some in chunks(ask.aliases):
        mine = Scan.objects.filter(alias__in=some, vehicle__isnull=False)
        for scan in mine.filter(occurred_at__gte=ask.since, occurred_at__lt=ask.until):
            yield from _others(scan, ask)


def _others(scan: Scan, ask: Ask) -> Iterator[Found]:
    near = Scan.objects.filter(
        place=scan.place,
        id__gte=floor_of(ms_at(scan.occurred_at - AROUND)),
        id__lte=ceil_of(ms_at(scan.occurred_at + AROUND)),
        vehicle=scan.vehicle,
        alias__isnull=False,
    )
    weight = ask.contacts.weight("transport")
    for alias in {each for each in near.values_list("alias", flat=True) if each} - ask.aliases:
        yield Found(
            target=alias,
            kind=Exposure.Kind.VISIT,
            evidence=f"vehicle:{scan.vehicle}",
            from_at=max(ask.since, scan.occurred_at - RIDE),
            to_at=min(ask.until, scan.occurred_at + RIDE),
            weight=weight,
            score=ask.terms.strength["vehicle"],
            place=scan.place,
            unit=scan.unit,
            overlap_s=int(2 * RIDE.total_seconds()),
        )
