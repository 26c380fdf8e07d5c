"""Loading into empty tables; apart from test_load.py, whose tests stand on a loaded country."""

from __future__ import annotations

import pytest

from lachan.kernel.errors import InvalidInput
from lachan.registry.units import services
from lachan.registry.units.tests.conftest import NOW


@pytest.mark.django_db
def test_two_tiers_alone_need_their_provinces() -> None:
    with pytest.raises(InvalidInput, match="units_not_loaded"):
        services.load("2025", now=NOW)
    with pytest.raises(InvalidInput, match="structure_unknown"):
        services.load("1976", now=NOW)
