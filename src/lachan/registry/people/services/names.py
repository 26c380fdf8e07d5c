"""The name index: under each commune that has seen a person, the folded name and each of its endings."""

from __future__ import annotations

from uuid import UUID

from lachan.kernel.text import suffixes
from lachan.registry.people.models import NameKey

LONGEST = 100


def note_name(person: UUID, folded: str, *units: str) -> None:
    """Make the person findable by name in these communes; saying it again changes nothing."""
    keys = [
        NameKey(unit=unit, key=ending[:LONGEST], person=person)
        for unit in dict.fromkeys(filter(None, units))
        for ending in suffixes(folded)
    ]
    NameKey.objects.bulk_create(keys, ignore_conflicts=True)


def forget_names(person: UUID) -> None:
    NameKey.objects.filter(person=person).delete()
