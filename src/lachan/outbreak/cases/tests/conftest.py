from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from lachan.gate.declarations.tests import small
from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province
from lachan.outbreak.cases.models import Case
from lachan.outbreak.cases.tests import made

__all__ = ["_fresh_tree", "at", "officer", "province"]


@pytest.fixture
def investigator(officer: Any) -> Any:
    """Whoever investigates in Nha Trang."""
    return officer("dieu.tra", "case_officer", small.TOWN)


@pytest.fixture
def opened(investigator: Any, now: datetime) -> Callable[..., Case]:
    """`opened(onset=…)`: a case of Vĩnh Hòa."""
    return lambda **more: made.case(investigator, now, **more)
