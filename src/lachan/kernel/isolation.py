"""What isolation orders rest on and when following one up becomes urgent: dated policy ``isolation.toml``."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from functools import lru_cache
from typing import Any

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput

MOST_HOURS = 24 * 14
MOST_TENTHS = 420


@dataclass(frozen=True, slots=True)
class IsolationRules:
    """``basis``: the law that an order names. ``silent``: without a report for so long. ``fever``: degrees Celsius."""

    basis: str
    silent: timedelta
    alarm: timedelta
    fever: Decimal

    @classmethod
    def at(cls, day: date) -> "IsolationRules":
        """The rules in force on a day. Raises InvalidInput ``policy_none_in_force``, ``isolation_rules``."""
        entry = policies.load("isolation").at(day)
        return _read(entry.valid_from, policies.policy_folders())

    @classmethod
    def of(cls, payload: Mapping[str, Any]) -> "IsolationRules":
        """The rules of an entry's payload."""
        basis = payload.get("basis")
        if not isinstance(basis, str) or not basis.strip():
            raise InvalidInput("isolation_rules", key="basis")
        number = policies.whole_number
        return cls(
            basis.strip(),
            timedelta(hours=number(payload, "silent_hours", MOST_HOURS, "isolation_rules")),
            timedelta(hours=number(payload, "alarm_hours", MOST_HOURS, "isolation_rules")),
            Decimal(number(payload, "fever_tenths", MOST_TENTHS, "isolation_rules")) / 10,
        )


@lru_cache(maxsize=32)
def _read(start: date, _folders: tuple[Any, ...]) -> IsolationRules:
    return IsolationRules.of(policies.load("isolation").at(start).payload)
