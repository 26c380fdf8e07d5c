"""The line list: scoped, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Value
from django.db.models.functions import Concat

from lachan.base import typed
from lachan.base.models import PathField
from lachan.base.paging import SIZE, Page, by_keys
from lachan.base.scope import Scope
from lachan.kernel.text import fold
from lachan.outbreak.cases.models import Case
from lachan.registry.people import selectors as people
from lachan.registry.people.models import Alias
from lachan.registry.units.selectors import paths_under

SIDES = ("unit", "reported_by")
NARROW = 40  # communes
MOST_TYPED = 100
SORTS: dict[str, tuple[str, ...]] = {
    "new": ("-id",),
    "reported": ("-reported_on", "-id"),
    "name": ("folded", "id"),
    "code": ("code",),
}
DAYS = ("reported_on", "onset", "confirmed_on")


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by; the defaults narrow nothing. `by`: which date `day_from` and `day_to` are of."""

    disease: str = ""
    classification: str = ""
    detection: str = ""
    outcome: str = ""  # "none" asks for those who are still ill
    unit: str = ""
    by: str = "reported_on"
    day_from: date | None = None
    day_to: date | None = None
    officer: UUID | None = None
    national: str = ""  # "yes", "no"
    text: str = ""
    sort: str = "new"


def visible(scope: Scope) -> QuerySet[Case]:
    """Cases that live in the scope or were reported by its units, without those merged away.

    A narrow scope is found by the two columns' indexes. In a wide one nearly every row lies: the order's own index is
    walked and each row looked at, so the columns are compared in a way that no index offers itself for.
    """
    rows = Case.objects.filter(merged_into=None)
    return _looked_at(scope, rows) if is_wide(scope) else scope.narrow(rows, *SIDES)


def is_wide(scope: Scope) -> bool:
    """More than a district."""
    return any(path.count("/") == 1 for path in scope.paths) or len(paths_under(scope)) > NARROW


def _looked_at(scope: Scope, rows: QuerySet[Case]) -> QuerySet[Case]:
    plain = {f"at_{side}": Concat(side, Value(""), output_field=PathField()) for side in SIDES}
    return scope.narrow(rows.alias(**plain), *plain) if scope.paths else rows.none()


def by_id(scope: Scope, pk: UUID) -> Case | None:
    """A case of the scope, also one merged away: its page leads on to the one that stands."""
    return scope.narrow(Case.objects.filter(pk=pk), *SIDES).first()


def page(scope: Scope, filters: Filters, after: str = "", size: int = SIZE) -> Page[Case]:
    """One page in the order of `filters.sort`."""
    order = SORTS.get(filters.sort, SORTS["new"])
    return by_keys(found(scope, filters), order, after, size=size)


def every(scope: Scope, filters: Filters, limit: int = 100_000) -> Iterator[Case]:
    """All rows of the filter for an export, read page by page."""
    cursor, given = "", 0
    while given < limit:
        some = page(scope, filters, cursor, size=min(1000, limit - given))
        yield from some.rows
        cursor, given = some.next, given + len(some.rows)
        if not cursor:
            return


def found(scope: Scope, filters: Filters) -> QuerySet[Case]:
    """The rows that the filters leave."""
    rows = visible(scope.intersect(filters.unit) if filters.unit else scope).filter(_plain(filters))
    return rows.filter(_typed(scope, filters.text)) if filters.text.strip() else rows


def _plain(filters: Filters) -> Q:
    condition = Q()
    for column in ("disease", "classification", "detection"):
        if value := getattr(filters, column):
            condition &= Q(**{column: "" if value == "unknown" else value})
    if filters.outcome:
        condition &= Q(outcome="" if filters.outcome == "none" else filters.outcome)
    if filters.officer is not None:
        condition &= Q(officer=filters.officer)
    if filters.national:
        condition &= ~Q(national_code="") if filters.national == "yes" else Q(national_code="")
    return condition & _days(filters)


def _days(filters: Filters) -> Q:
    column = filters.by if filters.by in DAYS else DAYS[0]
    condition = Q()
    if filters.day_from is not None:
        condition &= Q(**{f"{column}__gte": filters.day_from})
    if filters.day_to is not None:
        condition &= Q(**{f"{column}__lte": filters.day_to})
    return condition


def _typed(scope: Scope, text: str) -> Q:
    """A name without accents, a code or its last digits, a national code, a number of the person."""
    text = text.strip()[:MOST_TYPED]
    if "\x00" in text:
        return Q(pk__in=[])
    if not any(character.isdigit() for character in text):
        return typed.names(text, MOST_TYPED) | Q(code__istartswith=text)
    code = fold(text).upper().replace(" ", "")
    condition = Q(code=code) | Q(national_code=code)
    if code.isdigit() and len(code) <= 6:
        return condition | Q(code__endswith=f"-{int(code):05d}") | Q(national_code=f"BN{int(code)}")
    held = [person.pk for person in people.by_number(scope, text)]
    aliases = Alias.objects.filter(person__in=held).values_list("alias", flat=True)
    return condition | Q(code__startswith=code) | Q(person__in=held) | Q(alias__in=list(aliases))


def counts(scope: Scope, filters: Filters) -> dict[str, int]:
    """How many of the filtered cases are of each classification."""
    rows = found(scope, filters).order_by().values("classification").annotate(number=Count("pk"))
    return {row["classification"]: row["number"] for row in rows}


def officers(scope: Scope) -> list[Any]:
    """Ids of officers who hold a case of the scope."""
    rows = _looked_at(scope, Case.objects.filter(merged_into=None, officer__isnull=False))
    return list(rows.order_by().values_list("officer", flat=True).distinct()[:200])
