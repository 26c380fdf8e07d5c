"""The level of people, told anew from the graph each time. Nothing here is stored."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from lachan.outbreak.tracing.levels import Level
from lachan.outbreak.tracing.selectors import graph
from lachan.outbreak.tracing.selectors.identity import roots


def levels_of(aliases: Iterable[UUID], disease: str) -> dict[UUID, Level[UUID]]:
    """alias → level, of those that have one: a case, or reached from one by at most three confirmed edges."""
    nodes = roots(aliases)
    found = graph.behind(set(nodes.values()), disease).levels()
    return {alias: found[node] for alias, node in nodes.items() if node in found}


def level_of(alias: UUID, disease: str) -> Level[UUID] | None:
    """One person's level, or None."""
    return levels_of([alias], disease).get(alias)
