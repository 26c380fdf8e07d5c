"""A new account begins with an invitation: a link, shown once, in which the newcomer names herself."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts.authority import MANAGE, require_give
from lachan.registry.accounts.models import Invitation, User
from lachan.registry.accounts.selectors import scope
from lachan.registry.accounts.services import tokens
from lachan.registry.accounts.services.events import note
from lachan.registry.accounts.services.people import clean_email, clean_full_name, create
from lachan.registry.units.selectors import by_path

VALID = timedelta(days=7)


@transaction.atomic
def invite(
    full_name: str, role: str, unit: str, now: datetime, *, by: User, email: str = ""
) -> tuple[Invitation, str]:
    """The invitation and its token, which can't be shown again. Valid for seven days.

    Raises InvalidInput: role_unknown, role_out_of_reach, role_needs_place, unit_unknown, name_…, email_form, email_taken,
    email_invited.
    """
    found = require_give(by, role, unit, now)
    if found.place_only:
        raise InvalidInput("role_needs_place", field="role")
    if by_path(unit) is None:
        raise InvalidInput("unit_unknown", field="unit")
    token, kept = tokens.make()
    invitation = Invitation.objects.create(
        token_hash=kept,
        full_name=clean_full_name(full_name),
        email=_free(clean_email(email), now),
        role=role,
        unit=unit,
        made_by=by.pk,
        made_at=now,
        expires_at=now + VALID,
    )
    note("invited", None, by=by, now=now, unit=unit, data={"invitation": invitation.pk, "role": role})
    return invitation, token


def _free(email: str, now: datetime) -> str:
    """The address, if no invitation that still stands has it: the second of two could not be taken up."""
    standing = Invitation.objects.filter(used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now)
    if email and standing.filter(email=email).exists():
        raise InvalidInput("email_invited", field="email")
    return email


def find_invitation(token: str, now: datetime) -> Invitation | None:
    """The invitation of a token that can still be taken up."""
    return Invitation.objects.filter(
        token_hash=tokens.digest(token), used_at__isnull=True, revoked_at__isnull=True, expires_at__gt=now
    ).first()


@transaction.atomic
def accept(token: str, username: str, full_name: str, password: str, now: datetime) -> User:
    """The newcomer's account. Whoever invited her must still be allowed to give the role.

    Raises InvalidInput: invitation_void, role_out_of_reach, username_…, name_…, password_weak, email_taken.
    """
    invitation = find_invitation(token, now)
    inviter = User.objects.filter(pk=invitation.made_by).first() if invitation else None
    if invitation is None or inviter is None:
        raise InvalidInput("invitation_void")
    if not Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True).update(used_at=now):
        raise InvalidInput("invitation_void")  # taken up by another request just now
    user = create(
        username,
        full_name,
        invitation.role,
        invitation.unit,
        now,
        by=inviter,
        password=password,
        email=invitation.email,
    )
    Invitation.objects.filter(pk=invitation.pk).update(used_by=user.pk)
    return user


@transaction.atomic
def withdraw(invitation: Invitation, now: datetime, *, by: User) -> None:
    """Make an invitation void. Raises InvalidInput account_out_of_reach."""
    if not scope(by, MANAGE, now).covers(invitation.unit):
        raise InvalidInput("account_out_of_reach")
    if Invitation.objects.filter(pk=invitation.pk, used_at__isnull=True, revoked_at__isnull=True).update(
        revoked_at=now
    ):
        note(
            "invitation_withdrawn",
            None,
            by=by,
            now=now,
            unit=invitation.unit,
            data={"invitation": invitation.pk},
        )
