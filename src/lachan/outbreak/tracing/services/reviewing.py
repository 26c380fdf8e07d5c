"""The work that finding makes: someone has to say of each exposure whether it counts."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from lachan.outbreak.cases.models import Case
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.tracing.models import Exposure
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.ranked import of_case

REVIEW = "tracing.review"


def due(case: Case, *, by: Any, now: datetime) -> None:
    """Open or finish the task of a case by what waits now. In the caller's transaction."""
    waiting = any(one.status == Exposure.Status.PROPOSED for one in of_case(case))
    if not waiting:
        tasks.finish(REVIEW, case.pk, by=by, now=now)
    elif case.classification in infectious.INFECTED:
        tasks.open_task(
            REVIEW,
            "case",
            case.pk,
            case.unit,
            "tracing.work",
            now + infectious.disease_of(case).report_within,
            params={"code": case.code},
            priority=1,
            assignee=case.officer,
            now=now,
        )


def due_of(exposures: Iterable[Exposure], *, by: Any, now: datetime) -> None:
    """The same for every case that these exposures come from."""
    rows = list(exposures)
    for disease in {row.disease for row in rows}:
        sources = {row.source for row in rows if row.disease == disease}
        found = infectious.infected_by_alias(sources, disease)
        for case in {case.pk: case for cases in found.values() for case in cases}.values():
            due(case, by=by, now=now)
