"""The name index: under each commune that has seen a person, the folded name and each of its endings."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from lachan.base import bulk
from lachan.kernel.text import suffixes
from lachan.registry.people.models import NameKey

LONGEST = 100


def note_name(person: UUID, folded: str, *units: str) -> None:
    """Make the person findable by name in these communes; saying it again changes nothing."""
    note_names((person, folded, unit) for unit in dict.fromkeys(filter(None, units)))


def note_names(seen: Iterable[tuple[UUID, str, str]]) -> None:
    """The same for many at once: (person, folded name, commune)."""
    keys = [(unit, ending[:LONGEST], person) for person, folded, unit in seen for ending in suffixes(folded)]
    bulk.insert(NameKey._meta.db_table, ("unit", "key", "person"), keys, ignore=True)


def forget_names(person: UUID) -> None:
    NameKey.objects.filter(person=person).delete()
