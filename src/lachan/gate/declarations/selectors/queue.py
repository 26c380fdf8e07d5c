"""The follow-up queue of a jurisdiction."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lachan.base.paging import Page, by_id
from lachan.base.scope import Scope
from lachan.gate.declarations.models import Entry, FollowUp


@dataclass(frozen=True, slots=True)
class QueueFilters:
    kind: str = ""
    status: str = ""
    unit: str = ""
    mine: UUID | None = None
    state: str = "open"  # open, overdue, closed, all


def visible(scope: Scope) -> QuerySet[FollowUp]:
    return scope.narrow(FollowUp.objects.all(), "unit")


def rows(scope: Scope, filters: QueueFilters, now: datetime) -> QuerySet[FollowUp]:
    """The filtered queue, unordered."""
    found = visible(scope.intersect(filters.unit) if filters.unit else scope)
    if filters.kind in FollowUp.Kind.values:
        found = found.filter(kind=filters.kind)
    if filters.status in FollowUp.Status.values:
        found = found.filter(status=filters.status)
    if filters.mine is not None:
        found = found.filter(assigned_to=filters.mine)
    return found.filter(_state(filters.state, now))


def _state(state: str, now: datetime) -> Q:
    return {
        "open": Q(open=True),
        "overdue": Q(open=True, due_at__lt=now),
        "closed": Q(open=False),
    }.get(state, Q())


def page(scope: Scope, filters: QueueFilters, now: datetime, cursor: str = "") -> Page[FollowUp]:
    """One page, newest first, each row with its `.item` (the Entry)."""
    found = by_id(rows(scope, filters, now), cursor)
    attach_entries(found.rows)
    return found


def attach_entries(follow_ups: list[FollowUp]) -> None:
    entries = Entry.objects.in_bulk([row.entry for row in follow_ups])
    for row in follow_ups:
        row.item = entries.get(row.entry)  # type: ignore[attr-defined]


def counts(scope: Scope, now: datetime) -> dict[str, int]:
    """{"open", "overdue", "flagged", "arrival"}: what waits in the jurisdiction."""
    result: dict[str, Any] = (
        visible(scope)
        .filter(open=True)
        .aggregate(
            open=Count("id"),
            overdue=Count("id", filter=Q(due_at__lt=now)),
            flagged=Count("id", filter=Q(kind=FollowUp.Kind.FLAGGED)),
            arrival=Count("id", filter=Q(kind=FollowUp.Kind.ARRIVAL)),
        )
    )
    return result
