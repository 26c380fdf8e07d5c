"""F-levels as what they are: the length of a path from a case. Pure; never stored.

A walk begins at a case, by an edge that lies (in part) inside that case's window; from then on each edge must go on after its
source was first reached, and outside the times in which that source was kept apart, unless the two live together: who is
isolated can't infect. The level of a node is the least number of edges over all such walks. Cases are F0 whatever
reaches them, and no walk goes on through a case other than from within its own window.
"""

from __future__ import annotations

from collections.abc import Collection, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from types import MappingProxyType
from typing import Generic, TypeVar

DEPTH = 3
Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Window:
    """When someone may infect others, half-open."""

    since: datetime
    until: datetime


@dataclass(frozen=True, slots=True)
class Edge(Generic[Node]):
    """`source` may have infected `target` between two moments (half-open). `confirmed`: an officer said so.
    `together`: they live in one household, which isolation at home doesn't part."""

    source: Node
    target: Node
    from_at: datetime
    to_at: datetime
    confirmed: bool = True
    key: Hashable = None  # what the caller knows it by
    together: bool = False


@dataclass(frozen=True, slots=True)
class Level(Generic[Node]):
    """`path`: from the case to the node, both included. `first`: when it was first reached by so few edges; `last`: the
    end of the last edge that reaches it so (None for a case, of which neither is asked)."""

    level: int
    path: tuple[Node, ...]
    first: datetime | None = None
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Reached(Generic[Node]):
    at: datetime
    path: tuple[Node, ...]


def levels(
    cases: Mapping[Node, Window | Sequence[Window]],
    edges: Iterable[Edge[Node]],
    depth: int = DEPTH,
    apart: Mapping[Node, Sequence[Window]] = MappingProxyType({}),
) -> dict[Node, Level[Node]]:
    """The level of every node that is a case or reached from one by at most `depth` confirmed edges. Someone who was ill
    twice has two windows. `apart`: when contacts were isolated; a case's windows know that already.

    By rounds: after round k each node knows the earliest moment at which it is reached by at most k edges, so a later
    but shorter way isn't mistaken for an earlier but longer one.
    """
    windows = {case: [its] if isinstance(its, Window) else list(its) for case, its in cases.items()}
    found: dict[Node, Level[Node]] = {case: Level(0, (case,)) for case in cases}
    onward = _by_source(_while_free(edges, apart, windows))
    reached: dict[Node, _Reached[Node]] = {}
    for hops in range(1, depth + 1):
        fresh = _round(windows, onward, reached, first=hops == 1)
        if not fresh:
            break
        last = _last(windows, onward, reached, fresh.keys() - found.keys(), first=hops == 1)
        for node, way in fresh.items():
            found.setdefault(node, Level(hops, way.path, way.at, last.get(node)))
        reached.update(fresh)
    return found


def exposure(
    edge: Edge[Node], since: datetime, until: datetime | None = None
) -> tuple[datetime, datetime] | None:
    """The part of an edge from `since` on (and before `until`); None where nothing is left of it."""
    first = max(edge.from_at, since)
    last = edge.to_at if until is None else min(edge.to_at, until)
    return (first, last) if first < last else None


def _while_free(
    edges: Iterable[Edge[Node]], apart: Mapping[Node, Sequence[Window]], cases: Collection[Node]
) -> Iterator[Edge[Node]]:
    """The edges without the times in which their source was kept apart: one may become several, or none."""
    for edge in edges:
        times = () if edge.together or edge.source in cases else apart.get(edge.source, ())
        for first, last in free(edge.from_at, edge.to_at, times):
            yield (
                edge
                if (first, last) == (edge.from_at, edge.to_at)
                else replace(edge, from_at=first, to_at=last)
            )


def free(since: datetime, until: datetime, apart: Iterable[Window]) -> list[tuple[datetime, datetime]]:
    """What is left of a time without those in which someone was kept apart, in order."""
    parts: list[tuple[datetime, datetime]] = []
    for its in sorted(apart, key=lambda one: one.since):
        if since < min(its.since, until):
            parts.append((since, min(its.since, until)))
        since = max(since, its.until)
    return [*parts, (since, until)] if since < until else parts


def _by_source(edges: Iterable[Edge[Node]]) -> dict[Node, list[Edge[Node]]]:
    onward: dict[Node, list[Edge[Node]]] = {}
    for edge in edges:
        if edge.confirmed and edge.source != edge.target:
            onward.setdefault(edge.source, []).append(edge)
    return onward


def _round(
    cases: Mapping[Node, list[Window]],
    onward: Mapping[Node, list[Edge[Node]]],
    reached: Mapping[Node, _Reached[Node]],
    *,
    first: bool,
) -> dict[Node, _Reached[Node]]:
    """Nodes reached earlier than before by one more edge."""
    fresh: dict[Node, _Reached[Node]] = {}
    for source, part, edge in _steps(cases, onward, reached, first=first):
        if edge.target in cases:
            continue
        standing = fresh.get(edge.target) or reached.get(edge.target)
        if standing is None or part[0] < standing.at:
            path = reached[source].path if source in reached else (source,)
            fresh[edge.target] = _Reached(part[0], (*path, edge.target))
    return fresh


def _last(
    cases: Mapping[Node, list[Window]],
    onward: Mapping[Node, list[Edge[Node]]],
    reached: Mapping[Node, _Reached[Node]],
    wanted: Iterable[Node],
    *,
    first: bool,
) -> dict[Node, datetime]:
    ends: dict[Node, datetime] = {}
    asked = set(wanted)
    for _source, part, edge in _steps(cases, onward, reached, first=first):
        if edge.target in asked:
            ends[edge.target] = max(part[1], ends.get(edge.target, part[1]))
    return ends


def _steps(
    cases: Mapping[Node, list[Window]],
    onward: Mapping[Node, list[Edge[Node]]],
    reached: Mapping[Node, _Reached[Node]],
    *,
    first: bool,
) -> Iterator[tuple[Node, tuple[datetime, datetime], Edge[Node]]]:
    """(source, the part of the edge that counts, edge) of this round: from cases in the first, from those reached later."""
    for source in cases if first else reached:
        for edge in onward.get(source, ()):
            if first:
                parts = [exposure(edge, its.since, its.until) for its in cases[source]]
            else:
                parts = [exposure(edge, reached[source].at)]
            yield from ((source, part, edge) for part in parts if part is not None)
