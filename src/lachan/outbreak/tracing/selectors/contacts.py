"""The list of people who are followed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lachan.base.paging import SIZE, Page, by_keys
from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import parse_short_code
from lachan.kernel.text import fold
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors import infectious

SORTS: dict[str, tuple[str, ...]] = {
    "until": ("until", "id"),
    "exposed": ("-last_exposure", "-id"),
    "new": ("-id",),
}
STATES = ("open", "", *Contact.Status.values)


@dataclass(frozen=True, slots=True)
class Filters:
    """What the list is narrowed by. `known`: contacts whose names the reader may read, by id of the person."""

    text: str = ""
    disease: str = ""
    status: str = "open"
    unit: str = ""
    officer: UUID | None = None
    free: bool = False
    until: date | None = None
    sort: str = "until"


def visible(scope: Scope) -> QuerySet[Contact]:
    """Contacts of the scope, without rows that were joined to another."""
    return scope.narrow(Contact.objects.filter(merged_into=None), "unit")


def by_id(scope: Scope, pk: UUID) -> Contact | None:
    """A contact of the scope."""
    return scope.narrow(Contact.objects.filter(pk=pk), "unit").first()


def found(scope: Scope, filters: Filters, names: dict[UUID, str] | None = None) -> QuerySet[Contact]:
    """The rows that the filters leave. `names`: person → folded name, of those that the reader had revealed."""
    rows = visible(scope.intersect(filters.unit) if filters.unit else scope)
    if filters.status == "open":
        rows = rows.filter(status__in=(Contact.Status.ACTIVE, Contact.Status.LOST))
    elif filters.status:
        rows = rows.filter(status=filters.status)
    plain: dict[str, Any] = {
        "disease": filters.disease or None,
        "officer": filters.officer,
        "until__lte": filters.until,
    }
    rows = rows.filter(**{key: value for key, value in plain.items() if value is not None})
    if filters.free:
        rows = rows.filter(officer=None)
    return rows.filter(_typed(filters.text, names or {})) if filters.text.strip() else rows


def _typed(text: str, names: dict[UUID, str]) -> Q:
    """By the contact's code, by a case's code, or by a name that the reader was told. A name that wasn't finds nothing: the
    list would tell whose pseudonym it is."""
    wanted = fold(text.strip())
    told = [person for person, name in names.items() if wanted and wanted in name]
    condition = Q(person__in=told)
    case = Case.objects.filter(code=text.strip().upper()[:24]).first()
    if case is not None:
        own = infectious.aliases_of_case(case)
        targets = Exposure.objects.filter(source__in=own, status=Exposure.Status.CONFIRMED)
        condition |= Q(alias__in=targets.values("target")) | Q(case=case.pk)
    try:
        return condition | Q(code=parse_short_code(text))
    except InvalidInput:
        return condition


def page(
    scope: Scope, filters: Filters, after: str = "", names: dict[UUID, str] | None = None
) -> Page[Contact]:
    """One page in the order of `filters.sort`."""
    order = SORTS.get(filters.sort, SORTS["until"])
    return by_keys(found(scope, filters, names), order, after, size=SIZE)


def every(scope: Scope, filters: Filters, limit: int = 100_000) -> Iterator[Contact]:
    """All rows of the filter, for an export."""
    yield from found(scope, filters).order_by("unit", "until", "id")[:limit].iterator(chunk_size=2000)


def counts(scope: Scope) -> dict[str, int]:
    """How many rows of the scope stand in each status."""
    rows = visible(scope).order_by().values_list("status").annotate(n=Count("pk"))
    return dict(rows)
