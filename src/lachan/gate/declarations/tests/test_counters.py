"""Kept counts, and what they are asked."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from lachan.base.scope import Scope
from lachan.gate.declarations.models import UnitDay, UnitHour
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.tests import small

pytestmark = pytest.mark.django_db
TOWN = Scope((small.TOWN,))
SEVEN = datetime(2021, 7, 22, 0, 12, tzinfo=UTC)  # 07:12 in Vietnam


def test_a_declaration_counts_in_its_hour_and_its_day(province):
    small.declared(SEVEN, place=small.MARKET)
    small.work(SEVEN)
    [hour] = UnitHour.objects.all()
    assert (hour.unit, hour.hour, hour.green + hour.attention + hour.stop) == (
        small.HAI,
        SEVEN.replace(minute=0),
        1,
    )
    assert UnitDay.objects.get().unit == small.HAI


def test_two_days_are_compared_up_to_the_same_full_hour(province):
    for unit, at, green in [
        (small.HAI, SEVEN.replace(minute=0), 1),  # the hour that isn't over
        (small.HAI, SEVEN - timedelta(hours=1, minutes=12), 2),
        (small.HOA, SEVEN - timedelta(hours=7, minutes=12), 4),  # midnight
        (small.HOA, SEVEN - timedelta(hours=8, minutes=12), 8),  # yesterday's last hour
        (small.CAM, SEVEN - timedelta(hours=1, minutes=12), 16),
        (small.HAI, SEVEN - timedelta(hours=25, minutes=12), 32),
    ]:
        UnitHour.objects.create(unit=unit, hour=at, green=green)
    assert counters.until_hour(TOWN, SEVEN).green == 6
    assert counters.until_hour(TOWN, SEVEN - timedelta(days=1)).green == 32
    assert counters.until_hour(Scope(), SEVEN).total == 0
    assert (
        counters.until_hour(TOWN, SEVEN.replace(day=21, hour=17, minute=5)).total == 0
    )  # 00:05: no hour is over


def test_old_hours_go(province):
    UnitHour.objects.create(unit=small.HAI, hour=SEVEN - timedelta(days=9), green=1)
    small.declared(SEVEN, place=small.MARKET)
    small.work(SEVEN)
    assert UnitHour.objects.count() == 1
