"""The numbers behind an assessment: new community cases, people, vaccination, care."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Sum

from lachan.base.scope import Scope
from lachan.outbreak.cases.models import Case
from lachan.outbreak.zones.models import UnitFigures
from lachan.outbreak.zones.rules import Numbers, ZoneRules
from lachan.registry.units.models import Unit
from lachan.registry.units.selectors import by_path, communes_under, scope_paths

VALUES = ("population", "adults_first_dose", "old_full", "care_ready")
MOST = 200


@dataclass(frozen=True, slots=True)
class Figures:
    """What is known of a unit on a day; `sources`: who said each of it."""

    population: int | None = None
    adults_first_dose: float | None = None
    old_full: float | None = None
    care_ready: bool | None = None
    sources: tuple[tuple[str, str], ...] = ()


def scope_of(unit: str, on: date) -> Scope:
    """A unit with those whose rows belong to it on a day."""
    return Scope.of((unit, *scope_paths(unit, on)))


def community_cases(unit: str, disease: str, first: date, last: date) -> Counter[date]:
    """Confirmed cases found in the community, by day of the first positive result; both days count.

    Cases found in isolation, in a lockdown or at the border are none of these: they spread no further here.
    """
    found = Case.objects.filter(
        disease=disease,
        classification=Case.Classification.CONFIRMED,
        detection=Case.Detection.COMMUNITY,
        confirmed_on__range=(first, last),
        merged_into=None,
    )
    return Counter(scope_of(unit, last).narrow(found, "unit").values_list("confirmed_on", flat=True))  # type: ignore[arg-type]


def figures(unit: str, on: date) -> Figures:
    """The last word on each value up to a day; the people as the list of units has them, where nobody said."""
    said: dict[str, tuple[float, str]] = {}
    rows = UnitFigures.objects.filter(unit=unit, on__lte=on).order_by("-on", "-id")[:MOST]
    for row in rows:
        for name in VALUES:
            value = getattr(row, name)
            if value is not None and name not in said:
                said[name] = (value, row.source)
    if "population" not in said and (people := _people(unit)):
        said["population"] = (people, "")
    values = {name: value for name, (value, _source) in said.items()}
    sources = tuple((name, source) for name, (_value, source) in said.items())
    return Figures(**values, sources=sources)  # type: ignore[arg-type]


def _people(unit: str) -> int | None:
    """Of the unit itself, else of the communes below it."""
    row = by_path(unit)
    if row is None or row.population:
        return row.population if row else None
    below = Scope((unit,)).narrow(Unit.objects.filter(level=Unit.Level.COMMUNE), "path")
    total: int | None = below.aggregate(total=Sum("population"))["total"]
    return total


def numbers(cases: int, known: Figures) -> Numbers:
    return Numbers(cases, known.population or 0, known.adults_first_dose, known.old_full, known.care_ready)


def window(rules: ZoneRules, day: date) -> tuple[date, date]:
    """The days whose cases count on a day: up to the day before, which is whole."""
    return day - timedelta(days=rules.days), day - timedelta(days=1)


def highest_level(unit: str, disease: str, rules: ZoneRules, day: date) -> int:
    """The highest level that any of the last `lift_days` days would have made: below it, lifting is proposed."""
    known = figures(unit, day)
    first = day - timedelta(days=rules.days + rules.lift_days - 1)
    by_day = community_cases(unit, disease, first, day - timedelta(days=1))
    levels = []
    for back in range(rules.lift_days):
        start, end = window(rules, day - timedelta(days=back))
        cases = sum(count for on, count in by_day.items() if start <= on <= end)
        levels.append(rules.assess(numbers(cases, known)).level)
    return max(levels)


def uncounted(scope: Scope, on: date) -> list[str]:
    """Communes in force whose people nobody has told: the rules pass over them. In two queries."""
    known = set(
        UnitFigures.objects.filter(population__isnull=False, on__lte=on).values_list("unit", flat=True)
    )
    below = Unit.objects.filter(level=Unit.Level.COMMUNE, population__gt=0)
    known |= set(scope.narrow(below, "path").values_list("path", flat=True))
    return [path for path in communes_under(scope) if path not in known]
