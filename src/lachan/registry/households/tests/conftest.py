from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from lachan.gate.declarations.tests import small
from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province
from lachan.registry.households import services
from lachan.registry.households.models import Hamlet, Household

__all__ = ["_fresh_tree", "at", "officer", "province"]


@pytest.fixture
def hamlet(province: None, now: datetime) -> Hamlet:
    return services.ensure_hamlet(small.HOA, "Tổ dân phố 3", now=now)


@pytest.fixture
def house(hamlet: Hamlet, now: datetime) -> Household:
    return services.ensure_household(hamlet, 1, "Trần Văn Bình", address="5 Lê Lợi", now=now)


@pytest.fixture
def lives(now: datetime) -> Any:
    """`lives(house, "Trần Văn Bình", number="056075001234")`: someone who moved in on 1 January 2020."""

    def make(house: Household, name: str, **typed: Any) -> Any:
        risk = {key: typed.pop(key) for key in ("pregnant", "chronic") if key in typed}
        since = typed.pop("since", date(2020, 1, 1))
        return services.add_person(
            house, {"name": name, "birth": "1975-03-02", **typed}, since=since, now=now, **risk
        )

    return make
