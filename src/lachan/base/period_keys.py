"""The data key of a period: made on first use, wrapped by the ring, cached in the process."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from lachan.base import keys
from lachan.base.models import PeriodKey
from lachan.kernel.crypto import DataKey
from lachan.kernel.errors import InvalidInput

_cache: dict[str, DataKey] = {}


def data_key(period: str, now: datetime) -> DataKey:
    """The period's key; two processes that make it at once agree on whichever row came first."""
    found = _cache.get(period)
    if found is None:
        fresh = DataKey.generate()
        row, _ = PeriodKey.objects.get_or_create(
            period=period, defaults={"wrapped": fresh.wrap(keys.keyring(), period), "created_at": now}
        )
        found = DataKey.unwrap(keys.keyring(), period, bytes(row.wrapped))
        if (
            not connection.in_atomic_block
        ):  # a row that is rolled back must not leave a key to go on sealing with
            _cache[period] = found
    return found


def existing_key(period: str) -> DataKey:
    """The key of a period that was written in before. Raises InvalidInput period_purged after its time of keeping."""
    if period not in _cache:
        row = PeriodKey.objects.filter(period=period).first()
        if row is None:
            raise InvalidInput("period_purged", period=period)
        _cache[period] = DataKey.unwrap(keys.keyring(), period, bytes(row.wrapped))
    return _cache[period]


def forget() -> None:
    _cache.clear()
