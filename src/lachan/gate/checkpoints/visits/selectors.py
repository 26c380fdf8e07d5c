"""Questions about visits."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from lachan.gate.checkpoints.models import Guest, Occupancy, Visit
from lachan.gate.checkpoints.visits.services import LONGEST
from lachan.kernel.clock import day_bounds
from lachan.registry.places.models import Place

MOST_OWN = 100


@dataclass(frozen=True, slots=True)
class Fullness:
    """`capacity` None: no limit was set. `places_left` None then too."""

    inside: int
    capacity: int | None

    @property
    def places_left(self) -> int | None:
        return None if self.capacity is None else max(0, self.capacity - self.inside)

    @property
    def full(self) -> bool:
        return self.capacity is not None and self.inside >= self.capacity


@dataclass(frozen=True, slots=True)
class BookLine:
    """A guest as the owner sees it."""

    guest: Guest
    visit: Visit

    @property
    def inside(self) -> bool:
        return self.visit.out_at is None


def fullness(place: UUID) -> Fullness:
    """How many are inside, as the doors counted."""
    row = Occupancy.objects.filter(place=place).first()
    return Fullness(row.inside, row.capacity) if row else Fullness(0, None)


def inside(place: UUID, pseudonym: UUID, now: datetime) -> Visit | None:
    """The visit that this phone hasn't ended yet."""
    rows = Visit.objects.filter(place=place, alias=pseudonym, source=Visit.Source.SELF, out_at__isnull=True)
    return rows.filter(in_at__gt=now - LONGEST).order_by("-in_at").first()


def own(pseudonym: UUID) -> list[tuple[Visit, Place | None]]:
    """Where this phone checked in, newest first."""
    rows = list(Visit.objects.filter(alias=pseudonym, source=Visit.Source.SELF).order_by("-in_at")[:MOST_OWN])
    places = Place.objects.in_bulk({row.place for row in rows})
    return [(row, places.get(row.place)) for row in rows]


def book(place: UUID, day: date) -> list[BookLine]:
    """The visitor book of a day, newest first."""
    start, end = day_bounds(day)
    guests = list(
        Guest.objects.filter(place=place, recorded_at__gte=start, recorded_at__lt=end).order_by("-id")
    )
    visits = Visit.objects.in_bulk([guest.visit for guest in guests])
    return [BookLine(guest, visits[guest.visit]) for guest in guests if guest.visit in visits]
