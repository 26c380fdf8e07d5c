from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _the_tests_transaction_is_none() -> None:
    """Here what records is tested itself, in the tests' own transaction."""
