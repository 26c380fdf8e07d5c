"""What nobody does in time goes one step up the tree; what stands with someone who can't do it any more comes back."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q

from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.selectors.workers import able, has_workers
from lachan.outbreak.tasks.services.notes import tell

STEP = timedelta(hours=12)
"""How long each level has, once a task is overdue, before the next one up hears of it."""
BATCH = 500


def escalate_due(now: datetime) -> int:
    """Tell the next level of overdue work; returns how many tasks went up. The worker calls it every round."""
    due = Q(escalated_at=None) | Q(escalated_at__lte=now - STEP)
    late = Task.objects.filter(due, status=Task.Status.OPEN, due_at__lt=now)
    ids = list(late.order_by("due_at", "id").values_list("id", flat=True)[:BATCH])
    return sum(_escalate(pk, now) for pk in ids)


@transaction.atomic
def _escalate(pk: UUID, now: datetime) -> int:
    """One step; at the top only the time is noted, so that the task isn't looked at again every round."""
    task = Task.objects.select_for_update().filter(pk=pk, status=Task.Status.OPEN).first()
    if task is None or (task.escalated_at is not None and task.escalated_at > now - STEP):
        return 0
    upper, task.escalated_at = next_up(task, now), now
    if not upper:
        task.save(update_fields=["escalated_at"])
        return 0
    task.escalated_unit = upper
    task.save(update_fields=["escalated_unit", "escalated_at"])
    tell(task, "escalated", by=None, now=now, unit=upper)
    return 1


def next_up(task: Task, now: datetime) -> str:
    """The next unit above that has somebody for this work; the province where no level between has; "" at the top."""
    here = task.escalated_unit or task.unit
    above = _parents(here)
    staffed = (path for path in above if has_workers(task.permission, path, now))
    return next(staffed, above[-1] if above else "")


def _parents(path: str) -> list[str]:
    parts = path.strip("/").split("/")[:-1]
    return ["/".join(parts[:depth]) + "/" for depth in range(len(parts), 0, -1)]


def return_lost(now: datetime) -> int:
    """Tasks of accounts that were closed, or moved elsewhere, belong to their unit again; returns how many."""
    given = Task.objects.filter(status=Task.Status.OPEN, assignee__isnull=False)
    kinds = given.order_by().values("assignee", "permission", "unit").distinct()
    samples = [Task(**one) for one in kinds.iterator(BATCH)]
    still = able(samples, now)
    lost = [one for one in samples if not still[one.pk]]
    return sum(_return(one, now) for one in lost)


@transaction.atomic
def _return(lost: Task, now: datetime) -> int:
    rows = Task.objects.select_for_update().filter(
        status=Task.Status.OPEN, assignee=lost.assignee, permission=lost.permission, unit=lost.unit
    )
    found = list(rows.order_by("id"))
    for task in found:
        task.assignee = None
        task.save(update_fields=["assignee"])
        tell(task, "returned", by=None, now=now, from_user=lost.assignee)
    return len(found)
