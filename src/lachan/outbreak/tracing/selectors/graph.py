"""Pieces of the graph, fetched a step at a time. Nodes are `identity.root`s; edges bear the ids of their exposures."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from uuid import UUID

from lachan.outbreak.tracing.levels import DEPTH, Edge, Level, Window, levels
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.apart import apart
from lachan.outbreak.tracing.selectors.identity import aliases_of_many, roots

MOST_NODES = 20_000
"""Of one piece: an outbreak beyond it is looked at case by case."""
COLUMNS = ("id", "source", "target", "from_at", "to_at", "status", "kind")
Row = tuple[UUID, UUID, UUID, datetime, datetime, str, str]


@dataclass(slots=True)
class Piece:
    """Some nodes with what leads to or from them."""

    disease: str
    nodes: set[UUID] = field(default_factory=set)
    edges: dict[UUID, Edge[UUID]] = field(default_factory=dict)
    cases: dict[UUID, list[Window]] = field(default_factory=dict)
    apart: dict[UUID, list[Window]] = field(default_factory=dict)

    def levels(self, *, proposed: bool = False) -> dict[UUID, Level[UUID]]:
        """The level of each node. `proposed`: as it would be if all that waits for confirmation were confirmed."""
        edges: Iterable[Edge[UUID]] = self.edges.values()
        if proposed:
            edges = [replace(one, confirmed=True) for one in edges]
        return levels(self.cases, edges, apart=self.apart)


def behind(nodes: Iterable[UUID], disease: str, *, depth: int = DEPTH, proposed: bool = False) -> Piece:
    """Everything from which these nodes may have been reached by `depth` edges: enough to tell their level."""
    return _grown(nodes, disease, depth, "target", proposed)


def ahead(nodes: Iterable[UUID], disease: str, *, depth: int = DEPTH, proposed: bool = False) -> Piece:
    """Everything that these nodes may have reached by `depth` edges."""
    return _grown(nodes, disease, depth, "source", proposed)


def _grown(nodes: Iterable[UUID], disease: str, depth: int, end: str, proposed: bool) -> Piece:
    piece = Piece(disease)
    fresh = set(nodes)
    for _ in range(depth):
        piece.nodes |= fresh
        if not fresh or len(piece.nodes) > MOST_NODES:
            break
        found = _edges(fresh, disease, end, proposed)
        piece.edges.update(found)
        reached = {each for one in found.values() for each in (one.source, one.target)}
        fresh = reached - piece.nodes
    piece.nodes |= fresh
    piece.cases = cases_of(piece.nodes, disease)
    piece.apart = apart({one.source for one in piece.edges.values()} - piece.cases.keys())
    return piece


def cases_of(nodes: Collection[UUID], disease: str) -> dict[UUID, list[Window]]:
    """Those of the nodes that are F0, with their windows."""
    aliases = {alias for each in aliases_of_many(nodes).values() for alias in each}
    return infectious.windows(aliases, disease)


def _edges(nodes: Collection[UUID], disease: str, end: str, proposed: bool) -> dict[UUID, Edge[UUID]]:
    aliases = {alias for each in aliases_of_many(nodes).values() for alias in each}
    counts = [Exposure.Status.CONFIRMED, *([Exposure.Status.PROPOSED] if proposed else [])]
    rows: list[Row] = []
    for some in chunks(aliases):
        wanted = {f"{end}__in": some, "disease": disease, "status__in": counts}
        rows += Exposure.objects.filter(**wanted).values_list(*COLUMNS)
    return as_edges(rows)


def as_edges(rows: Iterable[Row]) -> dict[UUID, Edge[UUID]]:
    """Exposures as edges between nodes, by their ids; one between two pseudonyms of one person is none."""
    rows = list(rows)
    nodes = roots([alias for row in rows for alias in row[1:3]])
    found: dict[UUID, Edge[UUID]] = {}
    for id, source, target, from_at, to_at, status, kind in rows:
        if nodes[source] != nodes[target]:
            sure, home = status == Exposure.Status.CONFIRMED, kind == Exposure.Kind.HOUSEHOLD
            found[id] = Edge(nodes[source], nodes[target], from_at, to_at, sure, id, home)
    return found
