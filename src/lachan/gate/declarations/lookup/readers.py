"""Who read a record: when, in which role, for which unit and why. The officer's name is not told."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from uuid import UUID

import msgspec
from django.db.models import Q

from lachan.gate.declarations.models import Declaration, Entry
from lachan.registry.accounts.models import Grant
from lachan.registry.accounts.roles import Role, roles
from lachan.registry.accounts.selectors import in_force
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias
from lachan.registry.units import selectors as units

MOST = 200
SUBJECTS = ("declaration", "entry", "person")
READ = (".read", ".revealed", ".opened", ".printed")


@dataclass(frozen=True, slots=True)
class Reading:
    """`role`: in the reader's language, "" for an account that held none then; `unit`: of the role, as a label."""

    at: datetime
    role: str
    unit: str
    what: str  # declaration or person
    why: str


def of(declarations: Iterable[UUID]) -> list[Reading]:
    """Every reading of these declarations, and of the people whom they speak of; newest first."""
    subjects = _subjects(list(declarations))
    kinds = [f"{subject}{verb}" for subject in SUBJECTS for verb in READ]
    events = Event.objects.filter(subject__in=subjects, kind__in=kinds, actor__isnull=False).order_by("-id")[
        :MOST
    ]
    return list(map(partial(_reading, {}), events))


def _subjects(declarations: list[UUID]) -> set[UUID]:
    """Ids under which a reading may be noted: of the declaration, of its entry, of its person."""
    rows = Declaration.objects.filter(pk__in=declarations)
    people = Alias.objects.filter(alias__in=rows.values("alias")).values_list("person", flat=True)
    entries = Entry.objects.filter(declaration__in=declarations).values_list("id", flat=True)
    return {*declarations, *entries, *people}


def _reading(known: dict[tuple[UUID, str], Grant | None], event: Event) -> Reading:
    assert event.actor is not None  # by the filter above
    day = event.recorded_at.date().isoformat()
    key = (event.actor, f"{event.unit} {day}")
    if key not in known:
        known[key] = _grant(event.actor, event.unit, event.recorded_at)
    grant = known[key]
    role = _role(grant, event.recorded_at)
    data = msgspec.json.decode(event.data)
    return Reading(
        event.recorded_at,
        role.title if role else "",
        units.label(grant.unit) if grant else units.label(event.unit),
        event.subject_kind,
        str(data.get("why", "")),
    )


def _grant(actor: UUID, unit: str, at: datetime) -> Grant | None:
    """The narrowest grant that reached the record's unit then, else any that the account had."""
    rows = sorted(Grant.objects.filter(Q(user_id=actor) & in_force(at)), key=lambda grant: -len(grant.unit))
    return next((grant for grant in rows if unit.startswith(grant.unit)), rows[0] if rows else None)


def _role(grant: Grant | None, at: datetime) -> Role | None:
    return roles(at).get(grant.role) if grant else None
