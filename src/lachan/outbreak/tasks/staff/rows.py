"""Tasks as the pages show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from lachan.base.http import Request
from lachan.gate.declarations.staff.present import near
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.selectors.workers import able
from lachan.registry.audit.words import names
from lachan.registry.units import selectors as units


@dataclass(frozen=True, slots=True)
class Row:
    """`lost`: whoever has it can't do it any more; `may_work`: whether the reader can."""

    task: Task
    title: str
    kind: str
    url: str
    unit: str
    assignee: str
    up: str
    late: bool
    lost: bool
    mine: bool
    may_work: bool
    by_hand: bool

    @property
    def may_take(self) -> bool:
        return self.may_work and not self.mine and (self.lost or self.task.assignee is None)


def of(tasks: Sequence[Task], request: Request) -> list[Row]:
    """In the same order; a few queries for them all."""
    now = request.clock.now()
    people = names().actors({task.assignee for task in tasks if task.assignee})
    still = able(tasks, now)
    return [_row(task, request, now, people, still) for task in tasks]


def _row(task: Task, request: Request, now: datetime, people: Any, still: Any) -> Row:
    open_ = task.status == Task.Status.OPEN
    able_here = request.scope(task.permission).covers(task.unit)
    return Row(
        task=task,
        title=titles.title_of(task),
        kind=titles.name_of(task.kind),
        url=titles.url_of(task) if able_here else "",
        unit=near(task.unit),
        assignee=people.get(task.assignee, "") if task.assignee else "",
        up=units.short_label(task.escalated_unit) if task.escalated_unit else "",
        late=open_ and task.due_at < now,
        lost=open_ and task.assignee is not None and not still.get(task.pk, False),
        mine=task.assignee == request.user.pk,
        may_work=open_ and able_here,
        by_hand=titles.by_hand(task.kind),
    )
