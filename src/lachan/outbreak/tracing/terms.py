"""What tracing has to assume, by policies/tracing.toml."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache

from lachan.kernel import policies


@dataclass(frozen=True, slots=True)
class Terms:
    """See the policy's head. `half`: the meeting that counts half; `recency`: after it urgency is half."""

    half: timedelta
    recency: timedelta
    stays: Mapping[str, timedelta]
    regular: Mapping[str, int]
    regular_within: timedelta
    strength: Mapping[str, float]
    listed: timedelta

    def stay(self, kind: str) -> timedelta:
        """How long someone is taken to have stayed at a place of that kind."""
        return self.stays.get(kind, self.stays["default"])

    @property
    def longest(self) -> timedelta:
        return max(self.stays.values())


def terms_at(day: date) -> Terms:
    """The assumptions in force on a day. Raises InvalidInput `policy_none_in_force`."""
    return _read(policies.load("tracing").at(day).valid_from, policies.policy_folders())


@lru_cache(maxsize=8)
def _read(start: date, _folders: tuple[object, ...]) -> Terms:
    entry = policies.load("tracing").at(start)
    return Terms(
        half=timedelta(minutes=int(entry["half_minutes"])),
        recency=timedelta(days=int(entry["recency_days"])),
        stays={kind: timedelta(minutes=int(each)) for kind, each in entry["stay_minutes"].items()},
        regular={kind: int(each) for kind, each in entry["regular_days"].items()},
        regular_within=timedelta(days=int(entry["regular_within"])),
        strength={kind: float(each) for kind, each in entry["strength"].items()},
        listed=timedelta(days=int(entry["listed_days"])),
    )
