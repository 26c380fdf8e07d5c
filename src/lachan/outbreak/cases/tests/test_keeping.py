from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any

from lachan.gate.declarations.services import retention
from lachan.outbreak.cases.models import Case, LineListImport
from lachan.outbreak.cases.tests.test_import import messy, upload


def test_reports_and_answers_go_when_their_term_is_over(
    opened: Callable[..., Case], investigator: Any, now: datetime
) -> None:
    case = opened(answers={"has_symptoms": "no"})
    upload(messy(), investigator, now)
    later = now + timedelta(days=31)
    assert retention.purge(later)["line_lists"] == 1 and not LineListImport.objects.exists()
    case.refresh_from_db()
    assert case.answers
    retention.STEPS["cases"](now + timedelta(days=1), now + timedelta(days=1), False)
    case.refresh_from_db()
    assert case.answers == "" and case.name
