"""The terms of devices are data, and wrong data is named."""

from datetime import date, timedelta

import pytest

from lachan.kernel import policies
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput

SHIPPED = dict(policies.load("edge").at(date(2021, 7, 22)).payload)


def test_the_shipped_terms() -> None:
    terms = EdgeTerms.at(date(2021, 7, 22))
    assert timedelta(0) < terms.bundle_stale <= terms.bundle_life <= timedelta(days=2)
    assert terms.fresh == timedelta(seconds=60)


@pytest.mark.parametrize("key", SHIPPED)
@pytest.mark.parametrize("value", [None, 0, -1, 1.5, "24", True, 10**9])
def test_terms_that_cannot_be_are_named(key: str, value: object) -> None:
    with pytest.raises(InvalidInput, match="edge_terms") as raised:
        EdgeTerms.of({**SHIPPED, key: value})
    assert raised.value.params["key"] == key


def test_a_bundle_is_not_stale_after_its_end() -> None:
    with pytest.raises(InvalidInput, match="edge_terms"):
        EdgeTerms.of({**SHIPPED, "bundle_stale_hours": 30, "bundle_life_hours": 24})
