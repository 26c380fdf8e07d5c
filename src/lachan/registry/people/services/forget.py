"""Taking whole records of people away: at the end of their term, or when the last thing said of someone is erased."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.db import transaction

from lachan.registry.people.models import NameKey, Person


@transaction.atomic
def forget(people: Iterable[UUID]) -> int:
    """Delete these records and those that they absorbed, with identifiers, aliases, names and merges. How many went.

    The caller records why. What the log holds of them are ids, which lead nowhere from now on.
    """
    whole = _with_absorbed(people)
    NameKey.objects.filter(person__in=whole).delete()
    rows = Person.objects.filter(pk__in=whole)
    rows.update(merged_into=None)  # they protect one another
    rows.delete()
    return len(whole)


def _with_absorbed(people: Iterable[UUID]) -> set[UUID]:
    whole, front = set[UUID](), set(people)
    while front:
        whole |= front
        front = set(Person.objects.filter(merged_into__in=front).values_list("pk", flat=True)) - whole
    return whole
