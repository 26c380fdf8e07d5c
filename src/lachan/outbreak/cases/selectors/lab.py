"""Samples and pools as the laboratory's pages show them, with the clock from taking to result."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet

from lachan.base import typed
from lachan.base.paging import Page, by_id
from lachan.base.scope import Scope
from lachan.kernel.clock import local_day
from lachan.outbreak.cases.laboratory import LabTerms
from lachan.outbreak.cases.models import Case, Pool, Sample
from lachan.registry.people.models import Person

WAITING, OVERDUE, RESULTED, SINGLE = "waiting", "overdue", "resulted", "single"
STATES = (WAITING, OVERDUE, RESULTED, SINGLE)
MOST_TYPED = 100


@dataclass(frozen=True, slots=True)
class SampleFilters:
    """What the list is narrowed by."""

    state: str = ""
    disease: str = ""
    kind: str = ""
    result: str = ""
    unit: str = ""
    text: str = ""


@dataclass(frozen=True, slots=True)
class Turnaround:
    """How long a sample has been under way: to the laboratory, and to its result. None while it hasn't come there."""

    to_lab: timedelta | None
    to_result: timedelta | None
    due: datetime
    overdue: bool


def turnaround(sample: Sample, now: datetime) -> Turnaround:
    """By the term in force when the sample was taken. Late is also what came late."""
    due = LabTerms.at(local_day(sample.taken_at)).due(sample.kind, sample.taken_at)
    to_lab = sample.received_at - sample.taken_at if sample.received_at else None
    to_result = sample.resulted_at - sample.taken_at if sample.resulted_at else None
    return Turnaround(to_lab, to_result, due, (sample.resulted_at or now) > due)


def visible(scope: Scope) -> QuerySet[Sample]:
    return scope.narrow(Sample.objects.all(), "unit")


def by_code(scope: Scope, code: str) -> Sample | None:
    """As it stands on the tube, or as a reader of the label gives it."""
    text = code.strip().upper()[:40]
    return visible(scope).filter(code=text).first() if text and "\x00" not in text else None


def page(scope: Scope, filters: SampleFilters, now: datetime, cursor: str = "") -> Page[Sample]:
    """Newest first."""
    return by_id(found(scope, filters, now).select_related("case", "pool"), cursor)


def found(scope: Scope, filters: SampleFilters, now: datetime) -> QuerySet[Sample]:
    rows = visible(scope.intersect(filters.unit) if filters.unit else scope)
    for column in ("disease", "kind", "result"):
        if value := getattr(filters, column):
            rows = rows.filter(**{column: value})
    if filters.state in STATES:
        rows = rows.filter(_in_state(filters.state, now))
    return rows.filter(_typed(filters.text)) if filters.text.strip() else rows


def _in_state(state: str, now: datetime) -> Q:
    if state == WAITING:
        return Q(result="")
    if state == OVERDUE:
        return Q(result="") & _late(now)
    return ~Q(result="") if state == RESULTED else _single()


def _late(now: datetime) -> Q:
    """Past its term, by the terms in force now: what is overdue was taken lately."""
    terms, condition = LabTerms.at(local_day(now)), Q(pk__in=[])
    for kind in Sample.Kind.values:
        condition |= Q(kind=kind, taken_at__lt=now - (terms.due(kind, now) - now))
    return condition


def _single() -> Q:
    """Of a positive pool, unclear by itself, and nothing taken from the person since."""
    later = Sample.objects.filter(
        person=OuterRef("person"), disease=OuterRef("disease"), taken_at__gt=OuterRef("pool__resulted_at")
    )
    return Q(~Exists(later), pool__result=Sample.Result.POSITIVE, result=Sample.Result.UNCLEAR)


def single_needed(scope: Scope) -> QuerySet[Sample]:
    """Members of positive pools who need a sample of their own."""
    return visible(scope).filter(_single())


def counts(scope: Scope, now: datetime) -> dict[str, int]:
    """How many samples wait, are overdue, or must be taken again one by one."""
    rows = visible(scope)
    return {state: rows.filter(_in_state(state, now)).count() for state in (WAITING, OVERDUE, SINGLE)}


def _typed(text: str) -> Q:
    text = text.strip()[:MOST_TYPED]
    if "\x00" in text:
        return Q(pk__in=[])
    code = text.upper()
    named = Person.objects.filter(typed.names(text, MOST_TYPED)).values("pk")
    return (
        Q(code__startswith=code)
        | Q(pool__code=code)
        | Q(case__in=Case.objects.filter(code=code).values("pk"))
        | (Q(person__in=named) if not any(one.isdigit() for one in text) else Q())
    )


def names_of(samples: list[Sample]) -> dict[UUID, str]:
    """Names of the people of a page's samples; a laboratory sees no more of them."""
    wanted = {sample.person for sample in samples}
    return dict(Person.objects.filter(pk__in=wanted).values_list("pk", "name"))


def pools(scope: Scope, cursor: str = "") -> Page[Pool]:
    """Pools with a sample of the scope, newest first."""
    members = visible(scope).exclude(pool=None).values("pool")
    return by_id(Pool.objects.filter(scope.q("unit") | Q(pk__in=members)), cursor)
