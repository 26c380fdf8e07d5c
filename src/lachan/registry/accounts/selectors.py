"""What an account may do, and where. Whatever is unknown, ended, locked or unreadable counts as nothing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base.scope import Scope
from lachan.kernel.clock import local_day
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.roles import roles

if TYPE_CHECKING:
    from lachan.registry.accounts.roles import Role


def in_good_standing(user: Any, now: datetime) -> bool:
    """Whether the account may act at all: active and not locked by an administrator."""
    return bool(user.is_authenticated and user.is_active and (user.locked_at is None or user.locked_at > now))


def in_force(now: datetime) -> Q:
    """The condition of a grant that counts at this moment."""
    begun = Q(valid_from__lte=now)
    running = Q(valid_to__isnull=True) | Q(valid_to__gt=now)
    kept = Q(revoked_at__isnull=True) | Q(revoked_at__gt=now)
    return begun & running & kept


def grants(user: User, now: datetime) -> QuerySet[Grant]:
    """The account's grants in force; none when the account is closed or locked."""
    if not in_good_standing(user, now):
        return Grant.objects.none()
    return Grant.objects.filter(in_force(now), user=user)


def _granted(user: User, now: datetime) -> Iterator[tuple[Grant, Role]]:
    known = roles(now)
    for grant in grants(user, now):
        role = known.get(grant.role)
        if role is not None:
            yield grant, role


def scope(user: User, permission: str, now: datetime) -> Scope:
    """The units in which the account holds the permission, with those that they succeeded. Grants for one place don't count."""
    on, paths = local_day(now), set[str]()
    for grant, role in _granted(user, now):
        if grant.place is None and not role.place_only and permission in role.permissions:
            paths.update(_with_predecessors(grant.unit, on))
    return Scope.of(paths)


def _with_predecessors(path: str, on: Any) -> tuple[str, ...]:
    try:
        from lachan.registry.units.selectors import scope_paths
    except ImportError:
        return (path,)
    return (path, *scope_paths(path, on))


def places(user: User, permission: str, now: datetime) -> frozenset[UUID]:
    """The single places for which the account holds the permission (a shop's owner)."""
    return frozenset(
        grant.place
        for grant, role in _granted(user, now)
        if grant.place is not None and permission in role.permissions
    )


def permissions(user: User, now: datetime) -> frozenset[str]:
    """Everything that the account may do in some unit."""
    held: set[str] = set()
    for grant, role in _granted(user, now):
        if grant.place is None and not role.place_only:
            held |= role.permissions
    return frozenset(held)
