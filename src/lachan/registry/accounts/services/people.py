"""Making an account, and what its owner may change."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import clean_name
from lachan.registry.accounts.authority import require_give
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.services.events import note

USERNAME = re.compile(r"[a-z0-9](?:[a-z0-9._-]{1,58})[a-z0-9]")


def clean_username(text: str) -> str:
    """Lower case, 3 to 60 letters without accents, digits, dots, hyphens. Raises username_form, username_taken."""
    username = text.strip().lower()
    if USERNAME.fullmatch(username) is None:
        raise InvalidInput("username_form", field="username")
    if User.objects.filter(username=username).exists():
        raise InvalidInput("username_taken", field="username")
    return username


def clean_password(password: str, user: User | None = None) -> str:
    """Raises InvalidInput password_weak for one that is short, common or only digits."""
    try:
        validate_password(password, user)
    except ValidationError:
        raise InvalidInput("password_weak", field="password") from None
    return password


def clean_email(text: str, user: User | None = None) -> str:
    """Empty, or an address in lower case that no other account has. Raises InvalidInput email_form, email_taken."""
    email = text.strip().lower()
    try:
        if email:
            validate_email(email)
    except ValidationError:
        raise InvalidInput("email_form", field="email") from None
    if email and _others(user).filter(email=email).exists():
        raise InvalidInput("email_taken", field="email")
    return email


def _others(user: User | None) -> QuerySet[User]:
    return User.objects.exclude(pk=user.pk) if user is not None else User.objects.all()


def _save(user: User, **how: Any) -> None:
    """Save; where another request took the name or the address just now, say which."""
    try:
        with transaction.atomic():
            user.save(**how)
    except IntegrityError:
        taken = "username" if _others(user).filter(username=user.username).exists() else "email"
        raise InvalidInput(f"{taken}_taken", field=taken) from None


def clean_full_name(text: str) -> str:
    """A person's name, tidied; raises InvalidInput name_… at full_name."""
    try:
        return clean_name(text)
    except InvalidInput as error:
        raise error.at("full_name") from None


def clean_phone(text: str) -> str:
    """Empty, or E.164; raises InvalidInput phone_… at phone."""
    try:
        return parse_phone(text) if text.strip() else ""
    except InvalidInput as error:
        raise error.at("phone") from None


@transaction.atomic
def create(
    username: str,
    full_name: str,
    role: str,
    unit: str,
    now: datetime,
    *,
    by: User | None,
    password: str | None = None,
    email: str = "",
    made_by: User | None = None,
) -> User:
    """An account with its first role. Raises InvalidInput with the field that is wrong.

    `by` must be allowed to give the role; `made_by` is noted as the giver where `by` is the newcomer's own doing.
    """
    require_give(by, role, unit, now)
    user = User(
        username=clean_username(username),
        full_name=clean_full_name(full_name),
        email=clean_email(email),
        created_at=now,
    )
    user.set_password(clean_password(password, user) if password is not None else None)
    _save(user, force_insert=True)
    giver = made_by or by
    Grant.objects.create(user=user, role=role, unit=unit, valid_from=now, made_by=giver.pk if giver else None)
    note("created", user, by=giver, now=now, unit=unit, data={"role": role})
    return user


@transaction.atomic
def update_profile(user: User, full_name: str, phone: str, email: str, now: datetime) -> None:
    """An account's owner corrects her name, phone, address. Raises InvalidInput with the field."""
    user.full_name = clean_full_name(full_name)
    user.phone = clean_phone(phone)
    user.email = clean_email(email, user)
    _save(user, update_fields=["full_name", "phone", "email"])
    note("profile_changed", user, by=user, now=now)
