"""Cases and samples for tests, in one line each."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from lachan.gate.declarations.tests import small
from lachan.kernel.clock import local_day
from lachan.outbreak.cases.identity import identity_of
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.services import CaseDraft, Taking, open_case, take_sample
from lachan.registry.people.services import Identity

DISEASE = "covid19"
FIELDS = {
    "name": "Nguyễn Văn Bình",
    "birth": "1980-05-17",
    "sex": "m",
    "cccd": "056080001234",
    "phone": "0912345678",
}


def identity(now: datetime, unit: str = small.HOA, **typed: str) -> Identity:
    return identity_of({**FIELDS, **typed}, unit, local_day(now))


def case(
    by: Any, now: datetime, *, unit: str = small.HOA, typed: dict[str, str] | None = None, **more: Any
) -> Case:
    """`onset`, `sampled_on`, `confirmed_on`, `outcome_on` go into the draft's dates."""
    days = {
        name: more.pop(name) for name in ("onset", "sampled_on", "confirmed_on", "outcome_on") if name in more
    }
    draft = CaseDraft(
        disease=more.pop("disease", DISEASE),
        unit=unit,
        reported_by=more.pop("reported_by", unit),
        reported_on=more.pop("reported_on", local_day(now)),
        identity=identity(now, unit, **(typed or {})),
        dates=days,
        **more,
    )
    return open_case(draft, by=by, now=now)


def sample(by: Any, now: datetime, *, typed: dict[str, str] | None = None, **more: Any) -> Sample:
    """Taken six hours ago."""
    unit = more.pop("unit", small.HOA)
    taking = Taking(
        disease=more.pop("disease", DISEASE),
        kind=more.pop("kind", "pcr"),
        unit=unit,
        taken_at=more.pop("taken_at", now - timedelta(hours=6)),
        identity=None if "case" in more else identity(now, unit, **(typed or {})),
        **more,
    )
    return take_sample(taking, by=by, now=now)
