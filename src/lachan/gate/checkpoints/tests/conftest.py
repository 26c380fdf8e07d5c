from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest

from lachan.gate.checkpoints.door import views, wire
from lachan.gate.checkpoints.models import Shift
from lachan.gate.checkpoints.services import bundle
from lachan.gate.checkpoints.services.shifts import open_shift
from lachan.gate.checkpoints.tests.phones import Phone
from lachan.gate.declarations.tests import small
from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province
from lachan.registry.places.models import Place

__all__ = ["_fresh_tree", "at", "officer", "province"]


@pytest.fixture(autouse=True)
def _nothing_remembered() -> Iterator[None]:
    bundle.forget()
    wire.SEEN.forget()
    views.TRIES.forget()
    yield
    bundle.forget()


@pytest.fixture
def gate(province: None) -> Place:
    return Place.objects.get(code=small.GATE)


@pytest.fixture
def chief(officer: Any) -> Any:
    """Whoever manages the gates of Cam Ranh."""
    return officer("truong.chot", "district_officer", small.OTHER)


@pytest.fixture
def shift(gate: Place, chief: Any, now: datetime) -> Shift:
    return open_shift(gate, "Ca sáng", now, now + timedelta(hours=8), by=chief, now=now)


@pytest.fixture
def phone(client: Any, at: Any) -> Any:
    """`phone()`: a device that speaks to the province on the tests' clock."""
    return lambda: Phone(client)
