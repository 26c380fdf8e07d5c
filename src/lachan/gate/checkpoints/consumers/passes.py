"""Behind each received declaration: the serial of its pass, so that a scan finds its person."""

from __future__ import annotations

from datetime import datetime

from lachan.gate.checkpoints.services.passes import note_passes
from lachan.gate.declarations.models import Declaration
from lachan.registry.audit.consumers import SealedEvent, consumer


@consumer("checkpoints.passes", kinds={"declaration.received"})
def note(events: list[SealedEvent], now: datetime) -> None:
    """One row for each declaration of the batch."""
    ids = [event.subject for event in events if event.subject]
    note_passes(Declaration.objects.filter(pk__in=ids).order_by("pk"))
