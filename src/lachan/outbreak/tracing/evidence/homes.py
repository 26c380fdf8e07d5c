"""Household: who lives, or lived in the window, under the same roof."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.kernel.clock import day_bounds, local_day
from lachan.outbreak.tracing.evidence.ask import Ask, Found
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors.identity import roots
from lachan.registry.households.models import Member


def find(ask: Ask) -> Iterator[Found]:
    """One for each other member and household, for the days that both lived there."""
    since, until = local_day(ask.since), local_day(ask.until - timedelta(microseconds=1))
    own = _memberships(ask.aliases, since, until)
    weight = ask.contacts.weight("household")
    for mine in own:
        for other in _lived(since, until).filter(household=mine.household_id).select_related("household"):
            part = _together(mine, other, ask)
            if other.alias in ask.aliases or other.person == mine.person or part is None:
                continue
            yield Found(
                target=other.alias,
                kind=Exposure.Kind.HOUSEHOLD,
                evidence=f"household:{mine.household_id}",
                from_at=part[0],
                to_at=part[1],
                weight=weight,
                score=weight * ask.terms.strength["household"],
                unit=other.household.unit,
            )


def _lived(since: date, until: date) -> QuerySet[Member]:
    return Member.objects.filter(Q(until=None) | Q(until__gte=since), since__lte=until)


def _memberships(aliases: frozenset[UUID], since: date, until: date) -> list[Member]:
    """Hers, by any of her pseudonyms or by her record."""
    found: dict[UUID, Member] = {}
    people = {node for alias, node in roots(aliases).items() if node != alias}
    for ids, column in ((aliases, "alias"), (people, "person")):
        for some in chunks(ids):
            rows = _lived(since, until).filter(**{f"{column}__in": some})
            found.update((row.household_id, row) for row in rows)
    return list(found.values())


def _together(mine: Member, other: Member, ask: Ask) -> tuple[datetime, datetime] | None:
    first = max(mine.since, other.since)
    last = min((each for each in (mine.until, other.until) if each), default=None)
    start = max(ask.since, day_bounds(first)[0])
    end = min(ask.until, day_bounds(last)[1]) if last else ask.until
    return (start, end) if start < end else None
