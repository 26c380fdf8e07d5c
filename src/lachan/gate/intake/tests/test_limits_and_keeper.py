"""Token buckets, and the thread that keeps the world fresh."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from lachan.gate.declarations.models import AreaLevel, Hold
from lachan.gate.declarations.prepare import World
from lachan.gate.declarations.prepare.load import WorldCache
from lachan.gate.intake import limits
from lachan.gate.intake.keeper import Keeper
from lachan.gate.intake.limits import Buckets
from lachan.kernel.clock import FixedClock
from lachan.kernel.ids import uuid7
from lachan.registry.places.models import Place
from lachan.registry.units.models import Unit

NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)


class Time:
    def __init__(self) -> None:
        self.at = 0.0

    def __call__(self) -> float:
        return self.at


def test_a_bucket_fills_again_at_its_rate() -> None:
    time = Time()
    bucket = Buckets(rate=60, burst=3, clock=time)
    assert [bucket.take("a") for _ in range(3)] == [0, 0, 0]
    assert bucket.take("a") == pytest.approx(1.0)
    time.at += 1.0
    assert bucket.take("a") == 0 and bucket.take("b") == 0


def test_a_refused_take_costs_nothing_and_a_large_one_needs_a_full_bucket() -> None:
    time = Time()
    bucket = Buckets(rate=60, burst=10, clock=time)
    assert bucket.take("a", 1000) == 0
    assert bucket.take("a", 5) == pytest.approx(5.0)
    time.at += 5
    assert bucket.take("a", 5) == 0


def test_no_rate_no_key_no_limit() -> None:
    assert all(Buckets(0, 1).take("a") == 0 for _ in range(5))
    assert all(Buckets(1, 1).take("") == 0 for _ in range(5))


def test_buckets_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(limits, "MOST_BUCKETS", 10)
    bucket = Buckets(60, 1)
    for number in range(50):
        bucket.take(str(number))
    assert len(bucket) == 10


def make_place(code: str, **fields: Any) -> Place:
    given = {
        "kind": "shop",
        "name": "x",
        "folded": "x",
        "unit": "56/568/22327/",
        "seed": bytes(16),
        "created_at": NOW,
    }
    return Place.objects.create(id=uuid7(), code=code, **{**given, **fields})


@pytest.mark.django_db
def test_the_world_follows_the_database_part_by_part() -> None:
    cache = WorldCache()
    Unit.objects.create(
        path="56/",
        code="56",
        level=1,
        structure="2021",
        name="K",
        full_name="K",
        folded="k",
        valid_from=NOW.date(),
    )
    first = cache.get(NOW)
    assert (first.places, first.units, first.unit("56")) == ({}, {"56/"}, "56/")
    place = make_place("AB12CD34")
    assert cache.get(NOW + timedelta(seconds=1)) is first, "not yet two seconds old"
    second = cache.get(NOW + timedelta(seconds=3))
    assert second.place("ab12-cd34") is not None and second.units is first.units
    Place.objects.filter(pk=place.pk).update(status="suspended", decided_at=NOW)
    third = cache.get(NOW + timedelta(seconds=3), fresh=True)
    found = third.place("AB12CD34")
    assert found is not None and found.closed_at == NOW


@pytest.mark.django_db
def test_levels_and_holds_are_read_with_their_dates() -> None:
    alias, later = uuid7(), NOW + timedelta(days=1)
    AreaLevel.objects.create(unit="56/", level=2, document="d", valid_from=NOW, valid_to=later)
    AreaLevel.objects.create(unit="56/", level=4, document="d", valid_from=later)
    Hold.objects.create(alias=alias, reason="isolation", document="d", valid_from=NOW, valid_to=later)
    world = WorldCache().get(NOW)
    assert [world.level_of("56/568/1/", moment) for moment in (NOW - timedelta(1), NOW, later)] == [
        None,
        2,
        4,
    ]
    assert world.hold(alias, NOW) is not None and world.hold(alias, later) is None


@pytest.mark.django_db
def test_next_months_key_is_there_before_it_is_needed() -> None:
    eve = datetime(2021, 7, 31, 23, 0, tzinfo=UTC)
    cache = WorldCache()
    assert set(cache.get(eve).data_keys) == {"2021-07", "2021-08"}
    assert "2021-09" in cache.get(datetime(2021, 9, 5, tzinfo=UTC)).data_keys


def test_the_keeper_survives_a_database_that_is_away() -> None:
    class Loads:
        fails, count = True, 0

        def __call__(self, now: datetime, *, fresh: bool = False) -> World:
            self.count += 1
            if self.fails:
                raise OSError("away")
            return "a world"  # type: ignore[return-value]

    loads = Loads()

    async def run() -> None:
        keeper = Keeper(loads, FixedClock(NOW), every=60)
        keeper.start()
        await asyncio.sleep(0.1)
        assert keeper.world is None and keeper.failing == "OSError"
        loads.fails = False
        assert await keeper.look_again() is True
        assert keeper.world == "a world" and keeper.failing is None  # type: ignore[comparison-overlap]
        count = loads.count
        assert await keeper.look_again() is False, "asked a moment ago"
        assert loads.count == count
        keeper.stop()

    asyncio.run(run())
