"""A place's life: provisional → active ⇄ suspended → closed. Every step but approval says why."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.places.models import Place
from lachan.registry.places.services.write import locked, tell

PROVISIONAL, ACTIVE, SUSPENDED, CLOSED = Place.Status.values


def approve(place: Place, *, by: Any, now: datetime) -> Place:
    """A provisional place counts from now on. Raises InvalidInput("place_state")."""
    return _step(place, (PROVISIONAL,), ACTIVE, "place.approved", None, by, now)


def suspend(place: Place, reason: str, *, by: Any, now: datetime) -> Place:
    """Its QR asks visitors to turn to an officer. Raises InvalidInput: place_reason, place_state."""
    return _step(place, (PROVISIONAL, ACTIVE), SUSPENDED, "place.suspended", _reason(reason), by, now)


def reopen(place: Place, *, by: Any, now: datetime) -> Place:
    """A suspended or closed place works again, under its own code. Raises InvalidInput("place_state")."""
    return _step(place, (SUSPENDED, CLOSED), ACTIVE, "place.reopened", "", by, now)


def close(place: Place, reason: str, *, by: Any, now: datetime) -> Place:
    """For good, or until it is opened again. Raises InvalidInput: place_reason, place_state."""
    return _step(place, (PROVISIONAL, ACTIVE, SUSPENDED), CLOSED, "place.closed", _reason(reason), by, now)


def _reason(text: str) -> str:
    try:
        reason = clean_line(text, 300)
    except InvalidInput as error:
        raise error.at("reason") from None
    if not reason:
        raise InvalidInput("place_reason", field="reason")
    return reason


def _step(
    place: Place, before: tuple[str, ...], after: str, kind: str, reason: str | None, by: Any, now: datetime
) -> Place:
    """`reason` takes the place of the note; None leaves the note that stands."""
    with transaction.atomic():
        place = locked(place, *before)
        place.status, place.decided_at, place.decided_by = after, now, getattr(by, "pk", by)
        place.note = place.note if reason is None else reason
        place.save(update_fields=["status", "decided_at", "decided_by", "note"])
        # The reason stays in the row: events hold codes only.
        tell(kind, place, by, now)
    return place
