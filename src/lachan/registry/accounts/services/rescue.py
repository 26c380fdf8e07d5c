"""The way back in. A manager makes a link to a new password for staff who forgot theirs; whoever may run commands on the
machine makes one that also signs in, for when the last administrator is locked out."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse

from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts.authority import may_answer_for
from lachan.registry.accounts.models import OneTimeLink, User
from lachan.registry.accounts.services import tokens
from lachan.registry.accounts.services.events import note
from lachan.registry.accounts.services.people import clean_password
from lachan.registry.accounts.services.sign_in import forget_failures
from lachan.registry.accounts.services.state import reset_second_factor, unlock

VALID = timedelta(minutes=15)


@transaction.atomic
def rescue_link(username: str, now: datetime) -> str:
    """The address of a one-time sign-in, valid for fifteen minutes. Earlier links of the account become void.

    Raises InvalidInput account_unknown (no such account, or closed).
    """
    user = User.objects.filter(username=username.strip().lower(), is_active=True).first()
    if user is None:
        raise InvalidInput("account_unknown", field="username")
    return _link(user, None, now, "rescue_made")


@transaction.atomic
def password_link(user: User, now: datetime, *, by: User) -> str:
    """The address where the account's owner sets a new password within fifteen minutes; her second factor stays.

    Raises InvalidInput account_out_of_reach unless `by` holds everything that the account holds.
    """
    if not user.is_active or not may_answer_for(by, user, now):
        raise InvalidInput("account_out_of_reach")
    return _link(user, by, now, "password_link_made")


def _link(user: User, by: User | None, now: datetime, verb: str) -> str:
    OneTimeLink.objects.filter(user=user, used_at__isnull=True).update(used_at=now)
    token, kept = tokens.make()
    made_by = by.pk if by else None
    OneTimeLink.objects.create(
        token_hash=kept, user=user, made_by=made_by, made_at=now, expires_at=now + VALID
    )
    note(verb, user, by=by, now=now)
    return f"{settings.PUBLIC_URL}{reverse('accounts:rescue', args=[token])}"


def find_rescue(token: str, now: datetime) -> OneTimeLink | None:
    """The link of a token, if it can still be used."""
    waiting = OneTimeLink.objects.filter(
        token_hash=tokens.digest(token), used_at__isnull=True, expires_at__gt=now
    )
    return waiting.filter(user__is_active=True).select_related("user").first()


@transaction.atomic
def use_rescue(
    token: str, password: str, now: datetime, *, forget_second_factor: bool = False
) -> tuple[User, bool]:
    """Set a new password. Returns the account, and whether to sign it in at once (a link of the machine's console).

    That link also lifts any lock, and forgets the second factor where asked; a manager's link does neither.

    Raises InvalidInput: rescue_void, password_weak (the link then stays good).
    """
    link = find_rescue(token, now)
    if link is None:
        raise InvalidInput("rescue_void")
    user = link.user
    user.set_password(clean_password(password, user))
    user.save(update_fields=["password"])
    if not OneTimeLink.objects.filter(pk=link.pk, used_at__isnull=True).update(used_at=now):
        raise InvalidInput("rescue_void")
    if link.made_by is not None:
        forget_failures(user)
        note("password_changed", user, by=user, now=now)
        return user, False
    unlock(user, now, by=None)
    if forget_second_factor:
        reset_second_factor(user, now, by=None)
    note("rescued", user, by=None, now=now)
    return user, True
