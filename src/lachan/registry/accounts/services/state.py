"""Locking, and starting over with the second factor or the sessions."""

from __future__ import annotations

from datetime import datetime

from allauth.mfa.models import Authenticator
from django.db import transaction
from django.db.models import F

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.accounts.authority import may_answer_for, require_manage
from lachan.registry.accounts.models import User
from lachan.registry.accounts.services.events import note
from lachan.registry.accounts.services.sign_in import forget_failures


@transaction.atomic
def lock(user: User, now: datetime, reason: str, *, by: User | None) -> None:
    """From this moment the account may do nothing, and its sessions end."""
    require_manage(by, user, now)
    user.locked_at, user.locked_by, user.lock_reason = now, by.pk if by else None, clean_line(reason, 200)
    user.save(update_fields=["locked_at", "locked_by", "lock_reason"])
    _end(user)
    note("locked", user, by=by, now=now)


@transaction.atomic
def unlock(user: User, now: datetime, *, by: User | None) -> None:
    """Lift the lock, and the pause after wrong passwords."""
    require_manage(by, user, now)
    user.locked_at, user.locked_by, user.lock_reason = None, None, ""
    user.save(update_fields=["locked_at", "locked_by", "lock_reason"])
    forget_failures(user)
    note("unlocked", user, by=by, now=now)


@transaction.atomic
def reset_second_factor(user: User, now: datetime, *, by: User | None) -> int:
    """Forget the authenticator app, the passkeys and the recovery codes; she sets them up anew at the next sign-in."""
    if by is not None and not may_answer_for(by, user, now):
        raise InvalidInput(
            "account_out_of_reach"
        )  # whoever may reset it could sign in with more than she holds
    removed: int = Authenticator.objects.filter(user_id=user.pk).delete()[0]
    user.mfa_required = True
    user.save(update_fields=["mfa_required"])
    _end(user)
    note("second_factor_reset", user, by=by, now=now, data={"removed": removed})
    return removed


@transaction.atomic
def end_sessions(user: User, now: datetime, *, by: User | None) -> None:
    """Every device must sign in again. An account may do this to itself."""
    if by is None or by.pk != user.pk:
        require_manage(by, user, now)
    _end(user)
    note("sessions_ended", user, by=by, now=now)


def _end(user: User) -> None:
    User.objects.filter(pk=user.pk).update(session_epoch=F("session_epoch") + 1)
    user.refresh_from_db(fields=["session_epoch"])
