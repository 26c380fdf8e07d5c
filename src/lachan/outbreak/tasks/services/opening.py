"""Opening work, and ending it from where it is done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.services.notes import tell

Status = Task.Status


@transaction.atomic
def open_task(
    kind: str,
    subject_kind: str,
    subject: UUID,
    unit: str,
    permission: str,
    due_at: datetime,
    *,
    params: Mapping[str, Any] | None = None,
    priority: int = 2,
    assignee: UUID | None = None,
    now: datetime,
) -> Task:
    """The open task of this kind about this subject, made unless it is there; there is one at most.

    `params`: what its title needs, as JSON, without personal data. Raises ValueError without a unit or a permission,
    since nobody would see it.
    """
    if not unit.endswith("/") or not permission:
        raise ValueError("a task has a unit and a permission")
    task, made = Task.objects.get_or_create(
        kind=kind,
        subject=subject,
        status=Status.OPEN,
        defaults={
            "subject_kind": subject_kind,
            "unit": unit,
            "permission": permission,
            "due_at": due_at,
            "params": dict(params or {}),
            "priority": priority,
            "assignee": assignee,
            "made_at": now,
        },
    )
    if made:
        tell(task, "opened", by=None, now=now, to_user=assignee)
    return task


@transaction.atomic
def finish(kind: str, subject: UUID, *, by: Any, now: datetime, text: str = "") -> Task | None:
    """The work was done elsewhere. None when no such task is open."""
    task = _open(kind, subject)
    if task is not None:
        end(task, Status.DONE, by=by, now=now)
        tell(task, "done", by=by, now=now, text=text, from_user=task.assignee)
    return task


@transaction.atomic
def cancel(kind: str, subject: UUID, *, now: datetime) -> Task | None:
    """The work isn't wanted any more. None when no such task is open."""
    task = _open(kind, subject)
    if task is not None:
        end(task, Status.CANCELLED, by=None, now=now)
        tell(task, "cancelled", by=None, now=now)
    return task


def end(task: Task, status: Task.Status, *, by: Any, now: datetime) -> None:
    task.status, task.done_at, task.done_by = status, now, getattr(by, "pk", None)
    task.save(update_fields=["status", "done_at", "done_by"])


def _open(kind: str, subject: UUID) -> Task | None:
    return Task.objects.select_for_update().filter(kind=kind, subject=subject, status=Status.OPEN).first()
