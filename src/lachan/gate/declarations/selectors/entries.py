"""The staff list of declarations: scoped, filtered, newest first, by index and keyset at every size of table.

A narrow scope (a commune, a district) asks each commune's own index for its newest rows and merges them; a wide one
walks the table from its newest row, where nearly every row is in scope. Measured in bench/lists.py.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base.paging import SIZE, Page, parse_cursor
from lachan.base.scope import Scope
from lachan.gate.declarations.models import Entry
from lachan.kernel.clock import day_bounds
from lachan.kernel.ids import floor_of
from lachan.kernel.text import fold
from lachan.registry.people import selectors as people
from lachan.registry.people.models import Alias
from lachan.registry.units import selectors as units

SIDES = ("residence", "declared", "destination")
NARROW = 40  # communes; beyond it walking the newest rows is cheaper
TAIL = 2000  # newest rows searched by name directly, before the worker has indexed them


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by; the defaults narrow nothing."""

    unit: str = ""
    side: str = ""  # residence, declared or destination; empty = any
    place: UUID | None = None
    result: str = ""  # "0", "1", "2", or "flagged"
    day_from: date | None = None
    day_to: date | None = None
    text: str = ""
    form: str = ""

    def sides(self) -> tuple[str, ...]:
        return (self.side,) if self.side in SIDES else SIDES


def visible(scope: Scope) -> QuerySet[Entry]:
    """Every entry that the scope has a named right to: by residence, by where it was declared, by destination."""
    return scope.narrow(Entry.objects.all(), *SIDES)


def page(scope: Scope, filters: Filters, cursor: str = "", size: int = SIZE) -> Page[Entry]:
    """One page, newest first."""
    before = parse_cursor(cursor)
    rows = list(_limited(scope, filters, before, size + 1))
    more = len(rows) > size
    rows = rows[:size]
    return Page(rows, str(rows[-1].pk) if more else "", before is None)


def every(scope: Scope, filters: Filters, limit: int = 100_000) -> Iterator[Entry]:
    """All rows of the filter for an export, read page by page."""
    cursor, given = None, 0
    while given < limit:
        rows = list(_limited(scope, filters, cursor, min(1000, limit - given)))
        if not rows:
            return
        yield from rows
        cursor, given = rows[-1].pk, given + len(rows)


def _limited(scope: Scope, filters: Filters, before: UUID | None, count: int) -> list[Entry]:
    if filters.unit:
        scope = scope.intersect(filters.unit)
    if not scope.paths:
        return []
    rows = _conditions(filters, before)
    if filters.text.strip():
        return _by_text(scope, filters, rows, count)
    if filters.place is not None:
        return list(scope.narrow(rows.filter(place=filters.place), *filters.sides()).order_by("-id")[:count])
    communes = units.communes_under(scope)
    if 0 < len(communes) <= NARROW:
        return _merged(communes, filters.sides(), rows, count)
    return list(scope.narrow(rows, *filters.sides()).order_by("-id")[:count])


def _conditions(filters: Filters, before: UUID | None) -> QuerySet[Entry]:
    rows = Entry.objects.all()
    if before is not None:
        rows = rows.filter(id__lt=before)
    if filters.result == "flagged":
        rows = rows.filter(result__gt=0)
    elif filters.result.isdigit():
        rows = rows.filter(result=int(filters.result))
    if filters.day_from is not None:
        rows = rows.filter(id__gte=_first_id(filters.day_from, 0))
    if filters.day_to is not None:
        rows = rows.filter(id__lt=_first_id(filters.day_to, 1))
    return rows.filter(form=filters.form) if filters.form else rows


def _first_id(day: date, edge: int) -> UUID:
    """The id that a row recorded at the day's start (0) or end (1) would have: ids follow the order of arrival."""
    return floor_of(int(day_bounds(day)[edge].timestamp() * 1000))


def _merged(communes: list[str], sides: tuple[str, ...], rows: QuerySet[Entry], count: int) -> list[Entry]:
    """The newest `count` of several index ranges, each row once."""
    ids: set[UUID] = set()
    for side in sides:
        for commune in communes:
            condition = Q(**{side: commune})
            if side == "destination":
                condition &= ~Q(destination="")  # names the partial index
            ids.update(rows.filter(condition).order_by("-id").values_list("id", flat=True)[:count])
    newest = heapq.nlargest(count, ids)
    return list(Entry.objects.filter(id__in=newest).order_by("-id"))


def _by_text(scope: Scope, filters: Filters, rows: QuerySet[Entry], count: int) -> list[Entry]:
    """By declaration code, number or name without accents; what just arrived is found before the worker has indexed it."""
    text = filters.text.strip()
    by_code = rows.filter(code=text.upper()) if "-" in text else rows.none()
    known = scope.narrow(rows.filter(alias__in=_aliases(scope, text)), *filters.sides())
    found: dict[UUID, Entry] = {row.id: row for row in scope.narrow(by_code, *filters.sides())[:count]}
    found.update({row.id: row for row in known.order_by("-id")[:count]})
    found.update({row.id: row for row in _fresh(scope, filters, rows, fold(text), count)})
    return heapq.nlargest(count, found.values(), key=lambda row: row.id)


def _aliases(scope: Scope, text: str) -> list[Any]:
    if any(character.isdigit() for character in text):
        found = [person.id for person in people.by_number(scope, text)]
    else:
        found = people.ids_by_name(scope, text)
    return list(Alias.objects.filter(person__in=found).values_list("alias", flat=True))


def _fresh(scope: Scope, filters: Filters, rows: QuerySet[Entry], folded: str, count: int) -> list[Entry]:
    recent = rows.order_by("-id").values_list("id", flat=True)[TAIL : TAIL + 1]
    oldest = next(iter(recent), None)
    tail = rows.filter(id__gt=oldest) if oldest else rows
    return list(scope.narrow(tail.filter(folded__contains=folded), *filters.sides()).order_by("-id")[:count])
