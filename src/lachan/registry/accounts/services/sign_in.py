"""Sign-ins and wrong passwords. Five wrong ones make the name rest for fifteen minutes, whether it exists or not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from hashlib import sha256
from uuid import UUID

from django.db import transaction
from django.db.models import F, Q

from lachan.kernel.text import fold
from lachan.registry.accounts.models import SignInPause, User
from lachan.registry.accounts.services.events import note

FAILURES = 5
PAUSE = timedelta(minutes=15)
FORGOTTEN = timedelta(days=1)


def _key_of(name: str, user: User | None) -> bytes:
    return sha256(f"account:{user.pk}".encode() if user else f"name:{fold(name)[:200]}".encode()).digest()


def user_of(name: str) -> User | None:
    """The account of a username or an e-mail address as typed, if there is one."""
    typed = name.strip()
    if not typed or "\x00" in typed:
        return None
    return (
        User.objects.filter(Q(username=typed.lower()) | (Q(email=typed.lower()) & ~Q(email="")))
        .order_by("pk")
        .first()
    )


def paused_until(name: str, now: datetime) -> datetime | None:
    """Until when sign-ins under this name are refused unread; None when they are read."""
    pause = SignInPause.objects.filter(pk=_key_of(name, user_of(name)), until__gt=now).first()
    return pause.until if pause else None


def resting(users: Iterable[User], now: datetime) -> set[UUID]:
    """Which of these accounts rest after wrong passwords."""
    keys = {_key_of("", user): user.pk for user in users}
    found = SignInPause.objects.filter(pk__in=list(keys), until__gt=now).values_list("pk", flat=True)
    return {keys[bytes(key)] for key in found}


@transaction.atomic
def sign_in_failed(name: str, now: datetime, *, how: str = "password", user: User | None = None) -> None:
    """Count a wrong password (or a wrong second factor). Failures older than the pause don't count any more."""
    found = user or user_of(name)
    key = _key_of(name, found)
    SignInPause.objects.filter(last_at__lt=now - FORGOTTEN).delete()
    SignInPause.objects.get_or_create(pk=key, defaults={"last_at": now})
    SignInPause.objects.filter(pk=key, last_at__lt=now - PAUSE).update(failures=0, until=None)
    SignInPause.objects.filter(pk=key).update(failures=F("failures") + 1, last_at=now)
    reached = SignInPause.objects.filter(pk=key, failures__gte=FAILURES).update(failures=0, until=now + PAUSE)
    note("sign_in_failed", found, by=None, now=now, data={"how": how, "paused": bool(reached)})


@transaction.atomic
def sign_in_succeeded(user: User, now: datetime, *, how: str) -> None:
    """Note a whole sign-in and forget the failures before it. `how`: the steps taken, "password+mfa"."""
    forget_failures(user)
    note("signed_in", user, by=user, now=now, data={"how": how})


def forget_failures(user: User) -> None:
    SignInPause.objects.filter(pk=_key_of("", user)).delete()
