"""What an officer does with a task: takes it, hands it to a named colleague, notes, is done, and takes a step back."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.models import Task, TaskNote
from lachan.outbreak.tasks.selectors.workers import able, may_work
from lachan.outbreak.tasks.services.notes import tell
from lachan.outbreak.tasks.services.opening import end
from lachan.registry.accounts.models import User

Status = Task.Status
UNDOABLE = ("taken", "handed", "done")


@transaction.atomic
def take(task: Task, *, by: Any, now: datetime) -> Task:
    """It is mine now. Refused (`task_taken`) while a colleague who can do it has it: that is a hand-over."""
    row = _to_work_on(task, by, now)
    if row.assignee == by.pk:
        return row
    if row.assignee is not None and able([row], now)[row.pk]:
        raise InvalidInput("task_taken")
    before, row.assignee = row.assignee, by.pk
    row.save(update_fields=["assignee"])
    tell(row, "taken", by=by, now=now, from_user=before, to_user=by.pk)
    return row


@transaction.atomic
def hand_over(task: Task, to: User, *, by: Any, now: datetime, text: str) -> Task:
    """Give it to a named colleague with a word on how things stand.

    Raises InvalidInput `task_note` without one, `task_to` when the colleague may not do it there.
    """
    row = _to_work_on(task, by, now)
    if not text.strip():
        raise InvalidInput("task_note", field="text")
    if not may_work(to, row, now):
        raise InvalidInput("task_to", field="to")
    before, row.assignee = row.assignee, to.pk
    row.save(update_fields=["assignee"])
    tell(row, "handed", by=by, now=now, text=text, from_user=before, to_user=to.pk)
    return row


@transaction.atomic
def note(task: Task, text: str, *, by: Any, now: datetime) -> TaskNote:
    """A word on how things stand; changes nothing else."""
    row = _to_work_on(task, by, now)
    if not text.strip():
        raise InvalidInput("task_note", field="text")
    return tell(row, "noted", by=by, now=now, text=text)


@transaction.atomic
def done(task: Task, *, by: Any, now: datetime, text: str = "") -> Task:
    """It is done. Refused (`task_by_work`) for kinds that the work itself finishes."""
    row = _to_work_on(task, by, now)
    if not titles.by_hand(row.kind):
        raise InvalidInput("task_by_work")
    end(row, Status.DONE, by=by, now=now)
    tell(row, "done", by=by, now=now, text=text, from_user=row.assignee)
    return row


@transaction.atomic
def undo(task: Task, *, by: Any, now: datetime) -> Task:
    """Take back one's own last step, while nothing came after it.

    Raises InvalidInput `task_nothing_to_undo`, or `task_again` when the same work was opened anew meanwhile.
    """
    row = Task.objects.select_for_update().get(pk=task.pk)
    if not may_work(by, row, now):
        raise InvalidInput("task_not_yours")
    last = row.notes.order_by("-id").first()
    if last is None or last.what not in UNDOABLE or last.made_by != by.pk:
        raise InvalidInput("task_nothing_to_undo")
    if last.what == "done":
        if not titles.by_hand(row.kind):
            raise InvalidInput("task_by_work")
        if Task.objects.filter(kind=row.kind, subject=row.subject, status=Status.OPEN).exists():
            raise InvalidInput("task_again")
        row.status, row.done_at, row.done_by = Status.OPEN, None, None
    row.assignee = last.from_user
    row.save(update_fields=["status", "done_at", "done_by", "assignee"])
    tell(row, "undone", by=by, now=now)
    return row


def _to_work_on(task: Task, by: Any, now: datetime) -> Task:
    row = Task.objects.select_for_update().get(pk=task.pk)
    if not may_work(by, row, now):
        raise InvalidInput("task_not_yours")
    if row.status != Status.OPEN:
        raise InvalidInput("task_over")
    return row
