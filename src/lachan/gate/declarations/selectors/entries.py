"""The staff list of declarations: scoped, filtered, newest first, by index and keyset at every size of table.

A narrow scope (a commune, a district) asks each commune's own index for its newest rows and merges them; a wide one
walks the table from its newest row, where nearly every row is in scope. What few rows have (a flag, a form other than
the usual one) has partial indexes of its own. Measured in bench/lists.py.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base import keys, ranges
from lachan.base.paging import SIZE, Page, parse_cursor
from lachan.base.scope import Scope
from lachan.gate.declarations.models import FLAGGED, USUAL_FORM, Declaration, Entry, Result
from lachan.kernel.clock import day_bounds, ms_at
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import floor_of, parse_short_code
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import fold
from lachan.registry.people import selectors as people
from lachan.registry.people.models import Alias, Identifier
from lachan.registry.units.selectors import paths_under

SIDES = ("residence", "declared", "destination")
NARROW = 40  # units; beyond it walking the newest rows is cheaper
MOST_OF_A_PHONE = 1000
DOCUMENT_ROLES: dict[str, tuple[str, ...]] = {
    Identifier.Kind.CCCD: ("national_id",),
    Identifier.Kind.CMND: ("national_id",),
    Identifier.Kind.PASSPORT: ("passport",),
    Identifier.Kind.INSURANCE: ("insurance",),
}  # as prepare.alias_of names them
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
    if filters.text.strip():
        return _by_text(scope, filters, _conditions(filters, before), count)
    found: dict[UUID, Entry] = {}
    paths = paths_under(scope) if filters.place is None else []
    walks = [_of_result(_conditions(filters, before), result) for result in _results(filters)]
    if 0 < len(paths) <= NARROW:
        return _merged(paths, filters.sides(), walks, count)
    for rows in walks:
        found.update({row.id: row for row in scope.narrow(rows, *filters.sides()).order_by("-id")[:count]})
    return heapq.nlargest(count, found.values(), key=lambda row: row.id)


def _results(filters: Filters) -> tuple[int | None, ...]:
    """The results to ask for, one walk along an index each; None asks for any."""
    if filters.result == "flagged":
        return tuple(result.value for result in Result if result > 0)
    return (int(filters.result),) if filters.result.isdigit() else (None,)


def _of_result(rows: QuerySet[Entry], result: int | None) -> QuerySet[Entry]:
    """The rows of one result; of a flagged one in words that name the partial indexes."""
    if result is None:
        return rows
    rows = rows.filter(result=result)
    return rows.filter(FLAGGED) if result else rows


def _conditions(filters: Filters, before: UUID | None) -> QuerySet[Entry]:
    """All filters but the result and the text."""
    rows = Entry.objects.all()
    if before is not None:
        rows = rows.filter(id__lt=before)
    if filters.place is not None:
        rows = rows.filter(place=filters.place)
    if filters.day_from is not None:
        rows = rows.filter(id__gte=_first_id(filters.day_from, 0))
    if filters.day_to is not None:
        rows = rows.filter(id__lt=_first_id(filters.day_to, 1))
    if not filters.form:
        return rows
    rows = rows.filter(form=filters.form)
    return rows if filters.form == USUAL_FORM else rows.exclude(form=USUAL_FORM)  # names the partial indexes


def _first_id(day: date, edge: int) -> UUID:
    """The id that a row recorded at the day's start (0) or end (1) would have: ids follow the order of arrival."""
    return floor_of(ms_at(day_bounds(day)[edge]))


def _merged(
    paths: list[str], sides: tuple[str, ...], walks: list[QuerySet[Entry]], count: int
) -> list[Entry]:
    """The newest `count` of each unit's own index ranges, each row once."""
    queries = []
    for rows in walks:
        for side in sides:
            condition = Q(**{side: ranges.ANY})
            if side == "destination":
                condition &= ~Q(destination="")  # names the partial index
            queries.append(rows.filter(condition).order_by("-id").values_list("id", flat=True)[:count])
    newest = ranges.ids(queries, paths, newest=count)
    return list(Entry.objects.filter(id__in=newest).order_by("-id"))


def _by_text(scope: Scope, filters: Filters, rows: QuerySet[Entry], count: int) -> list[Entry]:
    """By declaration code, number or name without accents; what just arrived is found before the worker has indexed it."""
    text, sides = filters.text.strip(), filters.sides()
    wanted = [result for result in _results(filters) if result is not None]
    rows = rows.filter(result__in=wanted) if wanted else rows
    asked = [_by_code(rows, text)]  # a code may be letters only
    if any(character.isdigit() for character in text):
        asked.append(rows.filter(alias__in=_aliases_by_number(scope, text)))
        asked += [rows.filter(declaration__in=ids) for ids in [_declared_by_phone(text)] if ids]
    else:
        named = people.ids_by_name(scope, text)
        asked += [rows.filter(alias__in=_aliases_of(named)), _fresh(rows, fold(text))]
    found: dict[UUID, Entry] = {}
    for some in asked:
        found.update({row.id: row for row in scope.narrow(some, *sides).order_by("-id")[:count]})
    return heapq.nlargest(count, found.values(), key=lambda row: row.id)


def _by_code(rows: QuerySet[Entry], text: str) -> QuerySet[Entry]:
    try:
        return rows.filter(code=parse_short_code(text))
    except InvalidInput:
        return rows.none()


def _aliases_of(found: list[UUID]) -> list[UUID]:
    return list(Alias.objects.filter(person__in=found).values_list("alias", flat=True))


def _aliases_by_number(scope: Scope, text: str) -> list[UUID]:
    """Of the people who hold the number, and the alias that a declaration with this document bears by itself."""
    alias = keys.keyring().alias
    own = [
        UUID(bytes=alias("person", f"{role}:{value}"))
        for kind, value in people.readings(text)
        for role in DOCUMENT_ROLES.get(kind, ())
    ]
    return own + _aliases_of([person.id for person in people.by_number(scope, text)])


def _declared_by_phone(text: str) -> list[UUID]:
    try:
        indexes = keys.keyring().blind_all("phone", parse_phone(text))
    except InvalidInput:
        return []
    rows = Declaration.objects.filter(phone_index__in=[UUID(bytes=index) for index in indexes])
    return list(rows.order_by("-id").values_list("id", flat=True)[:MOST_OF_A_PHONE])


def _fresh(rows: QuerySet[Entry], folded: str) -> QuerySet[Entry]:
    """Among the newest rows, those with a name of which a word begins so."""
    if not folded:
        return rows.none()
    oldest = next(iter(rows.order_by("-id").values_list("id", flat=True)[TAIL : TAIL + 1]), None)
    tail = rows.filter(id__gt=oldest) if oldest else rows
    return tail.filter(Q(folded__startswith=folded) | Q(folded__contains=f" {folded}"))
