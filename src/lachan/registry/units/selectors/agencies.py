"""Agencies as a tree, on a day."""

from __future__ import annotations

from datetime import date

from django.db.models import Q, QuerySet

from lachan.base import typed
from lachan.base.scope import Scope
from lachan.registry.units.models import Agency, Placement
from lachan.registry.units.selectors.finding import MOST_TYPED


def agencies(scope: Scope, on: date, text: str = "") -> QuerySet[Agency]:
    """Agencies in force on a day inside a scope, by name; every typed word must begin a word of the name."""
    rows = scope.narrow(Agency.objects.filter(_in_force(on)), "unit").select_related("parent")
    return rows.filter(typed.names(text, MOST_TYPED)).order_by("folded", "id")


def _in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def agency_tree(scope: Scope, on: date) -> list[tuple[int, Agency]]:
    """(depth, agency) in reading order; an agency whose parent isn't in the scope stands at depth 0."""
    rows = list(agencies(scope, on))
    present = {row.id for row in rows}
    below: dict[object, list[Agency]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in present else None, []).append(row)
    ordered: list[tuple[int, Agency]] = []
    stack = [(0, row) for row in reversed(below.get(None, []))]
    while stack:
        depth, row = stack.pop()
        ordered.append((depth, row))
        stack += [(depth + 1, child) for child in reversed(below.get(row.id, []))]
    return ordered


def placements(agency: Agency) -> list[Placement]:
    """Where the agency stood, latest first."""
    return list(agency.placements.select_related("parent").order_by("-valid_from", "-id"))
