"""A granted deletion: what goes, and what stays.

Goes: the words of the staff's list; the notes of the declaration's follow-ups; what the citizen wrote in decided
requests; and, when nothing else that was declared stands behind it, the record of the person.
Stays: the sealed declaration, which nobody can open any more and whose key ends with its month (rows are append-only:
a retry must find them, or it would be taken anew); the result, the communes and the days, which the counts stand on;
the statuses of the follow-ups; and the log, which holds ids and digests only. A person of whom other declarations
speak keeps her record: it is theirs too.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from lachan.gate.declarations.models import DataRequest, Entry, FollowUp, FollowUpNote
from lachan.registry.audit import services as audit
from lachan.registry.people.models import Alias, Person
from lachan.registry.people.services import forget

REMOVED = "(đã xóa)"


@dataclass(frozen=True, slots=True)
class Erasure:
    """`person`: what became of the record of the person; `notes`: how many notes lost their words."""

    person: Literal["erased", "kept", "none"]
    notes: int


@transaction.atomic
def erase(declaration: UUID, unit: str, *, by: Any, now: datetime) -> Erasure:
    """Remove what identifies the person. The log keeps that it was done, by whom, and what became of the record."""
    person = _person(declaration)
    Entry.objects.filter(declaration=declaration).update(
        name=REMOVED, folded="", birth_year=None, extra="{}", code="", alias=declaration
    )  # the alias too: what she declares later mustn't lead back to it
    FollowUp.objects.filter(declaration=declaration, open=True).update(
        open=False, status=FollowUp.Status.CLOSED, updated_at=now
    )
    notes = FollowUpNote.objects.filter(follow_up__declaration=declaration).exclude(text=b"").update(text=b"")
    asked = DataRequest.objects.filter(declaration=declaration).exclude(status=DataRequest.Status.WAITING)
    asked.update(text=b"")
    done = Erasure(_settle(person, by, now), notes)
    audit.record(
        "declaration.erased",
        actor=by,
        subject_kind="declaration",
        subject=declaration,
        unit=unit,
        data={"person": done.person, "notes": done.notes},
        now=now,
    )
    return done


def _person(declaration: UUID) -> Person | None:
    alias = Entry.objects.filter(declaration=declaration).values("alias")
    found = Alias.objects.select_related("person").filter(alias__in=alias).first()
    return found.person if found else None


def _settle(person: Person | None, by: Any, now: datetime) -> Literal["erased", "kept", "none"]:
    """Take the record away unless something else that staff can still read speaks of this person."""
    if person is None:
        return "none"
    aliases = Alias.objects.filter(person=person).values("alias")
    if Entry.objects.filter(alias__in=aliases).exists():
        return "kept"
    unit, subject = person.residence, person.pk
    forget([person.pk])
    audit.record(
        "person.erased", actor=by, subject_kind="person", subject=subject, unit=unit, data={}, now=now
    )
    return "erased"


def erased(entry: Entry) -> bool:
    """Whether a granted deletion has emptied this entry."""
    return entry.name == REMOVED and entry.code == ""
