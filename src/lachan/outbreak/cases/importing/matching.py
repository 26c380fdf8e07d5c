"""Which rows are cases that stand already, and which rows of a file are one illness. Reads only, a table at a time.

A person is the same by an identity document (unless the births contradict), or by name, whole birth and phone alike:
what the registry itself links by. Never by name alone.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from lachan.base import keys
from lachan.kernel.diseases import Disease
from lachan.kernel.text import fold
from lachan.outbreak.cases.identity import alias_of
from lachan.outbreak.cases.importing.rows import Parsed
from lachan.outbreak.cases.models import Case
from lachan.outbreak.cases.selectors.episodes import length_of, nearest
from lachan.registry.people.models import Alias, Identifier, Person

CHUNK = 400
STRONG = frozenset({"cccd", "cmnd", "passport", "insurance"})


@dataclass(slots=True)
class Known:
    """What the register holds on the people of some rows: by number, by pseudonym; their cases of one disease."""

    holders: dict[tuple[str, bytes], list[Person]] = field(default_factory=dict)
    by_alias: dict[UUID, Person] = field(default_factory=dict)
    cases: dict[UUID, list[Case]] = field(default_factory=dict)
    by_code: dict[str, Case] = field(default_factory=dict)


def known_of(rows: Sequence[Parsed], disease: Disease) -> Known:
    """Asked in chunks: the queries grow with the file by hundreds, not by rows."""
    known, ring = Known(), keys.keyring()
    identities = [row.identity for row in rows if row.identity and row.error is None]
    wanted = {
        index
        for one in identities
        for kind, value in one.identifiers
        for index in ring.blind_all(kind, value)
    }
    for chunk in _chunks(wanted):
        for held in Identifier.objects.select_related("person").filter(index__in=chunk):
            known.holders.setdefault((held.kind, bytes(held.index)), []).append(_root(held.person))
    for chunk in _chunks({alias_of(one) for one in identities}):
        for row in Alias.objects.select_related("person").filter(alias__in=chunk):
            known.by_alias[row.alias] = _root(row.person)
    _read_cases(known, rows, disease)
    return known


def _read_cases(known: Known, rows: Sequence[Parsed], disease: Disease) -> None:
    people = {person.pk for held in known.holders.values() for person in held}
    people |= {person.pk for person in known.by_alias.values()}
    standing = Case.objects.filter(disease=disease.code, merged_into=None)
    owners: dict[UUID, UUID] = {}
    for chunk in _chunks(people):
        owners.update(Alias.objects.filter(person__in=chunk).values_list("alias", "person"))
        for case in standing.filter(person__in=chunk):
            known.cases.setdefault(case.person, []).append(case)
    for chunk in _chunks(owners):
        for case in standing.filter(alias__in=chunk):
            held = known.cases.setdefault(owners[case.alias], [])
            if all(other.pk != case.pk for other in held):
                held.append(case)
    codes = {
        row.values.get(key, "") for row in rows if row.error is None for key in ("code", "national_code")
    }
    for chunk in _chunks(codes - {""}):
        for column in ("code", "national_code"):
            for case in standing.filter(**{f"{column}__in": chunk}):
                known.by_code[getattr(case, column)] = case


def _chunks(values: Iterable[Any]) -> Iterable[list[Any]]:
    every = list(values)
    return (every[start : start + CHUNK] for start in range(0, len(every), CHUNK))


def _root(person: Person) -> Person:
    while person.merged_into is not None:
        person = person.merged_into
    return person


def case_for(row: Parsed, known: Known, disease: Disease) -> Case | None:
    """The case that a row speaks of: by its code, else the person's illness of that time."""
    for key in ("code", "national_code"):
        if (code := row.values.get(key)) and code in known.by_code:
            return known.by_code[code]
    person = person_for(row, known)
    return nearest(known.cases.get(person.pk, ()), disease, row.day) if person else None


def person_for(row: Parsed, known: Known) -> Person | None:
    """Whom the registry would link the row to."""
    identity, ring = row.identity, keys.keyring()
    assert identity is not None
    for kind, value in identity.identifiers:
        if kind not in STRONG:
            continue
        for index in ring.blind_all(kind, value):
            for person in known.holders.get((kind, index), ()):
                if _agrees(person.birth, identity.birth):
                    return person
    for kind, value in identity.identifiers:
        if kind == "phone" and len(identity.birth) == 10:
            for index in ring.blind_all(kind, value):
                for person in known.holders.get((kind, index), ()):
                    if fold(person.name) == fold(identity.name) and person.birth == identity.birth:
                        return person
    return known.by_alias.get(alias_of(identity))


def _agrees(first: str, second: str) -> bool:
    shorter = min(len(first), len(second))
    return first[:shorter] == second[:shorter]


def earlier_rows(rows: Sequence[Parsed], disease: Disease) -> dict[int, tuple[Parsed, str]]:
    """number of a row → (the earlier row of the same illness, why). The first of them is the case."""
    seen: dict[tuple[str, ...], list[Parsed]] = {}
    found: dict[int, tuple[Parsed, str]] = {}
    for row in rows:
        if row.error is not None or row.identity is None:
            continue
        marks = list(_marks(row))
        for mark, why in marks:
            first = next((one for one in seen.get(mark, ()) if _one_illness(one, row, disease)), None)
            if first is not None:
                found[row.number] = (first, why)
                break
        for mark, _why in marks:
            seen.setdefault(mark, []).append(found[row.number][0] if row.number in found else row)
    return found


def _marks(row: Parsed) -> Iterable[tuple[tuple[str, ...], str]]:
    """By what two rows are the same person: a document, or name, birth and phone; without any number, where they live."""
    identity = row.identity
    assert identity is not None
    numbers = dict(identity.identifiers)
    for kind in ("cccd", "cmnd", "passport", "insurance"):
        if kind in numbers:
            yield (kind, numbers[kind]), "document"
    name = fold(identity.name)
    if "phone" in numbers and len(identity.birth) >= 4:
        yield ("phone", numbers["phone"], name, identity.birth[:4]), "phone"
    if not numbers and len(identity.birth) == 10:
        yield ("home", name, identity.birth, row.unit), "home"
    for key in ("code", "national_code"):
        if row.values.get(key):
            yield (key, row.values[key]), "code"


def _one_illness(first: Parsed, second: Parsed, disease: Disease) -> bool:
    assert first.identity is not None and second.identity is not None
    same_birth = _agrees(first.identity.birth, second.identity.birth)
    return same_birth and abs(first.day - second.day) <= length_of(disease)
