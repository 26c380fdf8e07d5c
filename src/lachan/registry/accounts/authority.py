"""Who may manage whom: nobody gives what she hasn't, or touches an account that reaches beyond her jurisdiction."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime

from django.conf import settings

from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.roles import Role, roles
from lachan.registry.accounts.selectors import scope, scopes

MANAGE = "accounts.manage"


def may_manage(actor: User, user: User, now: datetime) -> bool:
    """Whether every unit in which `user` has (or, without any, had) a role lies in the actor's jurisdiction."""
    if actor.pk == user.pk:
        return False
    own = scope(actor, MANAGE, now)
    return bool(own.paths) and all(own.covers(unit) for unit in _reach(user))


def _reach(user: User) -> set[str]:
    grants = Grant.objects.filter(user=user)
    standing = set(grants.filter(revoked_at__isnull=True).values_list("unit", flat=True))
    return standing or set(grants.values_list("unit", flat=True)) or {f"{settings.PROVINCE}/"}


def may_give(actor: User, role: Role, unit: str, now: datetime) -> bool:
    """Whether the actor manages accounts in the unit and holds there everything that the role would give."""
    return _gives(scopes(actor, now), role, unit)


def _gives(held: Mapping[str, Scope], role: Role, unit: str) -> bool:
    return all(held.get(permission, Scope()).covers(unit) for permission in {MANAGE, *role.permissions})


def givable(actor: User, units: Iterable[str], now: datetime) -> list[Role]:
    """The roles that the actor may give in one of the units, in the order of the roles' file."""
    held, where = scopes(actor, now), list(units)
    found = (role for role in roles(now).values() if not role.place_only)
    return [role for role in found if any(_gives(held, role, unit) for unit in where)]


def may_answer_for(actor: User, user: User, now: datetime) -> bool:
    """Whether the actor holds everything that the account holds: else a new password would be a way to more power."""
    if not may_manage(actor, user, now):
        return False
    known = roles(now)
    grants = Grant.objects.filter(user=user, revoked_at__isnull=True)
    return all(
        grant.role in known and may_give(actor, known[grant.role], grant.unit, now) for grant in grants
    )


def require_manage(actor: User | None, user: User, now: datetime) -> None:
    """Raises InvalidInput account_out_of_reach. `actor` None is the machine's own console."""
    if actor is not None and not may_manage(actor, user, now):
        raise InvalidInput("account_out_of_reach")


def require_give(actor: User | None, role: str, unit: str, now: datetime) -> Role:
    """The role, or InvalidInput: role_unknown, role_out_of_reach."""
    found = roles(now).get(role)
    if found is None:
        raise InvalidInput("role_unknown", field="role")
    if actor is not None and not may_give(actor, found, unit, now):
        raise InvalidInput("role_out_of_reach", field="role")
    return found
