"""Writes about visits. Each appends its event in its own transaction and keeps the count of those inside."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet
from django.db.models.functions import Greatest

from lachan.gate.checkpoints.models import Guest, Occupancy, Visit
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.kernel.text import clean_line, clean_name
from lachan.registry.audit import services as audit
from lachan.registry.places.models import Place

LONGEST = timedelta(hours=16)
"""Who never says goodbye counts as gone after so long."""
MOST_CAPACITY = 100_000
BATCH = 1000
OPEN = (Place.Status.ACTIVE, Place.Status.PROVISIONAL)


@dataclass(frozen=True, slots=True)
class Told:
    """A visit as the visitor's phone kept it. `id`: made by the phone, the same however often the visit is told."""

    id: UUID
    in_at: datetime
    out_at: datetime | None = None


def check_in(place: Place, pseudonym: UUID, now: datetime) -> Visit:
    """Someone comes in; again while inside is the same visit. Raises InvalidInput("visit_place_closed")."""
    if place.status not in OPEN:
        raise InvalidInput("visit_place_closed")
    with transaction.atomic():
        _locked(place, now)
        inside = _open(place, pseudonym, now)
        if inside is not None:
            return inside
        visit = _enter(place, pseudonym, Visit.Source.SELF, now)
        _tell("visit.checked_in", visit, now)
    return visit


def check_out(place: Place, pseudonym: UUID, now: datetime) -> Visit | None:
    """Someone leaves; None if they weren't inside."""
    with transaction.atomic():
        _locked(place, now)
        visit = _open(place, pseudonym, now)
        if visit is None:
            return None
        _leave(visit, now, now)
        _tell("visit.checked_out", visit, now)
    return visit


def told(place: Place, pseudonym: UUID, said: Told, now: datetime) -> Visit:
    """A visit that a phone tells, at once or when it has a network again; twice is once, and who has left stays gone.

    Raises InvalidInput ``visit_place_closed``, ``visit_too_old``, ``visit_not_yours``.
    """
    came = min(said.in_at, now)  # a clock that runs ahead isn't believed
    with transaction.atomic():
        _locked(place, now)
        visit = Visit.objects.filter(pk=said.id).first() or _around(place, pseudonym, came)
        if visit is None:
            visit = _told_in(place, pseudonym, said.id, came, now)
        elif (visit.place, visit.alias, visit.source) != (place.pk, pseudonym, Visit.Source.SELF):
            raise InvalidInput("visit_not_yours")
        if said.out_at is not None and visit.out_at is None:
            _leave(visit, max(min(said.out_at, now), visit.in_at or came), now)
            _tell("visit.checked_out", visit, now)
    return visit


def _told_in(place: Place, pseudonym: UUID, pk: UUID, came: datetime, now: datetime) -> Visit:
    if place.status not in OPEN:
        raise InvalidInput("visit_place_closed")
    if came < now - EdgeTerms.at(local_day(now)).checkin_kept:
        raise InvalidInput("visit_too_old")
    visit = _enter(place, pseudonym, Visit.Source.SELF, now, came, pk)
    _tell("visit.checked_in", visit, now)
    return visit


def _around(place: Place, pseudonym: UUID, at: datetime) -> Visit | None:
    """The visit that a moment lies in: begun in a page without scripts, then told by the one with them."""
    lasts = Q(out_at__isnull=True) | Q(out_at__gte=at)
    return _own(place, pseudonym).filter(lasts, in_at__gt=at - LONGEST, in_at__lte=at).first()


def forget(pseudonym: UUID, now: datetime) -> int:
    """Everything that a phone checked in: its owner's wish. How many visits are gone."""
    with transaction.atomic():
        rows = list(Visit.objects.select_for_update().filter(alias=pseudonym, source=Visit.Source.SELF))
        for visit in rows:
            if visit.out_at is None and _counted(visit, now):
                _count(visit.place, visit.unit, -1, now)
        Visit.objects.filter(pk__in=[visit.pk for visit in rows]).delete()
        audit.record("visit.forgotten", now=now, data={"rows": len(rows)})
    return len(rows)


def enter_guest(place: Place, name: str, host: str, purpose: str, by: Any, now: datetime) -> Guest:
    """A guest of an office. Raises InvalidInput for the name, ``guest_name`` when there is none."""
    if not name.strip():
        raise InvalidInput("guest_name")
    said = clean_name(name), clean_line(host, 80), clean_line(purpose, 120)
    with transaction.atomic():
        _locked(place, now)
        visit = _enter(place, _anyone(), Visit.Source.BOOK, now)
        guest = Guest.objects.create(
            visit=visit.pk, place=place.pk, name=said[0], host=said[1], purpose=said[2], recorded_at=now
        )
        _tell("guest.entered", visit, now, by)
    return guest


def guest_left(guest: Guest, by: Any, now: datetime) -> None:
    """The guest has gone; twice is once."""
    with transaction.atomic():
        visit = Visit.objects.select_for_update().get(pk=guest.visit)
        if visit.out_at is None:
            _leave(visit, now, now)
            _tell("guest.left", visit, now, by)


def set_capacity(place: Place, capacity: int | None, by: Any, now: datetime) -> None:
    """How many the place takes; None: no limit. Raises InvalidInput("capacity_range")."""
    if capacity is not None and not 1 <= capacity <= MOST_CAPACITY:
        raise InvalidInput("capacity_range", most=MOST_CAPACITY)
    with transaction.atomic():
        _locked(place, now)
        Occupancy.objects.filter(place=place.pk).update(capacity=capacity, updated_at=now)
        audit.record(
            "place.capacity_set", actor=by, subject_kind="place", subject=place.pk, unit=place.unit,
            data={"capacity": capacity}, now=now,
        )  # fmt: skip


def purge(now: datetime) -> int:
    """Check-ins and visitor books past their term (`edge.toml`); how many visits went."""
    before, total = now - EdgeTerms.at(local_day(now)).checkin_kept, 0
    while True:
        with transaction.atomic():
            old = Visit.objects.filter(
                recorded_at__lt=before, source__in=(Visit.Source.SELF, Visit.Source.BOOK)
            )
            ids = list(old.order_by("pk").values_list("pk", flat=True)[:BATCH])
            if not ids:
                return total
            Guest.objects.filter(visit__in=ids).delete()
            Visit.objects.filter(pk__in=ids).delete()
            audit.record("visit.purged", now=now, data={"rows": len(ids)})
            total += len(ids)


def scanned(before: datetime) -> QuerySet[Visit]:
    """Visits that a gate's scans made, recorded before a moment; `retention.toml` says how long they are kept."""
    return Visit.objects.filter(recorded_at__lt=before, source=Visit.Source.SCAN)


def recount(now: datetime) -> int:
    """Who never said goodbye is inside no longer: the counters are set to those who are. How many counters changed."""
    inside = Q(in_at__gt=now - LONGEST, out_at__isnull=True)
    rows = Visit.objects.filter(inside).order_by().values_list("place").annotate(count=Count("pk"))
    found, changed = dict(rows), 0
    for place, counted in Occupancy.objects.filter(inside__gt=0).values_list("place", "inside"):
        if counted > found.get(place, 0):
            changed += Occupancy.objects.filter(place=place, inside=counted).update(
                inside=found.get(place, 0), updated_at=now
            )
    return changed


def _anyone() -> UUID:
    """A guest who shows no paper is nobody else's visit."""
    return uuid7()


def _locked(place: Place, now: datetime) -> None:
    """The place's counter, held until the transaction ends: two doors don't count over each other."""
    Occupancy.objects.get_or_create(place=place.pk, defaults={"unit": place.unit, "updated_at": now})
    Occupancy.objects.select_for_update().get(place=place.pk)


def _own(place: Place, pseudonym: UUID) -> QuerySet[Visit]:
    rows = Visit.objects.filter(place=place.pk, alias=pseudonym, source=Visit.Source.SELF)
    return rows.order_by("-in_at")


def _open(place: Place, pseudonym: UUID, now: datetime) -> Visit | None:
    return _own(place, pseudonym).filter(out_at__isnull=True, in_at__gt=now - LONGEST).first()


def _enter(
    place: Place, who: UUID, source: str, now: datetime, came: datetime | None = None, pk: UUID | None = None
) -> Visit:
    visit = Visit(
        pk=pk or uuid7(), place=place.pk, unit=place.unit, alias=who, source=source, in_at=came or now,
        recorded_at=now, changed_at=now,
    )  # fmt: skip
    visit.save(force_insert=True)
    if _counted(visit, now):
        _count(place.pk, place.unit, 1, now)
    return visit


def _leave(visit: Visit, at: datetime, now: datetime) -> None:
    visit.out_at, visit.changed_at = at, now
    visit.save(update_fields=["out_at", "changed_at"])
    if _counted(visit, now):
        _count(visit.place, visit.unit, -1, now)


def _counted(visit: Visit, now: datetime) -> bool:
    """Whether who came then still counts as inside, had nobody seen them leave."""
    return visit.in_at is not None and visit.in_at > now - LONGEST


def _count(place: UUID, unit: str, by: int, now: datetime) -> None:
    """Never below nobody, whatever was forgotten."""
    Occupancy.objects.get_or_create(place=place, defaults={"unit": unit, "updated_at": now})
    Occupancy.objects.filter(place=place).update(inside=Greatest(F("inside") + by, 0), updated_at=now)


def _tell(kind: str, visit: Visit, now: datetime, by: Any = None) -> None:
    audit.record(kind, actor=by, subject_kind="visit", subject=visit.pk, unit=visit.unit, now=now)
