"""Chains: everyone whom a case may have reached, by as many steps as count; and where the case itself may come from."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lachan.kernel.clock import VN, local_day
from lachan.kernel.diseases import moment_of
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.evidence import Ask, Found, everything
from lachan.outbreak.tracing.levels import Level, Window
from lachan.outbreak.tracing.ranking import together
from lachan.outbreak.tracing.selectors import graph, infectious
from lachan.outbreak.tracing.selectors.identity import roots
from lachan.outbreak.tracing.terms import terms_at


@dataclass(frozen=True, slots=True)
class Chain:
    """`levels`: every node reached from the case (or a case itself), as the whole graph has it; `steps`: (source, target)
    of the confirmed edges among them."""

    own: frozenset[UUID]
    levels: dict[UUID, Level[UUID]]
    steps: tuple[tuple[UUID, UUID], ...]

    def count(self, level: int) -> int:
        return sum(1 for node, one in self.levels.items() if one.level == level and node not in self.own)


def chain(case: Case) -> Chain:
    """From one case onward. Whoever is nearer to another case has the level that this one gives."""
    own = frozenset(roots(infectious.aliases_of_case(case)).values())
    piece = graph.ahead(own, case.disease)
    whole = graph.behind(piece.nodes, case.disease)
    whole.edges |= piece.edges
    whole.cases |= piece.cases
    reached = {node: one for node, one in whole.levels().items() if node in piece.nodes}
    steps = {
        (one.source, one.target)
        for one in piece.edges.values()
        if one.source in reached and one.target in reached
    }
    return Chain(own, reached, tuple(sorted(steps)))


@dataclass(frozen=True, slots=True)
class Candidate:
    """Someone who was with the case while it may have been infected. `case`: if she is one herself; `infectious`: whether
    they met within her window."""

    node: UUID
    alias: UUID
    found: tuple[Found, ...]
    score: float
    case: Case | None
    infectious: bool


def infected_between(case: Case) -> tuple[datetime, datetime] | None:
    """When the case was infected at the earliest and the latest: one incubation before its onset (or sample) until then."""
    start = case.onset or case.sampled_on
    if start is None:
        return None
    first = start - infectious.disease_of(case).incubation
    return moment_of(first, True, VN), moment_of(start - timedelta(days=1), False, VN)


def sources_of(case: Case, now: datetime) -> list[Candidate]:
    """Who may have infected a case, by the same evidence in the time before: those who were infectious then first, then
    other cases, then everybody else by the strength of the evidence."""
    between, disease = infected_between(case), infectious.disease_of(case)
    if between is None or not infectious.spreads(disease):
        return []
    own = frozenset(infectious.aliases_of_case(case))
    ask = Ask(own, *between, disease.contacts.f1, disease, terms_at(local_day(now)))
    grouped: dict[UUID, list[Found]] = {}
    found = everything(ask)
    nodes = roots([one.target for one in found])
    mine = set(roots(own).values())
    for one in found:
        if nodes[one.target] not in mine:
            grouped.setdefault(nodes[one.target], []).append(one)
    cases = _cases(nodes, case.disease)
    rows = [_candidate(node, its, cases.get(node, [])) for node, its in grouped.items()]
    return sorted(rows, key=lambda row: (not row.infectious, row.case is None, -row.score, row.node))


def _cases(nodes: dict[UUID, UUID], disease: str) -> dict[UUID, list[Case]]:
    found: dict[UUID, list[Case]] = {}
    for alias, cases in infectious.infected_by_alias(list(nodes), disease).items():
        found.setdefault(nodes[alias], []).extend(cases)
    return found


def _candidate(node: UUID, found: list[Found], cases: Collection[Case]) -> Candidate:
    found.sort(key=lambda one: -one.score)
    windows = [(case, infectious.window(case)) for case in cases]
    able = [case for case, window in windows if window and any(_meets(one, window) for one in found)]
    case = able[0] if able else next(iter(cases), None)
    return Candidate(
        node, found[0].target, tuple(found), together(one.score for one in found), case, bool(able)
    )


def _meets(found: Found, window: Window) -> bool:
    return found.from_at < window.until and found.to_at > window.since
