"""Clusters, exposure places and secondary attack rates of a jurisdiction, out of confirmed exposures."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from lachan.base.scope import Scope
from lachan.kernel.clock import VN
from lachan.kernel.diseases import moment_of
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.clusters import Cluster, Rate, Step, attack, clusters
from lachan.outbreak.tracing.levels import Edge, Window, exposure
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.identity import aliases_of_many, roots
from lachan.registry.places.models import Place

MOST_CASES = 5_000
MOST_PLACES = 50


@dataclass(frozen=True, slots=True)
class Focus:
    """A place where people were exposed, and what became of them. `sources`: cases that were there."""

    place: Place
    sources: int
    rate: Rate


@dataclass(frozen=True, slots=True)
class Foci:
    """A jurisdiction's cases of one disease since a moment. `full`: there were more cases than are looked at."""

    clusters: list[Cluster[UUID]]
    places: list[Focus]
    rate: Rate
    cases: dict[UUID, Case]
    per_case: dict[UUID, Rate]
    full: bool


def foci(scope: Scope, disease: str, since: datetime) -> Foci:
    """Everything about F0 reported since then who live in the scope or were reported there."""
    rows = scope.narrow(infectious.infected(disease), "unit", "reported_by")
    found = list(rows.filter(reported_on__gte=since.astimezone(VN).date()).order_by("-id")[: MOST_CASES + 1])
    full, found = len(found) > MOST_CASES, found[:MOST_CASES]
    nodes = roots([case.alias for case in found])
    cases = {nodes[case.alias]: case for case in reversed(found)}
    steps = _steps(cases, disease)
    starts = _starts(cases, steps, disease)
    per_case = {node: attack(its, starts) for node, its in _grouped(steps, "source").items()}
    return Foci(clusters(steps, starts), _places(steps, starts), attack(steps, starts), cases, per_case, full)


def rate_of(case: Case) -> Rate:
    """The secondary attack rate of one case."""
    own = dict.fromkeys(roots(infectious.aliases_of_case(case)).values(), case)
    steps = _steps(own, case.disease)
    return attack([step for step in steps if step.target not in own], _starts({}, steps, case.disease))


def _steps(cases: dict[UUID, Case], disease: str) -> list[Step[UUID]]:
    """Confirmed exposures to these cases inside their windows."""
    names = aliases_of_many(cases)
    of = {alias: node for node, known in names.items() for alias in known}
    windows = {node: infectious.window(case) for node, case in cases.items()}
    rows = [
        row
        for some in chunks(of)
        for row in Exposure.objects.filter(source__in=some, disease=disease, status=Exposure.Status.CONFIRMED)
    ]
    targets = roots([row.target for row in rows])
    found = []
    for row in rows:
        window, source = windows[of[row.source]], of[row.source]
        part = exposure_of(row, window) if window else None
        if part is not None and targets[row.target] != source:
            found.append(Step(source, targets[row.target], part, row.place))
    return found


def exposure_of(row: Exposure, window: Window) -> datetime | None:
    """When it began to count."""
    part = exposure(Edge(row.source, row.target, row.from_at, row.to_at), window.since, window.until)
    return part[0] if part else None


def _starts(cases: dict[UUID, Case], steps: Collection[Step[UUID]], disease: str) -> dict[UUID, datetime]:
    """When each case among the nodes began."""
    nodes = {step.target for step in steps} | {step.source for step in steps}
    names = aliases_of_many(nodes)
    of = {alias: node for node, known in names.items() for alias in known}
    found = {node: _start(case) for node, case in cases.items()}
    for alias, known in infectious.infected_by_alias(list(of), disease).items():
        found.setdefault(of[alias], _start(known[-1]))
    return found


def _start(case: Case) -> datetime:
    return moment_of(case.onset or case.sampled_on or case.confirmed_on or case.reported_on, False, VN)


def _grouped(steps: Collection[Step[UUID]], column: str) -> dict[UUID, list[Step[UUID]]]:
    found: dict[UUID, list[Step[UUID]]] = {}
    for step in steps:
        key = getattr(step, column)
        if key is not None:
            found.setdefault(key, []).append(step)
    return found


def _places(steps: Collection[Step[UUID]], starts: dict[UUID, datetime]) -> list[Focus]:
    grouped = _grouped(steps, "place")
    known = Place.objects.in_bulk(sorted(grouped, key=lambda each: -len(grouped[each]))[:500])
    rows = [
        Focus(place, len({step.source for step in grouped[id]}), attack(grouped[id], starts))
        for id, place in known.items()
    ]
    return sorted(rows, key=lambda row: (-row.sources, -row.rate.contacts, row.place.folded))[:MOST_PLACES]
