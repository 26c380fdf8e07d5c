"""Opening work, and ending it from where it is done."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.services.notes import tell, tell_opened

Status = Task.Status
CHUNK = 500
Key = tuple[str, UUID]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Work that somebody is to do. `params`: what its title needs, as JSON, without personal data."""

    kind: str
    subject_kind: str
    subject: UUID
    unit: str
    permission: str
    due_at: datetime
    params: Mapping[str, Any] = field(default_factory=dict)
    priority: int = 2
    assignee: UUID | None = None

    def __post_init__(self) -> None:
        if not self.unit.endswith("/") or not self.permission:
            raise ValueError("a task has a unit and a permission")


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

    Raises ValueError without a unit or a permission, since nobody would see it.
    """
    one = Wanted(kind, subject_kind, subject, unit, permission, due_at, params or {}, priority, assignee)
    return open_tasks([one], now=now)[0]


@transaction.atomic
def open_tasks(wanted: Sequence[Wanted], *, now: datetime) -> list[Task]:
    """The same of many, in a handful of queries for each CHUNK; the task of each, in turn."""
    found: dict[Key, Task] = {}
    for at in range(0, len(wanted), CHUNK):
        some = {(one.kind, one.subject): one for one in reversed(wanted[at : at + CHUNK])}  # the first counts
        known = _standing(some)
        made = [_new(one, now) for key, one in some.items() if key not in known]
        Task.objects.bulk_create(made, ignore_conflicts=True)  # opened by another meanwhile
        found |= _standing(some)
        ours = {task.pk for task in made}
        tell_opened([task for task in found.values() if task.pk in ours], now=now)
        gone = [
            key for key in some if key not in found
        ]  # the other's was done meanwhile, too: there is work again
        found |= dict(
            zip(gone, open_tasks([some[key] for key in gone], now=now) if gone else (), strict=True)
        )
    return [found[one.kind, one.subject] for one in wanted]


def _new(one: Wanted, now: datetime) -> Task:
    return Task(
        kind=one.kind, subject_kind=one.subject_kind, subject=one.subject, unit=one.unit, permission=one.permission,
        due_at=one.due_at, params=dict(one.params), priority=one.priority, assignee=one.assignee, made_at=now,
    )  # fmt: skip


def _standing(some: Collection[Key]) -> dict[Key, Task]:
    """Those of these that are open."""
    kinds, subjects = {kind for kind, _ in some}, {subject for _, subject in some}
    rows = Task.objects.filter(kind__in=kinds, subject__in=subjects, status=Status.OPEN)
    return {(row.kind, row.subject): row for row in rows}


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
