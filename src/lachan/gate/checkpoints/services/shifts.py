"""Opening and closing shifts at a place."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from lachan.gate.checkpoints.models import EnrolCode, Shift
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.places.models import Place

MOST_NAME, MOST_NOTE = 80, 300
AHEAD = timedelta(days=30)
OPEN = frozenset({Place.Status.ACTIVE, Place.Status.PROVISIONAL})


def open_shift(
    place: Place, name: str, starts_at: datetime, ends_at: datetime, *, note: str = "", by: Any, now: datetime
) -> Shift:
    """A shift at a place that is open. Raises InvalidInput with its field: `place`, `name`, `starts_at` or `ends_at`."""
    if place.status not in OPEN:
        raise InvalidInput("shift_place_closed", field="place")
    name = clean_line(name, MOST_NAME)
    if not name:
        raise InvalidInput("shift_name", field="name")
    _check_times(starts_at, ends_at, now)
    with transaction.atomic():
        shift = Shift.objects.create(
            place=place.pk,
            unit=place.unit,
            name=name,
            starts_at=starts_at,
            ends_at=ends_at,
            note=clean_line(note, MOST_NOTE),
            made_by=by.pk,
            made_at=now,
        )
        _record("shift.opened", shift, by, now)
    return shift


def _check_times(starts_at: datetime, ends_at: datetime, now: datetime) -> None:
    longest = EdgeTerms.at(local_day(now)).longest_shift
    if ends_at <= starts_at:
        raise InvalidInput("shift_order", field="ends_at")
    if ends_at - starts_at > longest:
        raise InvalidInput("shift_too_long", field="ends_at", hours=int(longest / timedelta(hours=1)))
    if ends_at <= now:
        raise InvalidInput("shift_past", field="ends_at")
    if starts_at > now + AHEAD:
        raise InvalidInput("shift_too_far", field="starts_at", days=AHEAD.days)


def close_shift(shift: Shift, *, by: Any, now: datetime) -> bool:
    """End a shift: no device enrols any more, its devices get no new rules. False when it was closed already."""
    with transaction.atomic():
        closed = Shift.objects.filter(pk=shift.pk, closed_at=None).update(closed_at=now, closed_by=by.pk)
        if closed:
            EnrolCode.objects.filter(shift=shift.pk, used_at=None, withdrawn_at=None).update(withdrawn_at=now)
            _record("shift.closed", shift, by, now)
    return bool(closed)


def _record(kind: str, shift: Shift, by: Any, now: datetime) -> None:
    record(
        kind,
        actor=by,
        subject_kind="shift",
        subject=shift.pk,
        unit=shift.unit,
        data={"place": str(shift.place)},
        now=now,
    )
