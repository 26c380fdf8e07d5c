"""Clusters as connected components, and the secondary attack rate. Pure."""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

Node = TypeVar("Node", bound=Hashable)


@dataclass(frozen=True, slots=True)
class Rate:
    """Cases among contacts ÷ contacts. `value` is None where there are no contacts, which isn't zero."""

    cases: int
    contacts: int

    @property
    def value(self) -> float | None:
        return self.cases / self.contacts if self.contacts else None

    @property
    def percent(self) -> float | None:
        return None if self.value is None else round(100 * self.value, 1)


@dataclass(frozen=True, slots=True)
class Step(Generic[Node]):
    """A confirmed exposure of `target` to the case `source`, as far as it lies in that case's window, at `place`."""

    source: Node
    target: Node
    at: datetime
    place: Hashable = None


@dataclass(frozen=True, slots=True)
class Cluster(Generic[Node]):
    """Cases that are linked by exposures, with their contacts."""

    cases: frozenset[Node]
    contacts: frozenset[Node]
    rate: Rate


def attack(steps: Iterable[Step[Node]], starts: Mapping[Node, datetime]) -> Rate:
    """Of those exposed, how many fell ill from then on (`starts`: when each case began, onset or first positive sample).

    Everybody counts once. Who was ill before the exposure is no contact of it, and stands in neither number.
    """
    first: dict[Node, datetime] = {}
    for step in steps:
        first[step.target] = min(step.at, first.get(step.target, step.at))
    exposed = {node for node, at in first.items() if node not in starts or starts[node] >= at}
    return Rate(sum(1 for node in exposed if node in starts), len(exposed))


def components(steps: Iterable[Step[Node]], cases: Iterable[Node]) -> list[frozenset[Node]]:
    """Sets of nodes that are joined by steps, whichever way; every case is in one. Largest first."""
    parent: dict[Node, Node] = {case: case for case in cases}

    def top(node: Node) -> Node:
        parent.setdefault(node, node)
        while parent[node] != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    for step in steps:
        parent[top(step.source)] = top(step.target)
    found: dict[Node, set[Node]] = {}
    for node in parent:
        found.setdefault(top(node), set()).add(node)
    return sorted(
        (frozenset(each) for each in found.values()),
        key=lambda each: (-len(each), repr(min(map(repr, each)))),
    )


def clusters(
    steps: Iterable[Step[Node]], starts: Mapping[Node, datetime], least: int = 2
) -> list[Cluster[Node]]:
    """Components with at least so many cases: most cases first."""
    steps = list(steps)
    found = []
    for nodes in components(steps, starts):
        cases = frozenset(node for node in nodes if node in starts)
        if len(cases) >= least:
            mine = [step for step in steps if step.source in nodes]
            found.append(Cluster(cases, nodes - cases, attack(mine, starts)))
    return sorted(found, key=lambda one: (-len(one.cases), -len(one.contacts)))
