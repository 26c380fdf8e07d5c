"""Work of the demo in all its states: done, taken, handed over, overdue, gone up the tree."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta

from lachan.outbreak.cases.work import INVESTIGATE
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.selectors.workers import may_work
from lachan.registry.accounts.demo import TOWN
from lachan.registry.accounts.models import User

RECENT = timedelta(days=3)
TAKEN, HANDED = 6, 3
SAID = "Tôi sang đội lấy mẫu; đã gọi một lần chưa gặp, gọi lại buổi tối."


def share_out(people: Mapping[str, User], now: datetime) -> None:
    """Investigations older than some days are done; of the rest some is taken, some handed over, what is overdue goes up."""
    by = people["dieutra"]
    waiting = Task.objects.filter(kind=INVESTIGATE, status=Task.Status.OPEN)
    for task in waiting.filter(made_at__lt=now - RECENT).order_by("id"):
        when = min(now, task.made_at + timedelta(hours=20))
        tasks.finish(task.kind, task.subject, by=by, now=when)
    fresh = waiting.filter(due_at__gt=now - RECENT).order_by("-id")
    mine = sorted(fresh, key=lambda task: not task.unit.startswith(TOWN))[
        :TAKEN
    ]  # the town's can be handed over
    for number, task in enumerate(mine):
        _taken(task, number < HANDED, people, now)
    tasks.escalate_due(now)


def _taken(task: Task, handed: bool, people: Mapping[str, User], now: datetime) -> None:
    by = people["dieutra"]
    if not may_work(by, task, now):
        return
    if task.assignee != by.pk:
        tasks.take(task, by=by, now=now - timedelta(hours=5))
    others = (people[name] for name in ("huyen.nhatrang", "quantri"))
    to = next((one for one in others if may_work(one, task, now)), None)
    if handed and to is not None:
        tasks.hand_over(task, to, by=by, now=now - timedelta(hours=1), text=SAID)
