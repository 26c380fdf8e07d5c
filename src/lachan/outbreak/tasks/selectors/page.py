"""Lists and counts of tasks, of what the reader may see.

She sees the work whose permission she holds where it stands; and, where she watches over tasks, overdue work that
was told to her level, whatever permission it needs: so nothing stays unseen because nobody holds the permission.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lachan.base.paging import SIZE, Page, by_id, by_keys
from lachan.base.scope import Scope
from lachan.outbreak.tasks import titles
from lachan.outbreak.tasks.models import Task, TaskNote
from lachan.outbreak.tasks.selectors.workers import SEE
from lachan.registry.accounts.models import User

ORDER = ("priority", "due_at", "id")
STATES = ("open", "overdue", "free", "mine", "escalated", "done", "all")
Scopes = Mapping[str, Scope]
Status = Task.Status


@dataclass(frozen=True, slots=True)
class Filters:
    """`state`: one of STATES. `officer`: whose; `unit`: within which."""

    state: str = "open"
    kind: str = ""
    unit: str = ""
    officer: UUID | None = None


def workable(scopes: Scopes) -> Q:
    """True of tasks that these scopes (by permission) allow to work on."""
    condition = Q(pk__in=[])
    for scope, permissions in _by_scope(scopes).items():
        condition |= Q(permission__in=permissions) & scope.q("unit")
    return condition


def _by_scope(scopes: Scopes) -> dict[Scope, list[str]]:
    """Permissions held in the same jurisdiction make one condition."""
    found: dict[Scope, list[str]] = {}
    for permission, scope in scopes.items():
        if scope.paths:
            found.setdefault(scope, []).append(permission)
    return found


def visible(scopes: Scopes) -> QuerySet[Task]:
    """Every task that these scopes let someone see; nothing for whoever doesn't look at tasks at all."""
    watched = scopes.get(SEE, Scope())
    if not watched.paths:
        return Task.objects.none()
    told = Q(escalated_at__isnull=False) & watched.q("escalated_unit")
    return Task.objects.filter(workable(scopes) | told)


def may_see(user: User, task: Task, now: datetime) -> bool:
    """Whether the account may see this task now."""
    return visible(user.scopes(now)).filter(pk=task.pk).exists()


def rows(scopes: Scopes, filters: Filters, user: UUID, now: datetime) -> QuerySet[Task]:
    """The filtered list, unordered."""
    found = visible(scopes).filter(_state(filters.state, user, now))
    if filters.state == "escalated":
        found = found.filter(scopes.get(SEE, Scope()).q("escalated_unit"))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.officer is not None:
        found = found.filter(assignee=filters.officer)
    if filters.unit:
        found = Scope((filters.unit,)).narrow(found, "unit")
    return found


def _state(state: str, user: UUID, now: datetime) -> Q:
    open_ = Q(status=Status.OPEN)
    return {
        "overdue": open_ & Q(due_at__lt=now),
        "free": open_ & Q(assignee=None),
        "mine": open_ & Q(assignee=user),
        "escalated": open_ & Q(escalated_at__isnull=False),
        "done": ~open_,
        "all": Q(),
    }.get(state, open_)


def page(
    scopes: Scopes, filters: Filters, user: UUID, now: datetime, cursor: str = "", size: int = SIZE
) -> Page[Task]:
    """Open work, most pressing first; what is over, newest first."""
    found = rows(scopes, filters, user, now)
    if filters.state in ("done", "all"):
        return by_id(found, cursor, size=size)
    return by_keys(found, ORDER, cursor, size=size)


def counts(scopes: Scopes, user: UUID, now: datetime) -> dict[str, int]:
    """{"open", "overdue", "free", "mine", "mine_late", "escalated"} of what the reader may see."""
    late = Q(due_at__lt=now)
    told = scopes.get(SEE, Scope()).q("escalated_unit") & Q(escalated_at__isnull=False)
    found: dict[str, int] = (
        visible(scopes)
        .filter(status=Status.OPEN)
        .aggregate(
            open=Count("id"),
            overdue=Count("id", filter=late),
            free=Count("id", filter=Q(assignee=None)),
            mine=Count("id", filter=Q(assignee=user)),
            mine_late=Count("id", filter=late & Q(assignee=user)),
            escalated=Count("id", filter=told),
        )
    )
    return found


def by_kind(scopes: Scopes) -> dict[str, int]:
    """Open tasks of each kind."""
    found = visible(scopes).filter(status=Status.OPEN).order_by().values_list("kind").annotate(Count("id"))
    return dict(found)


@dataclass(frozen=True, slots=True)
class Load:
    """Work of one officer or one commune. `key`: account's id (None: nobody's) or path."""

    key: Any
    open: int
    late: int
    free: int
    done: int


def by_officer(scopes: Scopes, since: datetime, now: datetime) -> list[Load]:
    """Open work of each officer, nobody's first, then whoever has most late; and what each did since a moment."""
    loads = _loads(visible(scopes).filter(status=Status.OPEN), "assignee", now)
    done = _done(visible(scopes), "done_by", since)
    found = [_load(key, loads.get(key), done.get(key, 0)) for key in {*loads, *(set(done) - {None})}]
    return sorted(found, key=lambda one: (one.key is not None, -one.late, -one.open, str(one.key)))


def by_commune(scopes: Scopes, since: datetime, now: datetime) -> list[Load]:
    """The same for each unit in which work stands."""
    loads = _loads(visible(scopes).filter(status=Status.OPEN), "unit", now)
    done = _done(visible(scopes), "unit", since)
    found = [_load(key, loads.get(key), done.get(key, 0)) for key in {*loads, *done}]
    return sorted(found, key=lambda one: (-one.late, -one.open, one.key))


def _loads(open_: QuerySet[Task], field: str, now: datetime) -> dict[Any, dict[str, int]]:
    counted = (
        open_.order_by()
        .values(field)
        .annotate(
            open=Count("id"),
            late=Count("id", filter=Q(due_at__lt=now)),
            free=Count("id", filter=Q(assignee=None)),
        )
    )
    return {one[field]: one for one in counted}


def _done(found: QuerySet[Task], field: str, since: datetime) -> dict[Any, int]:
    recent = found.filter(status=Status.DONE, done_at__gte=since)
    return dict(recent.order_by().values_list(field).annotate(Count("id")))


def _load(key: Any, counted: dict[str, int] | None, done: int) -> Load:
    one = counted or {"open": 0, "late": 0, "free": 0}
    return Load(key, one["open"], one["late"], one["free"], done)


def notes(task: Task) -> list[TaskNote]:
    """What was done with it, newest first."""
    return list(task.notes.order_by("-id"))


def undoable(task: Task, user: UUID) -> bool:
    """Whether the last step is the reader's own and can be taken back; not what the work itself finished."""
    last = task.notes.order_by("-id").first()
    if last is None or last.made_by != user:
        return False
    return last.what in ("taken", "handed") or (last.what == "done" and titles.by_hand(task.kind))


def of_subject(subject: UUID) -> list[Task]:
    """Tasks about one thing, the open ones first: for its page."""
    return list(Task.objects.filter(subject=subject).order_by("-status", "due_at", "id"))
