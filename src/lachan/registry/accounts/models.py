"""Staff accounts: a role counts only inside a jurisdiction, and only while it is in force."""

from __future__ import annotations

from datetime import datetime
from typing import Any, ClassVar
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models.functions import Lower
from django.utils.crypto import salted_hmac

from lachan.base.models import PathField, TimeOrdered
from lachan.base.scope import Scope
from lachan.kernel.text import fold


class UserManager(BaseUserManager["User"]):
    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        user = self.model(username=self.model.normalize_username(username), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user


class User(TimeOrdered, AbstractBaseUser):
    username = models.CharField(max_length=60, unique=True)
    email = models.EmailField(blank=True)
    full_name = models.CharField(max_length=100)
    folded = models.CharField(max_length=180, blank=True)  # name and username without accents, for searching
    phone = models.CharField(max_length=16, blank=True)
    agency = models.UUIDField(null=True, blank=True)
    is_active = models.BooleanField(default=True)
    is_demo = models.BooleanField(default=False)
    mfa_required = models.BooleanField(default=True)
    locked_at = models.DateTimeField(null=True)  # nothing works until the lock is lifted
    locked_by = models.UUIDField(null=True)
    lock_reason = models.CharField(max_length=200, blank=True)
    session_epoch = models.PositiveIntegerField(default=0)  # raising it ends every session
    created_at = models.DateTimeField()

    USERNAME_FIELD = "username"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["full_name"]
    objects = UserManager()

    class Meta:
        constraints = [
            models.UniqueConstraint(Lower("email"), condition=~models.Q(email=""), name="account_email_once")
        ]

    def __str__(self) -> str:
        return self.full_name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.folded = fold(f"{self.full_name} {self.username}")
        self.email = self.email.lower()  # one may sign in with it, however it is typed
        if kwargs.get("update_fields") is not None:
            kwargs["update_fields"] = {*kwargs["update_fields"], "folded"}
        super().save(*args, **kwargs)

    def _get_session_auth_hash(self, secret: Any = None) -> str:
        """Of the password, as Django has it, and of the epoch besides."""
        salt = "lachan.registry.accounts.session"
        return salted_hmac(
            salt, f"{self.session_epoch}:{self.password}", secret=secret, algorithm="sha256"
        ).hexdigest()

    def get_session_auth_hash(self) -> str:
        return self._get_session_auth_hash()

    def scope(self, permission: str, now: datetime) -> Scope:
        """The jurisdictions in which this account holds the permission at this time."""
        from lachan.registry.accounts.selectors import scope

        return scope(self, permission, now)

    def scopes(self, now: datetime) -> dict[str, Scope]:
        """All of them by permission, for one query."""
        from lachan.registry.accounts.selectors import scopes

        return scopes(self, now)

    def places(self, permission: str, now: datetime) -> frozenset[UUID]:
        """The single places for which this account holds the permission at this time."""
        from lachan.registry.accounts.selectors import places

        return places(self, permission, now)


class Grant(TimeOrdered):
    """A role in a unit and all below it, from a day and perhaps to a day."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="grants")
    role = models.CharField(max_length=40)
    unit = PathField()
    place = models.UUIDField(null=True, blank=True)  # a place's owner sees that place alone
    valid_from = models.DateTimeField()
    valid_to = models.DateTimeField(null=True)
    made_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["user", "role"]), models.Index(fields=["unit"])]


class Invitation(TimeOrdered):
    """A one-time way in for a new account; only the token's hash is kept."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    full_name = models.CharField(max_length=100)
    email = models.EmailField(blank=True)
    role = models.CharField(max_length=40)
    unit = PathField()
    made_by = models.UUIDField()
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)
    used_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(null=True)


class OneTimeLink(TimeOrdered):
    """A way to a new password, made on the machine itself or by a manager; only the token's hash is kept."""

    token_hash = models.BinaryField(max_length=32, unique=True)
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    made_by = models.UUIDField(null=True)  # null: the machine's console, whose link also signs in
    made_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True)


class SignInPause(models.Model):
    """Wrong passwords for one name. Kept for names without an account too, so that both are answered alike."""

    key = models.BinaryField(
        max_length=32, primary_key=True
    )  # hash of the account's id, or of the name typed
    failures = models.PositiveSmallIntegerField(default=0)
    until = models.DateTimeField(null=True)
    last_at = models.DateTimeField(db_index=True)
