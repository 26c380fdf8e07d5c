"""Time in the engine: whole seconds since the first moment of 2020 in Việt Nam, and days counted from there.

A day is only how visits are partitioned, so it is Việt Nam's own and never changes with a setting. Seconds fit int32 until 2088.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

__all__ = ["DAY", "EPOCH", "day_of", "moment", "seconds"]

EPOCH = datetime(2020, 1, 1, tzinfo=timezone(timedelta(hours=7)))
DAY = 86_400
LAST = 2**31 - 1 - DAY
"""No second beyond this one is kept or asked for, so that sums of a second and a day fit int32."""


def seconds(at: datetime) -> int:
    """Whole seconds from `EPOCH` to an aware moment, rounded down. ValueError: naive, or beyond what int32 holds."""
    if at.tzinfo is None:
        raise ValueError("a moment without a time zone")
    found = (at - EPOCH) // timedelta(seconds=1)
    if abs(found) > LAST:
        raise ValueError("a moment beyond the engine's calendar")
    return found


def moment(second: int) -> datetime:
    """The moment, in UTC, of a second."""
    return (EPOCH + timedelta(seconds=int(second))).astimezone(UTC)


def day_of(second: int) -> int:
    """The day that a second belongs to; day 0 is 1 January 2020."""
    return int(second) // DAY
