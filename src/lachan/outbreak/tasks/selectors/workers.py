"""Who may work on a task: the accounts that hold its permission where it stands."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID

from lachan.base.scope import Scope
from lachan.kernel.clock import local_day
from lachan.outbreak.tasks.models import Task
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.roles import roles
from lachan.registry.accounts.selectors import in_force, in_good_standing
from lachan.registry.units import selectors as units

SEE = "tasks.view"
MOST = 200


def workers(permission: str, unit: str, now: datetime) -> list[User]:
    """Accounts in good standing that hold the permission over the unit, by name; also by a unit that succeeded it."""
    ids = {grant.user_id for grant in _grants([permission], [unit], now) if _covers(grant.unit, unit, now)}
    found = User.objects.filter(pk__in=ids).order_by("full_name", "id")[:MOST]
    return [user for user in found if in_good_standing(user, now)]


def may_work(user: User, task: Task, now: datetime) -> bool:
    """Whether this account may do this task now."""
    return user.scope(task.permission, now).covers(task.unit)


def able(tasks: Sequence[Task], now: datetime) -> dict[UUID, bool]:
    """For each task given to someone, whether that account can still do it. Two queries, however many tasks."""
    given = [task for task in tasks if task.assignee]
    rows = _grants({task.permission for task in given}, {task.unit for task in given}, now)
    standing = {
        user.pk: in_good_standing(user, now)
        for user in User.objects.filter(pk__in={task.assignee for task in given})
    }
    known = roles(now)
    return {
        task.pk: standing.get(task.assignee, False)  # type: ignore[arg-type]
        and any(
            row.user_id == task.assignee
            and task.permission in known[row.role].permissions
            and _covers(row.unit, task.unit, now)
            for row in rows
        )
        for task in given
    }


def has_workers(permission: str, unit: str, now: datetime) -> bool:
    """Whether anybody granted this very unit (not one above it) may work there."""
    rows = _grants([permission], [unit], now)
    ids = {row.user_id for row in rows if row.unit == unit}
    return any(in_good_standing(user, now) for user in User.objects.filter(pk__in=ids))


def _grants(permissions: Iterable[str], paths: Iterable[str], now: datetime) -> list[Grant]:
    wanted = set(permissions)
    able_roles = [
        name for name, role in roles(now).items() if wanted & set(role.permissions) and not role.place_only
    ]
    over = {above for path in paths for above in above_all(path)}
    return list(Grant.objects.filter(in_force(now), role__in=able_roles, unit__in=over, place=None))


def above_all(path: str) -> set[str]:
    """The unit, those above it, and those that succeeded it with those above them."""
    found = _prefixes(path)
    for unit, _divided in units.successors(path):
        found |= _prefixes(unit.path)
    return found


def _prefixes(path: str) -> set[str]:
    parts = path.strip("/").split("/")
    return {"/".join(parts[: depth + 1]) + "/" for depth in range(len(parts))}


def _covers(granted: str, unit: str, now: datetime) -> bool:
    if unit.startswith(granted):
        return True
    return Scope.of((granted, *units.scope_paths(granted, local_day(now)))).covers(unit)
