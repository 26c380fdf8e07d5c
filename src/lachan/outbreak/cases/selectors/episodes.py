"""Which illness a day belongs to: a second report within a disease's time is the same case, a later one a new one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.kernel.diseases import Disease, codes
from lachan.outbreak.cases.models import Case
from lachan.registry.people.models import Alias


def length_of(disease: Disease) -> timedelta:
    """How far apart two reports of one illness may lie."""
    return disease.incubation + disease.infectious


def latest_disease() -> str:
    """That of the newest case: what a page shows before somebody chooses. The first that there is before any case."""
    newest = Case.objects.order_by("-id").values_list("disease", flat=True).first()
    return newest or codes()[0]


def cases_of(person: UUID) -> QuerySet[Case]:
    """Every case of a person that stands, also those that were opened under a record merged into hers since."""
    aliases = Alias.objects.filter(person=person).values_list("alias", flat=True)
    return Case.objects.filter(Q(person=person) | Q(alias__in=list(aliases)), merged_into=None)


def episode_of(person: UUID, disease: Disease, day: date) -> Case | None:
    """The person's case of this disease whose dates lie within its time of a day; the nearest of several."""
    return nearest(cases_of(person).filter(disease=disease.code), disease, day)


def nearest(cases: Iterable[Case], disease: Disease, day: date) -> Case | None:
    """Of a person's cases, the one that a day belongs to."""
    span = length_of(disease)
    near = [(distance(case, day), case) for case in cases]
    fitting = [pair for pair in near if pair[0] <= span]
    return min(fitting, key=lambda pair: (pair[0], pair[1].pk))[1] if fitting else None


def distance(case: Case, day: date) -> timedelta:
    """From a day to the nearest date of a case; nothing while it lies between them."""
    known = [one for one in (case.onset, case.sampled_on, case.confirmed_on, case.reported_on) if one]
    first, last = min(known), max(known)
    if day < first:
        return first - day
    return day - last if day > last else timedelta(0)
