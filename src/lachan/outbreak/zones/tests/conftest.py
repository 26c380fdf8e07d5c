from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lachan.gate.declarations.tests import small
from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province
from lachan.kernel.clock import local_day
from lachan.outbreak.cases.models import Case
from lachan.registry.units import tree
from lachan.registry.units.models import Unit

__all__ = ["_fresh_tree", "at", "officer", "province"]
AUTUMN = datetime(2021, 11, 20, 2, tzinfo=UTC)
"""When Resolution 128 is in force."""


@pytest.fixture
def people(province: None) -> None:
    """Vĩnh Hòa has 20,000 people, so that ten cases are 50 per 100,000."""
    Unit.objects.filter(pk=small.HOA).update(population=20_000)
    tree.forget()


@pytest.fixture
def boss(officer: Any) -> Any:
    return officer("chutich", "commune_leader", small.HOA)


@pytest.fixture
def worker(officer: Any) -> Any:
    return officer("tram", "commune_health_worker", small.HOA)


def cases(count: int, on: date, *, unit: str = small.HOA, detection: str = "community", **other: Any) -> None:
    """Confirmed cases of one day."""
    moment = datetime(2021, 7, 1, tzinfo=UTC)
    rows = [
        Case(
            disease="covid19", code=f"T-{uuid4().hex[:16]}", person=uuid4(), alias=uuid4(), name="Ca", folded="ca",
            unit=unit, reported_by=unit, classification=other.get("classification", "confirmed"), reported_on=on,
            confirmed_on=on, detection=detection, merged_into=other.get("merged_into"), made_at=moment, updated_at=moment,
        )
        for _ in range(count)
    ]  # fmt: skip
    Case.objects.bulk_create(rows)


def days_ago(now: datetime, days: int) -> date:
    return local_day(now) - timedelta(days=days)
