"""Visits and how full a place is, from the scans at its doors. A checkpoint on a road is no place that one stays at."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from uuid import UUID

from django.db.models import F, QuerySet
from django.db.models.functions import Greatest

from lachan.gate.checkpoints.consumers.counts import UNSCANNED
from lachan.gate.checkpoints.consumers.lines import unread, weight
from lachan.gate.checkpoints.consumers.people import aliases
from lachan.gate.checkpoints.models import GateResult, Occupancy, Outcome, Scan, Visit
from lachan.gate.checkpoints.visits.services import LONGEST
from lachan.registry.audit.consumers import SealedEvent, consumer
from lachan.registry.places.models import Place

STOPPED = {Outcome.TURNED_BACK, Outcome.SENT_TO_TEST, Outcome.HANDED_OVER}
NEEDED = (
    "id", "place", "unit", "direction", "how", "result", "overridden", "outcome", "alias", "serial", "declaration", "count",
    "occurred_at", "recorded_at",
)  # fmt: skip


@consumer("checkpoints.visits", kinds={"scan.batch"}, weigh=weight)
def keep(events: list[SealedEvent], now: datetime) -> None:
    """Who was let in is inside until a door says otherwise; each place's count changes once, by all of it."""
    change: Counter[UUID] = Counter()
    units: dict[UUID, str] = {}
    for scans in unread("visits", events):
        rows = [scan for scan in scans.exclude(direction="").only(*NEEDED) if let_through(scan)]
        known, stays = aliases(rows), _places_to_stay({scan.place for scan in rows})
        for scan in sorted(rows, key=lambda one: (one.occurred_at, one.id)):
            if scan.place in stays:
                units[scan.place] = scan.unit
                change[scan.place] += _went(scan, scan.alias or known.get(scan.id), now)
    _count(change, units, now)


def let_through(scan: Scan) -> bool:
    """Whoever leaves has left; whoever comes is inside only when neither the decision nor the outcome stopped them."""
    decided = scan.result if scan.overridden is None else scan.overridden
    return scan.direction == "out" or (decided <= GateResult.ADVISE and scan.outcome not in STOPPED)


def _places_to_stay(places: set[UUID]) -> set[UUID]:
    rows = Place.objects.filter(pk__in=places).exclude(kind=Place.Kind.CHECKPOINT)
    return set(rows.values_list("pk", flat=True))


def _went(scan: Scan, who: UUID | None, now: datetime) -> int:
    """By how many the people inside change. Who is nobody's pseudonym is only counted."""
    step = 1 if scan.direction == "in" else -1
    if who is None or scan.how == UNSCANNED:
        return step * scan.count if _recent(scan.occurred_at, now) else 0
    return _came(scan, who, now) if step > 0 else _left(scan, who, now)


def _came(scan: Scan, who: UUID, now: datetime) -> int:
    """In again while inside is the same visit. An exit that another device brought earlier gets its entry."""
    at, visits = scan.occurred_at, _visits(scan, who)
    if visits.filter(in_at__lte=at, in_at__gt=at - LONGEST, out_at=None).exists():
        return 0
    left = visits.filter(in_at=None, out_at__gte=at, out_at__lt=at + LONGEST).order_by("out_at").first()
    if left is not None:
        Visit.objects.filter(pk=left.pk).update(in_at=at, scan_in=scan.id, changed_at=now)
        return 0
    _visit(scan, who, now, in_at=at, scan_in=scan.id)
    return int(_recent(at, now))


def _left(scan: Scan, who: UUID, now: datetime) -> int:
    """An exit without an entry stays a half visit: the entry may still come from another door."""
    at = scan.occurred_at
    inside = _visits(scan, who).filter(in_at__lte=at, in_at__gt=at - LONGEST, out_at=None)
    visit = inside.order_by("-in_at").first()
    if visit is None:
        _visit(scan, who, now, out_at=at, scan_out=scan.id)
        return 0
    Visit.objects.filter(pk=visit.pk).update(out_at=at, scan_out=scan.id, changed_at=now)
    return -int(_recent(visit.in_at or at, now))


def _visits(scan: Scan, who: UUID) -> QuerySet[Visit]:
    return Visit.objects.filter(place=scan.place, alias=who, source=Visit.Source.SCAN)


def _visit(scan: Scan, who: UUID, now: datetime, **moments: object) -> None:
    Visit.objects.create(
        place=scan.place,
        unit=scan.unit,
        alias=who,
        source=Visit.Source.SCAN,
        recorded_at=scan.recorded_at,
        changed_at=now,
        **moments,
    )


def _recent(at: datetime, now: datetime) -> bool:
    """Whether someone who came then still counts as inside, had nobody seen them leave."""
    return at > now - LONGEST


def _count(change: Counter[UUID], units: dict[UUID, str], now: datetime) -> None:
    """Never below nobody, whatever was forgotten."""
    changed = {place: by for place, by in change.items() if by}
    Occupancy.objects.bulk_create(
        [Occupancy(place=place, unit=units[place], updated_at=now) for place in changed],
        ignore_conflicts=True,
    )
    for place, by in changed.items():
        row = Occupancy.objects.filter(place=place)
        row.update(inside=Greatest(F("inside") + by, 0), updated_at=now)
