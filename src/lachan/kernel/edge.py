"""The terms of devices at gates: dated policy ``edge.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput

_MOST = {
    "bundle_stale_hours": 24 * 14,
    "bundle_life_hours": 24 * 14,
    "enrol_minutes": 24 * 60,
    "shift_hours": 24 * 14,
    "silent_minutes": 24 * 60,
    "fresh_seconds": 600,
    "checkin_days": 365,
}


@dataclass(frozen=True, slots=True)
class EdgeTerms:
    """``bundle_stale`` and ``bundle_life`` count from a bundle's making; ``fresh`` from the holder's signature."""

    bundle_stale: timedelta
    bundle_life: timedelta
    enrol: timedelta
    longest_shift: timedelta
    silent_after: timedelta
    fresh: timedelta
    checkin_kept: timedelta

    @classmethod
    def at(cls, day: date) -> "EdgeTerms":
        """The terms in force on a day. Raises InvalidInput ``policy_none_in_force``, ``edge_terms``."""
        entry = policies.load("edge").at(day)
        return _read(entry.valid_from, policies.policy_folders())

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "EdgeTerms":
        """The terms of an entry's payload."""
        value = {key: policies.whole_number(payload, key, most, "edge_terms") for key, most in _MOST.items()}
        if value["bundle_stale_hours"] > value["bundle_life_hours"]:
            raise InvalidInput("edge_terms", key="bundle_stale_hours")
        return cls(
            timedelta(hours=value["bundle_stale_hours"]),
            timedelta(hours=value["bundle_life_hours"]),
            timedelta(minutes=value["enrol_minutes"]),
            timedelta(hours=value["shift_hours"]),
            timedelta(minutes=value["silent_minutes"]),
            timedelta(seconds=value["fresh_seconds"]),
            timedelta(days=value["checkin_days"]),
        )


@lru_cache(maxsize=32)
def _read(start: date, _folders: tuple[Any, ...]) -> EdgeTerms:
    return EdgeTerms.of(policies.load("edge").at(start).payload)
