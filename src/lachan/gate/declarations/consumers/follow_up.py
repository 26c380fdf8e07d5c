"""What a commune has to see to: flagged declarations at home, arrivals from a risk area at their destination."""

from __future__ import annotations

from datetime import datetime

from lachan.gate.declarations.models import Entry, FollowUp
from lachan.gate.declarations.selectors import world
from lachan.gate.declarations.services.follow_up import open_for
from lachan.registry.audit.consumers import SealedEvent, consumer

RISK_LEVEL = 3


@consumer("declarations.follow_up", kinds={"declaration.received"})
def queue_flagged(events: list[SealedEvent], now: datetime) -> None:
    """Each flagged entry stands in one commune's queue, where the person lives, else where she declared."""
    ids = [event.subject for event in events if event.subject]
    levels = world.area_levels(now)
    for entry in Entry.objects.filter(declaration__in=ids).order_by("id"):
        home = entry.residence or entry.declared
        if entry.result > 0 and home:
            open_for(entry, FollowUp.Kind.FLAGGED, home, now)
        if (
            entry.destination
            and world.level_of(entry.residence, levels) >= RISK_LEVEL
            and entry.destination != entry.residence
        ):
            open_for(entry, FollowUp.Kind.ARRIVAL, entry.destination, now)
