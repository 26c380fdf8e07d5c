"""What happens inside allauth's pages becomes events: sign-in and out, passwords, second factors."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.internal.flows.login import get_authentication_records
from allauth.mfa import signals as mfa
from django.contrib.auth.signals import user_logged_out
from django.db import transaction
from django.http import HttpRequest

from lachan.base.middleware import CLOCK
from lachan.registry.accounts import services
from lachan.registry.accounts.models import User
from lachan.registry.accounts.services.events import note


def _now(request: HttpRequest | None) -> Any:
    return getattr(request, "clock", CLOCK).now()


def signed_in(request: HttpRequest, user: User, **kwargs: Any) -> None:
    steps = [str(step.get("type") or step["method"]) for step in get_authentication_records(request, user)]
    services.sign_in_succeeded(user, _now(request), how="+".join(dict.fromkeys(steps)) or "link")


def signed_out(request: HttpRequest | None, user: User | None, **kwargs: Any) -> None:
    if user is not None:
        _note("signed_out", request, user)


def second_factor_failed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    services.sign_in_failed("", _now(request), how="mfa", user=user)


def password_changed(request: HttpRequest, user: User, **kwargs: Any) -> None:
    _note("password_changed", request, user)


def factor_added(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    _note("second_factor_added", request, user, authenticator)


def factor_removed(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    _note("second_factor_removed", request, user, authenticator)


def factor_renewed(request: HttpRequest, user: User, authenticator: Any, **kwargs: Any) -> None:
    _note("recovery_codes_renewed", request, user, authenticator)


def _note(verb: str, request: HttpRequest | None, user: User, authenticator: Any = None) -> None:
    data = {"type": str(authenticator.type)} if authenticator is not None else None
    with transaction.atomic():
        note(verb, user, by=user, now=_now(request), data=data)


def connect() -> None:
    pairs = (
        (account.user_logged_in, signed_in),
        (user_logged_out, signed_out),
        (mfa.authentication_failed, second_factor_failed),
        (account.password_changed, password_changed),
        (account.password_set, password_changed),
        (mfa.authenticator_added, factor_added),
        (mfa.authenticator_removed, factor_removed),
        (mfa.authenticator_reset, factor_renewed),
    )
    for signal, receiver in pairs:
        signal.connect(receiver, dispatch_uid=f"lachan.accounts.{receiver.__name__}.{id(signal)}")
