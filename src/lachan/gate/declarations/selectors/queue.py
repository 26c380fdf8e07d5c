"""The follow-up queue of a jurisdiction, what is most urgent first, by index and keyset at every size of it.

As in the list of declarations, a narrow scope asks each commune's own index and merges; a wide one walks the index of
all open work, in which nearly every row is in scope. What is done already is read newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Min, Q, QuerySet

from lachan.base import ranges
from lachan.base.paging import SIZE, Page, behind, by_id, by_keys
from lachan.base.scope import Scope
from lachan.gate.declarations.models import Entry, FollowUp, Result
from lachan.registry.units.selectors import paths_under

URGENT = ("-result", "due_at", "id")
"""Stop before attention before an arrival without either; within each, whoever has waited longest."""
WAITING = ("open", "overdue")
"""States of the filter in which rows wait to be worked."""
NARROW = 40  # units; beyond it walking the most urgent rows is cheaper


@dataclass(frozen=True, slots=True)
class QueueFilters:
    kind: str = ""
    status: str = ""
    unit: str = ""
    mine: UUID | None = None
    state: str = "open"  # open, overdue, closed, all
    result: int | None = None


def visible(scope: Scope) -> QuerySet[FollowUp]:
    return scope.narrow(FollowUp.objects.all(), "unit")


def rows(scope: Scope, filters: QueueFilters, now: datetime) -> QuerySet[FollowUp]:
    """The filtered queue, unordered."""
    found = _matching(filters, now)
    return _within(scope, filters).narrow(found, "unit")


def _within(scope: Scope, filters: QueueFilters) -> Scope:
    return scope.intersect(filters.unit) if filters.unit else scope


def _matching(filters: QueueFilters, now: datetime) -> QuerySet[FollowUp]:
    """All filters but the jurisdiction."""
    found = FollowUp.objects.all()
    if filters.kind in FollowUp.Kind.values:
        found = found.filter(kind=filters.kind)
    if filters.status in FollowUp.Status.values:
        found = found.filter(status=filters.status)
    if filters.mine is not None:
        found = found.filter(assigned_to=filters.mine)
    if filters.result is not None:
        found = found.filter(result=filters.result)
    return found.filter(_state(filters.state, now))


def _state(state: str, now: datetime) -> Q:
    return {
        "open": Q(open=True),
        "overdue": Q(open=True, due_at__lt=now),
        "closed": Q(open=False),
    }.get(state, Q())


def page(
    scope: Scope, filters: QueueFilters, now: datetime, cursor: str = "", size: int = SIZE
) -> Page[FollowUp]:
    """One page, each row with its `.item` (the Entry). Open work by URGENT; what is done, newest first."""
    found = (
        _urgent(_within(scope, filters), _matching(filters, now), cursor, size)
        if filters.state in WAITING
        else by_id(rows(scope, filters, now), cursor, size=size)
    )
    attach_entries(found.rows)
    return found


def _urgent(scope: Scope, found: QuerySet[FollowUp], cursor: str, size: int) -> Page[FollowUp]:
    paths = paths_under(scope)
    if not paths:
        return by_keys(found.none(), URGENT, cursor, size=size)
    if len(paths) > NARROW:
        return by_keys(found.filter(_below(scope)), URGENT, cursor, size=size)
    each = found.filter(behind(found, URGENT, cursor), unit=ranges.ANY).order_by(*URGENT)
    first = ranges.ids([each.values_list("id", flat=True)[: size + 1]], paths)
    return by_keys(FollowUp.objects.filter(id__in=first), URGENT, cursor, size=size)


def _below(scope: Scope) -> Q:
    """The scope in words for which no index of units serves, so that the rows are read in the order of urgency."""
    condition = Q()
    for path in scope.paths:
        condition |= Q(unit__startswith=path)
    return condition


def attach_entries(follow_ups: list[FollowUp]) -> None:
    entries = Entry.objects.in_bulk([row.entry for row in follow_ups])
    for row in follow_ups:
        row.item = entries.get(row.entry)  # type: ignore[attr-defined]


def counts(scope: Scope, now: datetime) -> dict[str, int]:
    """{"open", "overdue", "stop", "flagged", "arrival"}: what waits in the jurisdiction."""
    result: dict[str, Any] = (
        visible(scope)
        .filter(open=True)
        .aggregate(
            open=Count("id"),
            overdue=Count("id", filter=Q(due_at__lt=now)),
            stop=Count("id", filter=Q(result=Result.STOP)),
            flagged=Count("id", filter=Q(kind=FollowUp.Kind.FLAGGED)),
            arrival=Count("id", filter=Q(kind=FollowUp.Kind.ARRIVAL)),
        )
    )
    return result


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits in one commune. `since`: when the oldest overdue one fell due; None where none is overdue."""

    open: int = 0
    overdue: int = 0
    since: datetime | None = None


def by_unit(scope: Scope, now: datetime) -> dict[str, Waiting]:
    """{commune path: what waits there}, of communes where something does."""
    late = Q(due_at__lt=now)
    found = visible(scope).filter(open=True).values_list("unit")
    rows = found.annotate(
        waiting=Count("id"), late=Count("id", filter=late), since=Min("due_at", filter=late)
    ).order_by()
    return {unit: Waiting(waiting, overdue, since) for unit, waiting, overdue, since in rows}


def longest(scope: Scope, now: datetime) -> datetime | None:
    """When the oldest overdue one of a jurisdiction fell due."""
    found = visible(scope).filter(open=True, due_at__lt=now).aggregate(since=Min("due_at"))
    since: datetime | None = found["since"]
    return since
