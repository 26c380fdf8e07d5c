"""What happened around one declaration: events about it, other declarations of the same person, who read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lachan.base.scope import Scope
from lachan.gate.declarations.models import DataRequest, Entry, FollowUp
from lachan.gate.declarations.selectors.entries import visible
from lachan.registry.accounts.models import User
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias, Person

MOST_EVENTS = 200
MOST_OTHERS = 20
READ = "declaration.read"


@dataclass(frozen=True, slots=True)
class Happened:
    """An event with the name of whoever did it; "" for a citizen or the system."""

    kind: str
    at: datetime
    by: str
    data: str


def events(entry: Entry) -> list[Happened]:
    """Everything but reads, oldest first: the declaration, its follow-ups, its requests."""
    subjects = [entry.declaration]
    subjects += FollowUp.objects.filter(declaration=entry.declaration).values_list("id", flat=True)
    subjects += DataRequest.objects.filter(declaration=entry.declaration).values_list("id", flat=True)
    rows = Event.objects.filter(subject__in=subjects).exclude(kind=READ).order_by("id")
    return _told(list(rows[:MOST_EVENTS]))


def reads(entry: Entry) -> list[Happened]:
    """Who opened it, the latest first."""
    rows = Event.objects.filter(subject=entry.declaration, kind=READ).order_by("-id")
    return _told(list(rows[:MOST_EVENTS]))


def _told(rows: list[Event]) -> list[Happened]:
    names = names_of(row.actor for row in rows)
    return [Happened(row.kind, row.recorded_at, names.get(row.actor, ""), row.data) for row in rows]


def names_of(ids: object) -> dict[UUID | None, str]:
    """Account id → full name."""
    wanted = {one for one in ids if one}  # type: ignore[attr-defined]
    return dict(User.objects.filter(id__in=wanted).values_list("id", "full_name")) if wanted else {}


def person_of(entry: Entry) -> Person | None:
    """The person that the worker linked the entry to; None until it has."""
    found = Alias.objects.select_related("person").filter(alias=entry.alias).first()
    return found.person if found else None


def of_person(scope: Scope, person: Person | None, entry: Entry | None = None) -> list[Entry]:
    """Declarations of the same person that the scope may see, newest first; `entry` itself left out."""
    aliases = set(Alias.objects.filter(person=person).values_list("alias", flat=True)) if person else set()
    if entry is not None:
        aliases.add(entry.alias)
    rows = visible(scope).filter(alias__in=aliases).order_by("-id")
    return list((rows.exclude(pk=entry.pk) if entry else rows)[:MOST_OTHERS])
