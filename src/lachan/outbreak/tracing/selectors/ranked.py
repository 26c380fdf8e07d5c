"""The contacts of one case, the most urgent first, each with its evidence and the reasons for its place in the list."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from lachan.kernel.clock import local_day
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.levels import Window
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.ranking import Urgency, follow_until, together, urgency
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.identity import roots
from lachan.outbreak.tracing.terms import terms_at

OPEN = (Exposure.Status.PROPOSED, Exposure.Status.CONFIRMED)


@dataclass(frozen=True, slots=True)
class Ranked:
    """A person whom a case met. `status`: confirmed if any piece of evidence is, dismissed if all are."""

    node: UUID
    exposures: tuple[Exposure, ...]
    status: str
    urgency: Urgency
    last_exposure: datetime
    until: date
    case: Case | None = None  # what this person has become
    contact: Contact | None = None

    @property
    def alias(self) -> UUID:
        return self.exposures[0].target


def of_case(case: Case) -> list[Exposure]:
    """Exposures to this case that touch its window; those outside stay in the table and out of play."""
    window = infectious.window(case)
    if window is None:
        return []
    mine = Exposure.objects.filter(source__in=infectious.aliases_of_case(case), disease=case.disease)
    return list(mine.filter(from_at__lt=window.until, to_at__gt=window.since).order_by("id"))


def ranked(case: Case, now: datetime, *, statuses: Iterable[str] = OPEN) -> list[Ranked]:
    """F1 of a case: proposed and confirmed, or those of the statuses asked for."""
    exposures = of_case(case)
    nodes = roots([one.target for one in exposures])
    own, wanted = set(roots(infectious.aliases_of_case(case)).values()), set(statuses)
    grouped: dict[UUID, list[Exposure]] = {}
    for one in exposures:
        if nodes[one.target] not in own:
            grouped.setdefault(nodes[one.target], []).append(one)
    at = _At(
        infectious.window(case),
        infectious.disease_of(case).contacts.follow,
        terms_at(local_day(now)).recency,
        now,
        _cases(nodes, case.disease),
        contacts_of(nodes, case.disease),
    )
    rows = [_row(node, its, at) for node, its in grouped.items()]
    return sorted(
        (row for row in rows if row.status in wanted), key=lambda row: (-row.urgency.score, row.node)
    )


def status_of(exposures: Iterable[Exposure]) -> str:
    """What several pieces of evidence come to."""
    found = {one.status for one in exposures}
    for status in (Exposure.Status.CONFIRMED, Exposure.Status.PROPOSED):
        if status in found:
            return status
    return Exposure.Status.DISMISSED


@dataclass(frozen=True, slots=True)
class _At:
    """What is the same for every row of a list."""

    window: Window | None
    follow: timedelta
    recency: timedelta
    now: datetime
    cases: dict[UUID, Case]
    contacts: dict[UUID, Contact]


def _row(node: UUID, exposures: list[Exposure], at: _At) -> Ranked:
    status = status_of(exposures)
    out = Exposure.Status.DISMISSED
    counted = exposures if status == out else [one for one in exposures if one.status != out]
    last = max(one.to_at for one in counted)
    last = min(last, at.window.until) if at.window else last
    strength = together(one.score for one in counted)
    return Ranked(
        node,
        tuple(sorted(exposures, key=lambda one: -one.score)),
        status,
        urgency(strength, last, at.now, at.follow, at.recency),
        last,
        follow_until(last, at.follow),
        at.cases.get(node),
        at.contacts.get(node),
    )


def _cases(nodes: dict[UUID, UUID], disease: str) -> dict[UUID, Case]:
    found = infectious.infected_by_alias(list(nodes), disease)
    return {nodes[alias]: cases[-1] for alias, cases in found.items()}


def contacts_of(nodes: dict[UUID, UUID], disease: str) -> dict[UUID, Contact]:
    """alias → node given; the row of follow-up that stands for each node, the newest."""
    found: dict[UUID, Contact] = {}
    people = set(nodes.values())
    for column, ids in (("alias", nodes.keys()), ("person", people)):
        for some in chunks(ids):
            rows = Contact.objects.filter(**{f"{column}__in": some}, disease=disease, merged_into=None)
            for row in rows.order_by("id"):
                found[_node(row, nodes)] = row
    return found


def _node(row: Contact, nodes: dict[UUID, UUID]) -> UUID:
    return nodes.get(row.alias) or row.person or row.alias
