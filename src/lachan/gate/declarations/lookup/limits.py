"""How often something may be asked for, counted in this process: enough for one Django process, and lost at a restart.

An address is shared by a whole factory or a mobile operator's gateway, so its limit is wide; the narrow ones are the
phone's (services/one_time_code.py) and the tries of a code.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from datetime import datetime, timedelta
from threading import Lock


class Limit:
    """At most `times` within `period` for each key; remembers at most `keys` keys, the last used ones."""

    def __init__(self, times: int, period: timedelta, keys: int = 20_000) -> None:
        self.times, self.period, self.keys = times, period, keys
        self._seen: OrderedDict[str, deque[datetime]] = OrderedDict()
        self._lock = Lock()

    def take(self, key: str, now: datetime) -> bool:
        """Count one more; False, and nothing is counted, where the limit is reached."""
        with self._lock:
            seen = self._seen.setdefault(key, deque(maxlen=self.times))
            self._seen.move_to_end(key)
            while seen and seen[0] <= now - self.period:
                seen.popleft()
            if len(seen) >= self.times:
                return False
            seen.append(now)
            while len(self._seen) > self.keys:
                self._seen.popitem(last=False)
            return True

    def forget(self) -> None:
        """Start anew (between tests)."""
        with self._lock:
            self._seen.clear()


CODES_OF_ADDRESS = Limit(120, timedelta(minutes=10))
LOOKUPS_OF_PHONE = Limit(20, timedelta(hours=1))
