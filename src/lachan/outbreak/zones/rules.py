"""Which level an area's numbers make, by the dated rules of policies/zones.toml. Pure: numbers in, a level and why out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from itertools import pairwise
from typing import Any

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput

HIGHEST = 4


@dataclass(frozen=True, slots=True)
class Band:
    """From so many cases per `per` people on, this level."""

    level: int
    start: float


@dataclass(frozen=True, slots=True)
class Raise:
    """What raises the level by one: an input below a threshold, or (without one) an input that is false."""

    id: str
    input: str
    below: float | None
    text: Mapping[str, str]

    def holds(self, value: float | bool | None) -> bool | None:
        """Whether it raises; None when nobody gave the input."""
        if value is None:
            return None
        return not value if self.below is None else float(value) < self.below


@dataclass(frozen=True, slots=True)
class Numbers:
    """What an assessment rests on. Percentages 0 to 100; None: nobody knows."""

    cases: int
    population: int
    adults_first_dose: float | None = None
    old_full: float | None = None
    care_ready: bool | None = None

    def value(self, name: str) -> float | bool | None:
        value: float | bool | None = getattr(self, name)
        return value


@dataclass(frozen=True, slots=True)
class Assessment:
    """`rate`: cases per `per` people; `band`: the level by cases alone; `raised`: ids of what raised it; `unknown`: of
    what nobody could judge."""

    level: int
    rate: float
    band: int
    raised: tuple[str, ...]
    unknown: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ZoneRules:
    """One entry of the policy."""

    version: str
    document: str
    confidence: str
    diseases: tuple[str, ...]
    days: int
    per: int
    lift_days: int
    lockdown: timedelta
    bands: tuple[Band, ...]
    raises: tuple[Raise, ...]
    levels: Mapping[int, Mapping[str, str]]

    @classmethod
    def at(cls, day: date) -> ZoneRules:
        """The rules in force on a day. Raises InvalidInput `policy_none_in_force` or `zone_policy`."""
        return _read(policies.load("zones").at(day).valid_from, policies.policy_folders())

    def assess(self, numbers: Numbers) -> Assessment:
        """The level that these numbers make. Raises InvalidInput `zone_population` without people to divide by."""
        if numbers.population <= 0:
            raise InvalidInput("zone_population", field="population")
        rate = numbers.cases * self.per / numbers.population
        band = max(one.level for one in self.bands if rate >= one.start)
        judged = {one.id: one.holds(numbers.value(one.input)) for one in self.raises}
        raised = tuple(id for id, holds in judged.items() if holds)
        unknown = tuple(id for id, holds in judged.items() if holds is None)
        return Assessment(min(HIGHEST, band + len(raised)), rate, band, raised, unknown)

    def band_of(self, level: int) -> tuple[float, float | None]:
        """From how many cases on, and below how many."""
        starts = sorted(one.start for one in self.bands)
        start = next(one.start for one in self.bands if one.level == level)
        return start, next((other for other in starts if other > start), None)

    def name(self, level: int, lang: str) -> str:
        return self.levels[level][lang]

    def measures(self, level: int) -> str:
        return self.levels[level]["measures"]


@lru_cache(maxsize=32)
def _read(start: date, _folders: tuple[Any, ...]) -> ZoneRules:
    entry = policies.load("zones").at(start)
    payload = entry.payload
    try:
        bands = tuple(Band(int(one["level"]), float(one["from"])) for one in payload["bands"])
        levels = {int(level): dict(words) for level, words in payload["levels"].items()}
        found = ZoneRules(
            version=entry.version,
            document=entry.document,
            confidence=entry.source_confidence,
            diseases=tuple(payload["diseases"]),
            days=policies.whole_number(payload, "days", 60, "zone_policy"),
            per=policies.whole_number(payload, "per", 10_000_000, "zone_policy"),
            lift_days=policies.whole_number(payload, "lift_days", 60, "zone_policy"),
            lockdown=timedelta(days=policies.whole_number(payload, "lockdown_days", 90, "zone_policy")),
            bands=bands,
            raises=tuple(_raise(one) for one in payload.get("raise", ())),
            levels=levels,
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        if isinstance(error, InvalidInput):
            raise
        raise InvalidInput("zone_policy", key=str(error)) from error
    _check(found)
    return found


def _raise(raw: Mapping[str, Any]) -> Raise:
    if raw["input"] not in ("adults_first_dose", "old_full", "care_ready"):
        raise InvalidInput("zone_policy", key=str(raw["input"]))
    below = raw.get("below")
    text = {"vi": str(raw["vi"]), "en": str(raw["en"])}
    return Raise(str(raw["id"]), str(raw["input"]), None if below is None else float(below), text)


def _check(rules: ZoneRules) -> None:
    """Bands begin at 0 and rise with the level; each of the four levels has its words."""
    starts = [one.start for one in sorted(rules.bands, key=lambda band: band.level)]
    rising = all(first < second for first, second in pairwise(starts))
    if not starts or starts[0] != 0 or not rising or not all(map(math.isfinite, starts)):
        raise InvalidInput("zone_policy", key="bands")
    words = all(
        {"vi", "en", "measures"} <= set(rules.levels.get(level, {})) for level in range(1, HIGHEST + 1)
    )
    if not words:
        raise InvalidInput("zone_policy", key="levels")
