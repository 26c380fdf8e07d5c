"""Which cases are F0 and when each may infect others. A case that was merged away speaks with the words of the one kept,
so that whoever was found through it isn't lost."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db.models import QuerySet

from lachan.kernel.diseases import Disease
from lachan.outbreak.cases.models import Case
from lachan.outbreak.cases.selectors import infectious_window
from lachan.outbreak.tracing.levels import Window
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors.identity import aliases_of_many, roots

INFECTED = (Case.Classification.CONFIRMED, Case.Classification.PROBABLE)


def disease_of(case: Case) -> Disease:
    """The disease as it was defined on the day the case was reported."""
    return Disease.at(case.disease, case.reported_on)


def spreads(disease: Disease) -> bool:
    """Whether it passes from person to person: some setting counts."""
    return any(disease.contacts.weights.values())


def window(case: Case) -> Window | None:
    """When the case may infect others: the days of its definition, until the moment since which it was apart from others.

    None without a date, and for a disease that doesn't pass from person to person.
    """
    days = infectious_window(case)
    if days is None or not spreads(disease_of(case)):
        return None
    until = min(days[1], case.isolated_at) if case.isolated_at else days[1]
    return Window(days[0], until) if days[0] < until else None


def standing(cases: Iterable[Case]) -> dict[UUID, Case]:
    """id → the case that stands for it: itself, or the one that it was merged into in the end."""
    asked = list(cases)
    by_id = {case.pk: case for case in asked}
    waiting = {case.merged_into for case in asked if case.merged_into} - by_id.keys()
    while waiting:
        found = {case.pk: case for some in chunks(waiting) for case in Case.objects.filter(pk__in=some)}
        by_id |= found
        waiting = {case.merged_into for case in found.values() if case.merged_into} - by_id.keys()
    return {case.pk: _kept(case, by_id) for case in asked}


def _kept(case: Case, by_id: dict[UUID, Case]) -> Case:
    while case.merged_into and case.merged_into in by_id:
        case = by_id[case.merged_into]
    return case


def absorbed_by(case: Case) -> list[Case]:
    """The rows that were merged into a case, directly or by way of others."""
    found: list[Case] = []
    waiting = [case.pk]
    while waiting:
        rows = list(Case.objects.filter(merged_into__in=waiting))
        found += rows
        waiting = [row.pk for row in rows]
    return found


def aliases_of_case(case: Case) -> set[UUID]:
    """Every pseudonym under which the person of a case may stand in an exposure."""
    aliases = {case.alias, *(row.alias for row in absorbed_by(case))}
    nodes = set(roots(aliases).values())
    return aliases.union(*aliases_of_many(nodes).values())


def infected_by_alias(aliases: Collection[UUID], disease: str) -> dict[UUID, list[Case]]:
    """alias → the F0 cases that stand for it; only those that have one."""
    rows = [case for some in chunks(aliases) for case in Case.objects.filter(alias__in=some, disease=disease)]
    kept = standing(rows)
    found: dict[UUID, list[Case]] = {}
    for row in sorted(rows, key=lambda one: one.pk):
        case = kept[row.pk]
        if case.classification in INFECTED:
            found.setdefault(row.alias, []).append(case)
    return found


def windows(aliases: Collection[UUID], disease: str) -> dict[UUID, list[Window]]:
    """Node → its windows, of the F0 cases among these pseudonyms. One without any date is F0 too, and infects nobody that
    could be named."""
    cases = infected_by_alias(aliases, disease)
    nodes = roots(cases)
    found: dict[UUID, list[Window]] = {}
    for alias, its in cases.items():
        own = [each for each in (window(case) for case in its) if each]
        found.setdefault(nodes[alias], []).extend(own)
    return found


def infected(disease: str) -> QuerySet[Case]:
    """F0 cases of a disease that stand."""
    return Case.objects.filter(disease=disease, classification__in=INFECTED, merged_into=None)
