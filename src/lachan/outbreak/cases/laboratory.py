"""What the dated policy says of laboratories: how long a result may take, how many samples make a pool."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from types import MappingProxyType

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput

MOST_HOURS = 24 * 60


@dataclass(frozen=True, slots=True)
class LabTerms:
    """`within`: the longest time from taking to result, by kind of test."""

    within: Mapping[str, timedelta]
    pool_most: int
    document: str

    @classmethod
    def at(cls, day: date) -> LabTerms:
        """Of a day. Raises InvalidInput ``policy_none_in_force``, ``laboratory_hours``."""
        entry = policies.load("laboratory").at(day)
        hours = entry.payload.get("hours", {})
        if not hours or not all(type(one) is int and 0 < one <= MOST_HOURS for one in hours.values()):
            raise InvalidInput("laboratory_hours")
        most = policies.whole_number(entry.payload, "pool_most", 100, "laboratory_pool")
        within = {kind: timedelta(hours=one) for kind, one in hours.items()}
        return cls(MappingProxyType(within), most, entry.document)

    def due(self, kind: str, taken_at: datetime) -> datetime:
        """When a sample's result should be there; a kind that isn't named takes as long as the longest."""
        return taken_at + self.within.get(kind, max(self.within.values()))
