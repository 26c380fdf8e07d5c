"""Giving and taking roles."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts.authority import require_give, require_manage
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.services.events import note
from lachan.registry.units.selectors import by_path


@transaction.atomic
def grant(
    user: User,
    role: str,
    unit: str,
    now: datetime,
    *,
    by: User | None,
    valid_from: datetime | None = None,
    valid_to: datetime | None = None,
    place: UUID | None = None,
) -> Grant:
    """Give a role in a unit and below, from now or a later moment, for good or until `valid_to`.

    Raises InvalidInput: account_out_of_reach, role_unknown, role_out_of_reach, role_needs_place, unit_unknown, grant_dates.
    """
    require_manage(by, user, now)
    found = require_give(by, role, unit, now)
    if found.place_only != (place is not None):
        raise InvalidInput("role_needs_place", field="role")
    if by_path(unit) is None:
        raise InvalidInput("unit_unknown", field="unit")
    start = max(valid_from or now, now)
    if valid_to is not None and valid_to <= start:
        raise InvalidInput("grant_dates", field="valid_to")
    made = Grant.objects.create(
        user=user,
        role=role,
        unit=unit,
        place=place,
        valid_from=start,
        valid_to=valid_to,
        made_by=by.pk if by else None,
    )
    note(
        "granted",
        user,
        by=by,
        now=now,
        unit=unit,
        data={"grant": made.pk, "role": role, "from": start, "to": valid_to},
    )
    return made


@transaction.atomic
def revoke(given: Grant, now: datetime, *, by: User | None) -> None:
    """Take a role back at once. A second time changes nothing. Raises InvalidInput account_out_of_reach."""
    require_manage(by, given.user, now)
    if Grant.objects.filter(pk=given.pk, revoked_at__isnull=True).update(revoked_at=now):
        note(
            "revoked",
            given.user,
            by=by,
            now=now,
            unit=given.unit,
            data={"grant": given.pk, "role": given.role},
        )
