from __future__ import annotations

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from lachan.gate.declarations.lookup.limits import Limit

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
