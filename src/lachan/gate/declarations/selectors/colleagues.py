"""Who may be given follow-up work in a jurisdiction."""

from __future__ import annotations

from datetime import datetime

from lachan.base.scope import Scope
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.roles import roles
from lachan.registry.accounts.selectors import in_force

WORK = "follow_up.work"
MOST = 200


def colleagues(scope: Scope, now: datetime) -> list[User]:
    """Active accounts that hold the work in the scope's units, by name."""
    able = [name for name, role in roles(now).items() if WORK in role.permissions and not role.place_only]
    grants = scope.narrow(Grant.objects.filter(in_force(now), role__in=able, place=None), "unit")
    users = User.objects.filter(id__in=grants.values("user"), is_active=True, locked_at=None)
    return list(users.order_by("full_name", "id")[:MOST])
