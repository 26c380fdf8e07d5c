"""How long a personal pass counts: dated policy ``passes.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Any

from lachan.kernel import policies
from lachan.kernel.decisions import RESULTS

MOST_HOURS = 24 * 30


@dataclass(frozen=True, slots=True)
class PassTerms:
    """``life`` by the decision's result, from when the form was filled in; ``late_to_closed``: how long after the fact
    a closed place still takes a declaration that a phone had kept."""

    life: Mapping[str, timedelta]
    late_to_closed: timedelta

    @classmethod
    def at(cls, day: date) -> "PassTerms":
        """The terms in force on a day. Raises InvalidInput ``policy_none_in_force``, ``passes_hours``."""
        entry = policies.load("passes").at(day)
        return _read(entry.valid_from, policies.policy_folders())

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "PassTerms":
        """The terms of an entry's payload."""
        life: dict[str, timedelta] = {result: _hours(payload, f"{result}_hours") for result in RESULTS}
        return cls(life, _hours(payload, "closed_place_hours"))


@lru_cache(maxsize=32)
def _read(start: date, _folders: tuple[Any, ...]) -> PassTerms:
    return PassTerms.of(policies.load("passes").at(start).payload)


def _hours(payload: Mapping[str, Any], key: str) -> timedelta:
    return timedelta(hours=policies.whole_number(payload, key, MOST_HOURS, "passes_hours"))
