from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.test import RequestFactory
from hypothesis import given
from hypothesis import strategies as st

from lachan.gate.declarations.lookup.limits import Limit, address_of

START = datetime(2021, 7, 22, tzinfo=UTC)
PERIOD = timedelta(seconds=60)


@given(st.lists(st.integers(0, 40), max_size=60), st.integers(1, 5))
def test_never_more_than_the_limit_in_any_period(gaps: list[int], times: int) -> None:
    limit, at, taken = Limit(times, PERIOD), START, []
    for gap in gaps:
        at += timedelta(seconds=gap)
        inside = [moment for moment in taken if moment > at - PERIOD]
        assert limit.take("key", at) == (len(inside) < times)
        if len(inside) < times:
            taken.append(at)


def test_keys_are_apart_and_memory_is_bounded() -> None:
    limit = Limit(1, PERIOD, keys=10)
    assert all(limit.take(str(key), START) for key in range(1000))
    assert len(limit._seen) == 10
    assert not limit.take("999", START)


def test_the_address_is_the_one_that_the_front_wrote_last() -> None:
    made = RequestFactory()
    assert address_of(made.get("/", HTTP_X_FORWARDED_FOR="6.6.6.6, 10.0.0.9")) == "10.0.0.9"
    assert address_of(made.get("/", REMOTE_ADDR="10.0.0.1")) == "10.0.0.1"
