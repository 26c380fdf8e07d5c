"""Django's system checks over accounts: unknown permissions in views, demo accounts in earnest."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register

from lachan.base import access
from lachan.base.middleware import CLOCK
from lachan.registry.accounts.roles import all_permissions


@register(Tags.security)
def permissions_are_known(app_configs: Any, **kwargs: Any) -> list[CheckMessage]:
    """A view that asks for a permission which no role carries could never be opened: a slip of the pen."""
    unknown = sorted(access.PERMISSIONS_USED - all_permissions(CLOCK.now()))
    return [Error(f"no role carries the permission {name}", id="accounts.E001") for name in unknown]


@register(Tags.database)
def no_demo_accounts_in_earnest(app_configs: Any, databases: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """Runs with `check --database default` and at the start of the server."""
    from lachan.registry.accounts.demo import active_demo_accounts

    if settings.DEMO or not databases or not active_demo_accounts():
        return []
    return [
        Error(
            "demo accounts are active, and their password is public",
            hint="lachan demo --remove-accounts",
            id="accounts.E002",
        )
    ]
