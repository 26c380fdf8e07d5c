"""What a community team finds at a household inside a lockdown is what the lockdown knows of it."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from lachan.outbreak.zones.models import ZoneHousehold
from lachan.outbreak.zones.selectors.zones import lockdowns_of
from lachan.outbreak.zones.services.needs import note_needs
from lachan.registry.audit.consumers import SealedEvent, consumer
from lachan.registry.households.models import RoundNote
from lachan.registry.households.selectors import said_of


@consumer("zones.rounds", kinds={"round.noted"})
def take(events: list[SealedEvent], now: datetime) -> None:
    """A need that a round noted is added to what isn't met yet. A note told again, or older than the help, changes nothing."""
    notes = RoundNote.objects.filter(pk__in=[UUID(event.data["note"]) for event in events])
    inside = {row.household: row for row in lockdowns_of([note.household_id for note in notes], now)}
    for note in notes.order_by("occurred_at", "id"):
        row = inside.get(note.household_id)
        if row is not None and not (row.met_at and row.met_at >= note.occurred_at):
            inside[note.household_id] = _take(row, note, now)


def _take(row: ZoneHousehold, note: RoundNote, now: datetime) -> ZoneHousehold:
    waiting = row.needs.split() if row.met_at is None else []
    needs = [*waiting, *(one for one in said_of(note).needs if one not in waiting)]
    seen = max(note.occurred_at, row.visited_at or note.occurred_at)
    if needs != waiting:
        return note_needs(row, needs, seen_at=seen, now=now)
    if seen != row.visited_at:
        row.visited_at = seen
        row.save(update_fields=["visited_at"])
    return row
