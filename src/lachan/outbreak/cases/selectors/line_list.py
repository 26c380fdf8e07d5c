"""The line list: scoped, filtered, sorted, a page at a time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, F, Func, Q, QuerySet

from lachan.base import typed
from lachan.base.paging import SIZE, Page, by_keys
from lachan.base.scope import Scope
from lachan.kernel.text import fold
from lachan.outbreak.cases.models import Case
from lachan.registry.people import selectors as people
from lachan.registry.people.models import Alias
from lachan.registry.units.selectors import paths_under

SIDES = ("unit", "reported_by")
NARROW = 5  # communes
MOST_TYPED = 100
MOST_HELD = 200
SORTS: dict[str, tuple[str, ...]] = {
    "new": ("-id",),
    "reported": ("-reported_on", "-id"),
    "name": ("folded", "id"),
    "code": ("code",),
}
DAYS = ("reported_on", "onset", "confirmed_on")


class Unindexed(Func):
    """A column that no index offers itself for. SQLite would take any equality's index and sort what it finds, however
    much that is and however few rows are asked; PostgreSQL weighs that by itself."""

    arity = 1
    template = "%(expressions)s"

    def as_sqlite(self, compiler: Any, connection: Any, **more: Any) -> Any:
        return super().as_sql(compiler, connection, template="+%(expressions)s", **more)


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

    Those of a few communes are found by the two columns' indexes. Otherwise the order's own index is walked and each row
    looked at: a page is full soon, and whoever looks for what is rare reads `case_line` to its end, and no row.
    """
    rows = Case.objects.filter(merged_into=None)
    return _looked_at(scope, rows) if is_wide(scope) else scope.narrow(rows, *SIDES)


def is_wide(scope: Scope) -> bool:
    """More than a few communes."""
    return any(path.count("/") == 1 for path in scope.paths) or len(paths_under(scope)) > NARROW


def _looked_at(scope: Scope, rows: QuerySet[Case]) -> QuerySet[Case]:
    plain = {f"at_{side}": Unindexed(F(side)) for side in SIDES}
    return scope.narrow(rows.alias(**plain), *plain) if scope.paths else rows.none()


def by_id(scope: Scope, pk: UUID) -> Case | None:
    """A case of the scope, also one merged away: its page leads on to the one that stands."""
    return scope.narrow(Case.objects.filter(pk=pk), *SIDES).first()


def page(scope: Scope, filters: Filters, after: str = "", size: int = SIZE) -> Page[Case]:
    """One page in the order of `filters.sort`. Which rows it has is found in an index alone; then these are read."""
    order = SORTS.get(filters.sort, SORTS["new"])
    keys = [name.lstrip("-") for name in order]
    bare = by_keys(found(scope, filters).only(*keys), order, after, size=size)
    rows = Case.objects.in_bulk([row.pk for row in bare.rows])
    return Page([rows[row.pk] for row in bare.rows if row.pk in rows], bare.next, bare.first)


def every(scope: Scope, filters: Filters, limit: int = 100_000) -> Iterator[Case]:
    """All rows of the filter for an export, read page by page."""
    cursor, given = "", 0
    while given < limit:
        some = page(scope, filters, cursor, size=min(1000, limit - given))
        yield from some.rows
        cursor, given = some.next, given + len(some.rows)
        if not cursor:
            return


def found(scope: Scope, filters: Filters, counted: bool = False) -> QuerySet[Case]:
    """The rows that the filters leave. `counted`: all of them are wanted, not the first few in some order."""
    within = scope.intersect(filters.unit) if filters.unit else scope
    wanted, rows = _wanted(filters), visible(within)
    if is_wide(within) and not counted:
        hidden = {name for name, _way, _value in wanted} - {"officer"}
        hidden -= {"reported_on"} if filters.sort == "reported" else set()
        rows = rows.alias(**{f"a_{name}": Unindexed(F(name)) for name in hidden})
        wanted = [(f"a_{name}" if name in hidden else name, way, value) for name, way, value in wanted]
    rows = rows.filter(**{f"{name}__{way}": value for name, way, value in wanted})
    return rows.filter(_typed(scope, filters.text)) if filters.text.strip() else rows


def _wanted(filters: Filters) -> list[tuple[str, str, Any]]:
    """(column, comparison, value) of each filter that is set."""
    wanted: list[tuple[str, str, Any]] = []
    for column in ("disease", "classification", "detection"):
        if value := getattr(filters, column):
            wanted.append((column, "exact", "" if value == "unknown" else value))
    if filters.outcome:
        wanted.append(("outcome", "exact", "" if filters.outcome == "none" else filters.outcome))
    if filters.officer is not None:
        wanted.append(("officer", "exact", filters.officer))
    if filters.national:
        wanted.append(("national_code", "gt" if filters.national == "yes" else "exact", ""))
    column = filters.by if filters.by in DAYS else DAYS[0]
    days = ((column, "gte", filters.day_from), (column, "lte", filters.day_to))
    return wanted + [one for one in days if one[2] is not None]


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
    return condition | Q(code__startswith=code) | Q(pk__in=_of_number(scope, text))


def _of_number(scope: Scope, text: str) -> list[UUID]:
    """Cases of whoever has this number, in any scope: looked up first, so that no row is read for it later."""
    held = [person.pk for person in people.by_number(scope, text)]
    aliases = list(Alias.objects.filter(person__in=held).values_list("alias", flat=True))
    rows = Case.objects.filter(Q(person__in=held) | Q(alias__in=aliases))
    return list(rows.values_list("pk", flat=True)[:MOST_HELD])


def counts(scope: Scope, filters: Filters) -> dict[str, int]:
    """How many of the filtered cases are of each classification."""
    rows = found(scope, filters, counted=True).order_by().values("classification").annotate(number=Count("*"))
    return {row["classification"]: row["number"] for row in rows}


def officers(scope: Scope) -> list[Any]:
    """Ids of officers who hold a case of the scope."""
    rows = _looked_at(scope, Case.objects.filter(merged_into=None, officer__isnull=False))
    return list(rows.order_by().values_list("officer", flat=True).distinct()[:200])
