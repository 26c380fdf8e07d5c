"""Whose names somebody may read: those that this account had revealed, while its right to them lasts."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.base.scope import Scope
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.models import Contact, Exposure, Reveal
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.identity import aliases_of, canonical_many, known_people, root, roots
from lachan.registry.accounts import selectors as accounts
from lachan.registry.people.models import Person

PERMISSION = "tracing.reveal"


def names_for(user: Any, nodes: Collection[UUID], now: datetime) -> dict[UUID, Person]:
    """The people among the nodes whose names this account may read now: it holds the permission still, and asked for this
    person with a reason not too long ago."""
    if not accounts.scope(user, PERMISSION, now).paths:
        return {}
    mine = Reveal.objects.filter(user=user.pk, until__gt=now).values_list("person", flat=True)
    told = set(canonical_many(mine).values())
    return known_people(told & set(nodes))


def may_reveal(scope: Scope, alias: UUID) -> bool:
    """Whether a jurisdiction reaches this person's tracing: she lives there, was exposed there, or through a case of it."""
    return any(scope.covers(unit) for unit in units_of(alias))


def units_of(alias: UUID) -> set[str]:
    """Where a pseudonym is traced: residence, contacts, places of exposure, and the communes of the cases behind them."""
    node = root(alias)
    aliases = list(aliases_of(node))
    units = {person.residence for person in known_people([node]).values()}
    units |= set(Contact.objects.filter(alias__in=aliases).values_list("unit", flat=True))
    exposures = list(Exposure.objects.filter(target__in=aliases).values_list("unit", "source"))
    units |= {unit for unit, _ in exposures}
    units |= _units_of_cases({source for _, source in exposures})
    return units - {""}


def _units_of_cases(sources: set[UUID]) -> set[str]:
    known = roots(sources)
    aliases = set(known) | {alias for node in set(known.values()) for alias in aliases_of(node)}
    rows = [row for some in chunks(aliases) for row in Case.objects.filter(alias__in=some)]
    cases = infectious.standing(rows).values()
    return {unit for case in cases for unit in (case.unit, case.reported_by)}
