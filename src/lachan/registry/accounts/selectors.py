"""What an account may do, and where. Whatever is unknown, ended, locked or unreadable counts as nothing."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.conf import settings
from django.db.models import Q, QuerySet

from lachan.base.scope import Scope
from lachan.kernel.clock import local_day
from lachan.kernel.text import fold
from lachan.registry.accounts.models import Grant, Invitation, User
from lachan.registry.accounts.roles import roles
from lachan.registry.audit.models import Event
from lachan.registry.units.selectors import scope_paths

if TYPE_CHECKING:
    from lachan.registry.accounts.roles import Role


def in_good_standing(user: Any, now: datetime) -> bool:
    """Whether the account may act at all: active, not locked by an administrator, and no demo account in earnest."""
    unlocked = user.is_authenticated and (user.locked_at is None or user.locked_at > now)
    return bool(unlocked and user.is_active and (settings.DEMO or not user.is_demo))


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


def scopes(user: User, now: datetime) -> dict[str, Scope]:
    """For each permission, the units in which the account holds it, with those that they succeeded. One query.

    Grants for one place don't count; a permission that isn't there is held nowhere.
    """
    on, paths = local_day(now), defaultdict[str, set[str]](set)
    for grant, role in _granted(user, now):
        if grant.place is None and not role.place_only:
            units = (grant.unit, *scope_paths(grant.unit, on))
            for permission in role.permissions:
                paths[permission].update(units)
    return {permission: Scope.of(units) for permission, units in paths.items()}


def scope(user: User, permission: str, now: datetime) -> Scope:
    """The units in which the account holds one permission; none is an empty scope."""
    return scopes(user, now).get(permission, Scope())


def places(user: User, permission: str, now: datetime) -> frozenset[UUID]:
    """The single places for which the account holds the permission (a shop's owner)."""
    return frozenset(
        grant.place
        for grant, role in _granted(user, now)
        if grant.place is not None and permission in role.permissions
    )


def permissions(user: User, now: datetime) -> frozenset[str]:
    """Everything that the account may do in some unit."""
    return frozenset(scopes(user, now))


def accounts(scope_: Scope, text: str = "", role: str = "", state: str = "") -> QuerySet[User]:
    """Accounts with a grant that isn't revoked inside the scope; every word of `text` in the name or username.

    `state`: "locked" or "open"; `role`: a role's name; both empty for all.
    """
    held = scope_.narrow(Grant.objects.filter(revoked_at__isnull=True), "unit")
    if role:
        held = held.filter(role=role)
    found = User.objects.filter(pk__in=held.values("user"))
    for word in fold(text).split():
        found = found.filter(folded__contains=word)
    if state:
        found = found.filter(locked_at__isnull=state != "locked")
    return found


def standing_grants(user: User) -> QuerySet[Grant]:
    """Every grant that wasn't revoked: those in force, ended by date, or still to come. Newest first."""
    return Grant.objects.filter(user=user, revoked_at__isnull=True).order_by("-pk")


def home_unit(user: User) -> str:
    """The widest unit that the account was granted, for events about it; "" without grants."""
    units = list(standing_grants(user).values_list("unit", flat=True))
    return min(units, key=lambda path: (path.count("/"), path), default="")


def history(user: User, limit: int = 50) -> list[Event]:
    """What was done to the account and its sign-ins, newest first."""
    return list(Event.objects.filter(subject=user.pk, subject_kind="account").order_by("-pk")[:limit])


def has_second_factor(user: User) -> bool:
    """Whether an authenticator app or a passkey is set up; recovery codes alone don't count."""
    primary = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    return bool(Authenticator.objects.filter(user_id=user.pk, type__in=primary).exists())


def grants_by_user(users: Sequence[User]) -> dict[UUID, list[Grant]]:
    """The standing grants of a page of accounts, newest first."""
    found: defaultdict[UUID, list[Grant]] = defaultdict(list)
    for grant in Grant.objects.filter(user__in=users, revoked_at__isnull=True).order_by("-pk"):
        found[grant.user_id].append(grant)
    return found


def with_second_factor(users: Sequence[User]) -> set[UUID]:
    """Which of a page of accounts have an authenticator app or a passkey."""
    primary = [Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN]
    rows = Authenticator.objects.filter(user__in=users, type__in=primary)
    return set(rows.values_list("user_id", flat=True))


def open_invitations(scope_: Scope, now: datetime) -> QuerySet[Invitation]:
    """Invitations into the scope that can still be taken up."""
    waiting = Invitation.objects.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    return scope_.narrow(waiting, "unit").order_by("-pk")
