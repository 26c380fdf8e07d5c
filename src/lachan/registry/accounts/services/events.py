"""Events about accounts: the subject is the account, the unit the widest one that it was granted."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from lachan.registry.accounts.models import User
from lachan.registry.accounts.selectors import home_unit
from lachan.registry.audit.services import record


def note(
    verb: str,
    user: User | None,
    *,
    by: User | None,
    now: datetime,
    unit: str = "",
    data: Mapping[str, Any] | None = None,
) -> None:
    """Append `account.<verb>`. Never a name or a username in `data`: a username may be a phone number."""
    where = unit or (home_unit(user) if user else "")
    record(
        f"account.{verb}",
        actor=by,
        subject_kind="account" if user else "",
        subject=user.pk if user else None,
        unit=where,
        data=data,
        now=now,
    )
