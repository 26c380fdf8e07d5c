"""Rate limits: token buckets in memory, bounded in number. A restart forgets them, which harms nobody."""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

MOST_BUCKETS = 50_000


class Buckets:
    """`rate` a minute, up to `burst` at once, for each key; rate 0 limits nothing. The least recently seen go first."""

    def __init__(self, rate: float, burst: float, clock: Callable[[], float] = time.monotonic) -> None:
        self._per_second = rate / 60
        self._burst = burst
        self._clock = clock
        self._left: OrderedDict[str, tuple[float, float]] = OrderedDict()

    def take(self, key: str, count: int = 1) -> float:
        """0 if `count` may pass now, else the seconds to wait. What is larger than a whole burst passes when the
        bucket is full, and empties it."""
        if not self._per_second or not key:
            return 0.0
        now = self._clock()
        left, at = self._left.pop(key, (self._burst, now))
        left = min(self._burst, left + (now - at) * self._per_second)
        wanted = min(float(count), self._burst)
        passes = left >= wanted
        self._left[key] = (left - wanted if passes else left, now)
        if len(self._left) > MOST_BUCKETS:
            self._left.popitem(last=False)
        return 0.0 if passes else (wanted - left) / self._per_second

    def __len__(self) -> int:
        return len(self._left)


@dataclass(frozen=True)
class Rates:
    """A minute: for a device, for a venue, for an address. A factory gate is one address, so that limit is the widest
    and comes last; a device that names itself and a known venue are asked first."""

    device: int = 30
    place: int = 1200
    address: int = 6000


class Limits:
    """Who may send how much."""

    def __init__(self, rates: Rates, clock: Callable[[], float] = time.monotonic) -> None:
        self.device = Buckets(rates.device, max(rates.device, 20), clock)
        self.place = Buckets(rates.place, rates.place, clock)
        self.address = Buckets(rates.address, rates.address, clock)

    def wait(self, device: str, place: str, address: str, count: int = 1) -> float:
        """Seconds to wait, 0 if it may pass. What one limit refuses takes nothing from the next."""
        return (
            self.device.take(device, count)
            or self.place.take(place, count)
            or self.address.take(address, count)
        )

    def wait_of_item(self, device: str, place: str) -> float:
        """The same for one item of a batch, whose address has been counted with the whole batch."""
        return self.device.take(device) or self.place.take(place)
