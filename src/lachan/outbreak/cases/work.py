"""The work that cases make for somebody: a new case to investigate, a person of a positive pool to sample alone."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from lachan.kernel.diseases import Disease
from lachan.outbreak.cases.laboratory import LabTerms
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.tasks import services, titles
from lachan.outbreak.tasks.models import Task

INVESTIGATE = "case.investigate"
SINGLE = "lab.single"


def to_investigate(case: Case, disease: Disease, now: datetime) -> None:
    """Within the disease's term of reporting; nothing where answers came with the case."""
    to_investigate_all([(case, disease)], now)


def to_investigate_all(cases: Iterable[tuple[Case, Disease]], now: datetime) -> None:
    """The same of many at once."""
    services.open_tasks([_wanted(*one, now) for one in cases if _waits(one[0])], now=now)


def _waits(case: Case) -> bool:
    return not case.answers and case.classification != Case.Classification.NO_CASE


def _wanted(case: Case, disease: Disease, now: datetime) -> services.Wanted:
    confirmed = case.classification == Case.Classification.CONFIRMED
    return services.Wanted(
        INVESTIGATE, "case", case.pk, case.unit, "cases.work", now + disease.report_within,
        params={"case": case.code, "disease": case.disease}, priority=1 if confirmed else 2, assignee=case.officer,
    )  # fmt: skip


def investigated(case: Case, *, by: Any, now: datetime) -> None:
    services.finish(INVESTIGATE, case.pk, by=by, now=now)


def not_to_investigate(case: Case, *, now: datetime) -> None:
    """Ruled out, or merged into another."""
    services.cancel(INVESTIGATE, case.pk, now=now)


def to_sample_alone(sample: Sample, terms: LabTerms, now: datetime) -> None:
    """Of a positive pool: the person needs a sample of her own, as quickly as a result would take."""
    services.open_task(
        SINGLE, "sample", sample.pk, sample.unit, "lab.work", terms.due(sample.kind, now),
        params={"sample": sample.code, "disease": sample.disease}, priority=1, now=now,
    )  # fmt: skip


def sampled_alone(sample: Sample, *, by: Any, now: datetime) -> None:
    """A new sample was taken: what asked for it is done."""
    earlier = Sample.objects.filter(
        person=sample.person, disease=sample.disease, pool__result=Sample.Result.POSITIVE, result=Sample.Result.UNCLEAR
    )  # fmt: skip
    for one in earlier.exclude(pk=sample.pk):
        services.finish(SINGLE, one.pk, by=by, now=now)


def _case_title(task: Task) -> str:
    return _("Điều tra ca %(case)s") % {"case": task.params.get("case", "")}


def _case_url(task: Task) -> str:
    return reverse("cases:investigate", args=[task.subject])


def _sample_title(task: Task) -> str:
    return _("Lấy mẫu đơn: mẫu %(sample)s thuộc lô dương tính") % {"sample": task.params.get("sample", "")}


def _sample_url(task: Task) -> str:
    return reverse("cases:sample", args=[task.subject])


def install() -> None:
    """Called once the apps are ready."""
    titles.register(INVESTIGATE, _case_title, _case_url, name=gettext_lazy("Điều tra ca bệnh"), by_hand=False)
    titles.register(SINGLE, _sample_title, _sample_url, name=gettext_lazy("Lấy mẫu đơn"), by_hand=False)
