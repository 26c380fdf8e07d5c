"""Questions to the log. Every answer is bounded by days, whose ids are a range of the primary key."""

from __future__ import annotations

from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base.scope import Scope
from lachan.kernel.clock import day_bounds, ms_at
from lachan.kernel.ids import floor_of
from lachan.registry.audit import words
from lachan.registry.audit.models import Event

MOST_DAYS = 366


def events(
    scope: Scope,
    first: date,
    last: date,
    *,
    kind: str = "",
    actor: str = "",
    subject: UUID | None = None,
    whole: bool = False,
) -> QuerySet[Event]:
    """Events of Vietnamese days `first` to `last` (both included, at most a year) whose unit lies in the scope.

    `actor`: a name or username as typed. `whole`: also events of no unit (the installation's own), for those whose
    scope is the whole province.
    """
    last = min(last, first + timedelta(days=MOST_DAYS - 1))
    found = Event.objects.filter(
        id__gte=floor_of(ms_at(day_bounds(first)[0])), id__lt=floor_of(ms_at(day_bounds(last)[1]))
    )
    condition = scope.q("unit")
    if whole and scope.paths:
        condition |= Q(unit="")
    found = found.filter(condition)
    if kind:
        found = found.filter(kind=kind)
    if actor:
        found = found.filter(actor__in=words.names().find_actors(actor))
    if subject is not None:
        found = found.filter(subject=subject)
    return found


def reads_of(
    subject: UUID, kinds: tuple[str, ...] = ("person.read", "declaration.read"), limit: int = 200
) -> list[Event]:
    """Who opened a record, newest first: what its citizen may see."""
    return list(Event.objects.filter(subject=subject, kind__in=kinds).order_by("-pk")[:limit])
