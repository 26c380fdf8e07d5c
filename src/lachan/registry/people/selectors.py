"""Finding people: by name without accents, or by an identifier, inside a scope."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base import keys, ranges
from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import Cccd, Cmnd, parse_national_id
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import fold, rank_key
from lachan.registry.people.models import Identifier, Merge, NameKey, Person
from lachan.registry.units.selectors import paths_under

LIMIT = 50
CANDIDATES = 400
NARROW = 40  # units; beyond it most of those who bear a name are in the scope anyway


def search(scope: Scope, text: str, limit: int = LIMIT) -> list[Person]:
    """People of the scope whose name holds the words typed, exact accents first; or who hold the number typed."""
    text = text.strip()
    if not text or not scope.paths:
        return []
    if any(character.isdigit() for character in text):
        return by_number(scope, text)[:limit]
    found = Person.objects.filter(id__in=ids_by_name(scope, text), merged_into=None)
    return sorted(found, key=lambda person: rank_key(text, person.name))[:limit]


def ids_by_name(scope: Scope, text: str, limit: int = CANDIDATES) -> list[UUID]:
    """Ids of people seen in the scope, one of whose name endings starts with the folded text."""
    prefix = fold(text)
    if not prefix:
        return []
    rows = NameKey.objects.filter(key__gte=prefix, key__lt=prefix + "\uffff").values_list("person", flat=True)
    paths = paths_under(scope)
    if 0 < len(paths) <= NARROW:
        return ranges.ids([rows.filter(unit=ranges.ANY)[:limit]], paths)[:limit]
    return list(dict.fromkeys(rows.filter(scope.q("unit"))[:limit]))


def by_number(scope: Scope, text: str) -> list[Person]:
    """Holders of an identity document, insurance number or phone, who were seen in the scope."""
    holders = Identifier.objects.filter(_number(text)).values_list("person", flat=True)[:LIMIT]
    people = Person.objects.filter(id__in=set(holders), merged_into=None).order_by("id")
    return [person for person in people if seen_in(scope, person)]


def _number(text: str) -> Q:
    ring, condition = keys.keyring(), Q(pk__in=[])
    for kind, value in readings(text):
        condition |= Q(kind=kind, index__in=ring.blind_all(kind, value))
    return condition


def readings(text: str) -> Iterable[tuple[str, str]]:
    """What a typed number may be: (identifier kind, normalised value), none if nothing fits."""
    try:
        document = parse_national_id(text)
        kind = {Cccd: Identifier.Kind.CCCD, Cmnd: Identifier.Kind.CMND}.get(
            type(document), Identifier.Kind.PASSPORT
        )
        yield kind, document.number
    except InvalidInput:
        pass
    try:
        yield Identifier.Kind.PHONE, parse_phone(text)
    except InvalidInput:
        pass
    yield Identifier.Kind.INSURANCE, text.replace(" ", "").upper()


def seen_in(scope: Scope, person: Person) -> bool:
    """Whether someone with this scope may open the record: the person lives there or was declared there."""
    return (
        scope.covers(person.residence) or NameKey.objects.filter(scope.q("unit"), person=person.id).exists()
    )


def possible_duplicates(person: Person, scope: Scope) -> list[Person]:
    """Others of the same folded name whose birth doesn't contradict: candidates for a person to judge, never merged by itself."""
    same = Person.objects.filter(folded=person.folded, merged_into=None).exclude(pk=person.pk)[:CANDIDATES]
    shorter = len(person.birth)
    fits = [other for other in same if other.birth[:shorter] == person.birth[: len(other.birth)]]
    return [other for other in fits if seen_in(scope, other)][:LIMIT]


def merges_of(person: Person) -> QuerySet[Merge]:
    return (
        Merge.objects.select_related("absorbed", "kept")
        .filter(Q(kept=person) | Q(absorbed=person))
        .order_by("-id")
    )
