"""What someone typed into a search box, as a condition on a folded name."""

from __future__ import annotations

from django.db.models import Q

from lachan.kernel.text import fold


def names(text: str, most: int, field: str = "folded") -> Q:
    """True where each typed word begins a word of the name, in any order, without accents. `most`: characters read.

    Text with NUL matches nothing: no name holds it, and PostgreSQL refuses to compare it.
    """
    if "\x00" in text:
        return Q(pk__in=[])
    condition = Q()
    for word in fold(text[:most]).split():
        condition &= Q(**{f"{field}__startswith": word}) | Q(**{f"{field}__contains": f" {word}"})
    return condition
