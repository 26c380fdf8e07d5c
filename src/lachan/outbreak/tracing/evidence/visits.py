"""Shared visits: two people at one place at one time, by doors, self check-ins, visitor books and declarations there."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from uuid import UUID

from lachan.outbreak.tracing.evidence.ask import Ask, Found, by_length
from lachan.outbreak.tracing.meetings import Met, met
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.presence import chunks, stays_of
from lachan.registry.places.models import Place


def find(ask: Ask) -> Iterator[Found]:
    """One for each person and place, over all meetings there."""
    mine = stays_of(ask.aliases, ask.since, ask.until, ask.terms)
    grouped: dict[tuple[UUID, UUID], list[Met]] = {}
    for one in met(mine, ask.aliases, _least(ask), ask.terms):
        grouped.setdefault((one.alias, one.place), []).append(one)
    where = places({place for _, place in grouped})
    for (alias, place), meetings in grouped.items():
        yield _found(ask, alias, where.get(place), place, meetings)


def _least(ask: Ask) -> timedelta:
    return max(ask.least, timedelta(seconds=1))


def places(ids: set[UUID]) -> dict[UUID, Place]:
    """Places by id."""
    found: dict[UUID, Place] = {}
    for some in chunks(ids):
        found.update(Place.objects.only("kind", "name", "unit").in_bulk(some))
    return found


def _found(ask: Ask, alias: UUID, place: Place | None, id: UUID, meetings: list[Met]) -> Found:
    overlap = sum((one.to_at - one.from_at).total_seconds() for one in meetings)
    weight = ask.contacts.weight(place.kind if place else "default")
    return Found(
        target=alias,
        kind=Exposure.Kind.VISIT,
        evidence=f"visit:{id}",
        from_at=min(one.from_at for one in meetings),
        to_at=max(one.to_at for one in meetings),
        weight=weight,
        score=weight * by_length(overlap, ask.terms.half),
        place=id,
        unit=place.unit if place else "",
        overlap_s=int(overlap),
        meetings=len(meetings),
    )
