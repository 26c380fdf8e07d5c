"""Following up what was flagged and who arrived: opened by the worker, worked by commune staff, each step undoable."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.gate.declarations.models import Entry, FollowUp, FollowUpNote, Result
from lachan.gate.declarations.services.erase import erased
from lachan.kernel.text import clean_text
from lachan.registry.audit import services as audit

DUE = {
    Result.STOP: timedelta(hours=2),
    Result.ATTENTION: timedelta(hours=24),
    Result.GREEN: timedelta(hours=24),
}
CLOSING = {FollowUp.Status.CLOSED, FollowUp.Status.ADVISED, FollowUp.Status.ISOLATED}
ALLOWED = {
    FollowUp.Kind.FLAGGED: ("called", "unreachable", "advised", "test", "investigate", "closed"),
    FollowUp.Kind.ARRIVAL: ("received", "contacted", "isolated", "not_found", "closed"),
}
NOTE_LENGTH = 1000


class FollowUpRefused(ValueError):
    """`code`: follow_up_status, follow_up_nothing_to_undo, follow_up_not_yours, follow_up_erased."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def open_for(entry: Entry, kind: FollowUp.Kind, unit: str, now: datetime) -> FollowUp | None:
    """Put an entry into a commune's queue once; None if it stands there already. Inside the caller's transaction."""
    row, created = FollowUp.objects.get_or_create(
        declaration=entry.declaration,
        kind=kind,
        unit=unit,
        defaults={
            "entry": entry.id,
            "result": entry.result,
            "due_at": entry.recorded_at + DUE[Result(entry.result)],
            "created_at": now,
            "updated_at": now,
        },
    )
    if created:
        _record("follow_up.opened", row, None, now, {"kind": kind.value})
    return row if created else None


@transaction.atomic
def note(follow_up: UUID, status: str, text: str, *, by: Any, now: datetime) -> FollowUpNote:
    """Record what was done. The status must be one of the kind's own; a closing status takes it off the open queue."""
    row = _to_work_on(follow_up)
    if status not in ALLOWED[FollowUp.Kind(row.kind)]:
        raise FollowUpRefused("follow_up_status")
    made = FollowUpNote.objects.create(
        follow_up=row,
        status=status,
        text=clean_text(text, NOTE_LENGTH) if text.strip() else "",
        made_by=by.pk,
        made_at=now,
        assigned_before=row.assigned_to,
    )
    row.assigned_to = row.assigned_to or by.pk
    _take_status(row, status, now)
    _record("follow_up.noted", row, by, now, {"status": status, "note": str(made.id)})
    return made


@transaction.atomic
def undo(follow_up: UUID, *, by: Any, now: datetime) -> FollowUp:
    """Take back one's own last note; the state and whose work it is become what they were before it."""
    row = _to_work_on(follow_up)
    standing = list(row.notes.filter(undone_at=None).order_by("-id")[:2])
    if not standing:
        raise FollowUpRefused("follow_up_nothing_to_undo")
    if standing[0].made_by != by.pk:
        raise FollowUpRefused("follow_up_not_yours")
    last = standing[0]
    last.undone_at = now
    last.save(update_fields=["undone_at"])
    if row.assigned_to == (last.assigned_before or last.made_by):  # nobody gave it to someone else meanwhile
        row.assigned_to = last.assigned_before
    _take_status(row, standing[1].status if len(standing) > 1 else FollowUp.Status.WAITING, now)
    _record("follow_up.undone", row, by, now, {"note": str(last.id)})
    return row


def _to_work_on(follow_up: UUID) -> FollowUp:
    """The locked row; refused once its declaration was erased, so that nothing is written of that person again."""
    row = FollowUp.objects.select_for_update().get(pk=follow_up)
    entry = Entry.objects.filter(declaration=row.declaration).first()
    if entry is not None and erased(entry):
        raise FollowUpRefused("follow_up_erased")
    return row


@transaction.atomic
def assign(follow_ups: Iterable[UUID], to: UUID | None, *, by: Any, now: datetime) -> int:
    """Give rows to a colleague (or to no one); returns how many changed."""
    changed = 0
    for row in FollowUp.objects.select_for_update().filter(pk__in=list(follow_ups)).order_by("pk"):
        if row.assigned_to != to:
            row.assigned_to, row.updated_at = to, now
            row.save(update_fields=["assigned_to", "updated_at"])
            _record("follow_up.assigned", row, by, now, {"to": str(to or "")})
            changed += 1
    return changed


def _take_status(row: FollowUp, status: str, now: datetime) -> None:
    row.status, row.open, row.updated_at = status, status not in CLOSING, now
    row.save(update_fields=["status", "open", "updated_at", "assigned_to"])


def _record(kind: str, row: FollowUp, by: Any, now: datetime, data: dict[str, Any]) -> None:
    audit.record(kind, actor=by, subject_kind="follow_up", subject=row.id, unit=row.unit, data=data, now=now)
