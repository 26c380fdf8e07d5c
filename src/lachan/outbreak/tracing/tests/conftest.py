from __future__ import annotations

from typing import Any

import pytest

from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province
from lachan.outbreak.tracing.tests.world import HAI, HOA

__all__ = ["_fresh_tree", "at", "officer", "province"]


@pytest.fixture
def tracer(officer: Any) -> Any:
    """Whoever traces in the town."""
    return officer("truy.vet", "case_officer", "56/568/")


@pytest.fixture
def station(officer: Any) -> Any:
    """A health worker of the commune where most contacts live."""
    return officer("tram.hai", "commune_health_worker", HAI)


@pytest.fixture
def elsewhere(officer: Any) -> Any:
    """A health worker of another commune."""
    return officer("tram.hoa", "commune_health_worker", HOA)
