"""Whose pseudonyms are one person's. A node of the graph is `root(alias)`: the person's id where the alias is linked, else
the alias itself; so a merge of two records, or undoing it, changes the graph and touches no row of it."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from lachan.outbreak.tracing.presence import chunks
from lachan.registry.people.models import Alias, Person


def roots(aliases: Iterable[UUID]) -> dict[UUID, UUID]:
    """alias → node, for each of them."""
    asked = set(aliases)
    found = {alias: alias for alias in asked}
    for some in chunks(asked):
        found.update(Alias.objects.filter(alias__in=some).values_list("alias", "person"))
    return found


def root(alias: UUID) -> UUID:
    return roots([alias])[alias]


def aliases_of(node: UUID) -> set[UUID]:
    """Every pseudonym of a node; itself where nobody knows whose it is."""
    return aliases_of_many([node])[node]


def aliases_of_many(nodes: Collection[UUID]) -> dict[UUID, set[UUID]]:
    """The pseudonyms of each node."""
    found: dict[UUID, set[UUID]] = {node: set() for node in nodes}
    for some in chunks(found):
        for alias, person in Alias.objects.filter(person__in=some).values_list("alias", "person"):
            found[person].add(alias)
    return {node: known or {node} for node, known in found.items()}


def canonical(person: UUID) -> UUID:
    """The record that a person's record was merged into, in the end; itself where it wasn't."""
    return canonical_many([person])[person]


def canonical_many(people: Iterable[UUID]) -> dict[UUID, UUID]:
    """The record in force behind each."""
    asked = set(people)
    found = {person: person for person in asked}
    waiting = set(asked)
    while waiting:
        rows: list[tuple[UUID, UUID]] = []
        for some in chunks(waiting):
            merged = Person.objects.filter(pk__in=some, merged_into__isnull=False)
            rows += [(each.pk, each.merged_into_id) for each in merged if each.merged_into_id]
        onward = dict(rows)
        found = {person: onward.get(now, now) for person, now in found.items()}
        waiting = set(onward.values())
    return found


def known_people(nodes: Collection[UUID]) -> dict[UUID, Person]:
    """The people among the nodes: those whose pseudonyms are linked."""
    found: dict[UUID, Person] = {}
    for some in chunks(nodes):
        found.update(Person.objects.in_bulk(some))
    return found
