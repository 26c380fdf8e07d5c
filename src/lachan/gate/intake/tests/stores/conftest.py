from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import connections

from lachan.gate.intake.stores.choose import store_of
from lachan.gate.intake.stores.contract import Store


@pytest.fixture
def store(ground: str) -> Iterator[Store]:
    made = store_of(connections[ground].settings_dict)
    made.open()
    yield made
    made.close()
