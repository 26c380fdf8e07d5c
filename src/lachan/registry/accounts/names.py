"""How the log's page, which lies below, is told the names of units and accounts."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from uuid import UUID

from lachan.base.middleware import CLOCK
from lachan.kernel.text import fold
from lachan.registry.accounts.models import User
from lachan.registry.accounts.roles import roles
from lachan.registry.audit.words import Names
from lachan.registry.units.selectors import label


def actors(ids: Iterable[UUID]) -> Mapping[UUID, str]:
    return dict(User.objects.filter(pk__in=list(ids)).values_list("pk", "full_name"))


def find_actors(text: str) -> list[UUID]:
    """Accounts whose name or username has every word of the text."""
    found = User.objects.all()
    for word in fold(text).split():
        found = found.filter(folded__contains=word)
    return list(found.order_by("pk").values_list("pk", flat=True)[:200])


def role(name: str) -> str:
    found = roles(CLOCK.now()).get(name)
    return found.title if found else name


NAMES = Names(unit=label, actors=actors, find_actors=find_actors, role=role)
