"""What the floors above ask about cases."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from lachan.kernel.clock import VN, local_day
from lachan.kernel.diseases import Disease, moment_of
from lachan.outbreak.cases.models import Case


def confirmed_of(disease: str) -> QuerySet[Case]:
    """Confirmed cases of a disease that stand."""
    confirmed = Case.Classification.CONFIRMED
    return Case.objects.filter(disease=disease, classification=confirmed, merged_into=None)


def infectious_days(case: Case) -> tuple[date, date] | None:
    """First and last day on which contacts count, by the definition of the day of the report; None without a date."""
    until = local_day(case.isolated_at) if case.isolated_at else None
    if case.outcome_on is not None:
        until = min(until, case.outcome_on) if until else case.outcome_on
    disease = Disease.at(case.disease, case.reported_on)
    return disease.window(case.onset, case.sampled_on or case.confirmed_on, until)


def infectious_window(case: Case) -> tuple[datetime, datetime] | None:
    """The same whole days of Vietnam as moments: from the first of the first day until the first after the last."""
    days = infectious_days(case)
    if days is None or days[1] < days[0]:
        return None
    return moment_of(days[0], True, VN), moment_of(days[1], False, VN)


def case_of(alias: UUID, disease: str) -> Case | None:
    """The latest case that bears a pseudonym."""
    rows = Case.objects.filter(alias=alias, disease=disease, merged_into=None)
    return rows.order_by("-id").first()
