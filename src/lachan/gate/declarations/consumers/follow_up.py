"""What a commune has to see to: flagged declarations at home, arrivals from a risk area at their destination."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings

from lachan.gate.declarations.models import Declaration, Entry, FollowUp
from lachan.gate.declarations.prepare.world import FROM_ROLES
from lachan.gate.declarations.selectors import world
from lachan.gate.declarations.selectors.payload import opened
from lachan.gate.declarations.services.follow_up import open_for
from lachan.gate.declarations.services.requests import erased
from lachan.registry.audit.consumers import SealedEvent, consumer

RISK_LEVEL = 3


@consumer("declarations.follow_up", kinds={"declaration.received"})
def queue_flagged(events: list[SealedEvent], now: datetime) -> None:
    """Each flagged entry stands in one commune's queue; an arrival from a risk area also in its destination's."""
    ids = [event.subject for event in events if event.subject]
    levels = world.area_levels(now)
    for entry in Entry.objects.filter(declaration__in=ids).order_by("id"):
        if erased(entry):
            continue
        home = home_of(entry)
        if entry.result > 0 and home:
            open_for(entry, FollowUp.Kind.FLAGGED, home, now)
        if arrives(entry) and _risk(entry, levels, now) >= RISK_LEVEL:
            open_for(entry, FollowUp.Kind.ARRIVAL, entry.destination, now)


def home_of(entry: Entry) -> str:
    """Whose queue a flagged person stands in: where she lives; for one from another province, where she is."""
    sides = [path for path in (entry.residence, entry.declared, entry.destination) if path]
    near = [path for path in sides if path.startswith(f"{settings.PROVINCE}/")]
    return next(iter(near or sides), "")


def arrives(entry: Entry) -> bool:
    """Whether the person goes somewhere else than home."""
    return bool(entry.destination) and entry.destination != entry.residence


def _risk(entry: Entry, levels: dict[str, int], now: datetime) -> int:
    """The highest level among where the person lives, comes from and has been."""
    if not levels:
        return 0
    found = world.level_of(entry.residence, levels)
    declaration = Declaration.objects.filter(pk=entry.declaration).first() if found < RISK_LEVEL else None
    if declaration is None:
        return found
    record = opened(declaration, now)["record"]
    said = [record.get(role) for role in sorted(FROM_ROLES)]
    paths = [path for value in said for path in (value if isinstance(value, list) else [value]) if path]
    return max([found, *(world.level_of(path, levels) for path in paths)])
