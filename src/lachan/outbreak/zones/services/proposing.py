"""A level as the dated rules propose it, with every number that it rests on; and a lockdown as somebody drew or picked it."""

from __future__ import annotations

import logging
import math
from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction

from lachan.base.scope import Scope
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.zones.models import UnitFigures, Zone
from lachan.outbreak.zones.rules import ZoneRules
from lachan.outbreak.zones.selectors.figures import (
    community_cases,
    figures,
    highest_level,
    numbers,
    window,
)
from lachan.outbreak.zones.selectors.zones import current
from lachan.outbreak.zones.services.events import tell
from lachan.registry.audit.services import record
from lachan.registry.households import outline as outlines
from lachan.registry.households.models import Hamlet
from lachan.registry.units.selectors import by_path, communes_under

DECIDE = "zones.decide"
MOST_NAMED = 300
logger = logging.getLogger(__name__)
SOON = timedelta(hours=24)
MOST_NAME, MOST_SOURCE, MOST_PEOPLE = 160, 200, 20_000_000


@transaction.atomic
def propose(unit: str, disease: str, now: datetime, *, by: Any = None) -> Zone:
    """The level that the rules of today make, as a proposal for a person to decide; again, it is brought up to date.

    Raises InvalidInput: `unit_unknown`, `zone_disease` (no rules for it), `zone_population`, `policy_none_in_force`.
    """
    if by_path(unit) is None:
        raise InvalidInput("unit_unknown", field="unit")
    day = local_day(now)
    rules = ZoneRules.at(day)
    if disease not in rules.diseases:
        raise InvalidInput("zone_disease", field="disease")
    level, inputs = assess(unit, disease, rules, day, now)
    zone, made = Zone.objects.select_for_update().get_or_create(
        unit=unit,
        disease=disease,
        kind=Zone.Kind.LEVEL,
        status=Zone.Status.PROPOSED,
        defaults={"level": level, "made_by": getattr(by, "pk", None), "made_at": now},
    )
    changed = made or (zone.level, zone.inputs) != (level, inputs)
    zone.level, zone.inputs, zone.rule, zone.basis = level, inputs, rules.version, rules.document
    zone.reasons, zone.measures = " ".join(inputs["raised"]), rules.measures(level)
    zone.save()
    if changed:
        tell("zone.proposed", zone, by, now, rule=rules.version)
    _ask(zone, now)
    return zone


def assess(unit: str, disease: str, rules: ZoneRules, day: date, now: datetime) -> tuple[int, dict[str, Any]]:
    """The level to propose and its inputs. A level falls only once the lower one has held for `lift_days` days."""
    first, last = window(rules, day)
    before = community_cases(unit, disease, first - timedelta(days=rules.days), first - timedelta(days=1))
    cases = community_cases(unit, disease, first, last).total()
    known = figures(unit, day)
    found = rules.assess(numbers(cases, known))
    standing = current(unit, disease, now)
    now_at = standing.level if standing else 1
    held = highest_level(unit, disease, rules, day) if found.level < now_at else found.level
    level = min(now_at, max(found.level, held)) if found.level < now_at else found.level
    return level, {
        "day": day.isoformat(),
        "first": first.isoformat(),
        "last": last.isoformat(),
        "cases": cases,
        "before": before.total(),
        "population": known.population,
        "adults_first_dose": known.adults_first_dose,
        "old_full": known.old_full,
        "care_ready": known.care_ready,
        "sources": dict(known.sources),
        "rate": round(found.rate, 1),
        "band": found.band,
        "raised": list(found.raised),
        "unknown": list(found.unknown),
        "assessed": found.level,
        "current": now_at,
    }


def _ask(zone: Zone, now: datetime) -> None:
    """Somebody has to decide."""
    tasks.open_task(
        "zone.decide",
        "zone",
        zone.pk,
        zone.unit,
        DECIDE,
        now + SOON,
        params={"unit": zone.unit, "level": zone.level, "kind": zone.kind, "name": zone.name},
        priority=1 if zone.level == 4 else 2,
        now=now,
    )


def propose_due(now: datetime) -> int:
    """Propose for each commune of the province whose level should change by the rules; returns how many. Once a day.

    A commune whose people nobody counted can't be judged: it is passed over, and the event `zone.passed_over` names it.
    """
    count, day, passed = 0, local_day(now), set()
    try:
        rules = ZoneRules.at(day)
    except InvalidInput:
        return 0
    for unit in communes_under(Scope((f"{settings.PROVINCE}/",))):
        for disease in rules.diseases:
            try:
                level, inputs = assess(unit, disease, rules, day, now)
            except InvalidInput as error:
                if error.code == "zone_population":
                    passed.add(unit)
                continue
            if level != inputs["current"]:
                propose(unit, disease, now)
                count += 1
    _say_passed_over(sorted(passed), now)
    return count


def _say_passed_over(units: list[str], now: datetime) -> None:
    """Nobody should take silence for green."""
    if not units:
        return
    logger.warning("no population: %d communes can't be judged for a level", len(units))
    codes = [unit.rstrip("/").rpartition("/")[2] for unit in units]
    data = {"communes": len(codes), "codes": codes[:MOST_NAMED]}
    with transaction.atomic():
        record("zone.passed_over", unit=f"{settings.PROVINCE}/", data=data, now=now)


@transaction.atomic
def lockdown(
    unit: str,
    disease: str,
    *,
    name: str,
    outline: dict[str, Any] | None = None,
    hamlets: Sequence[UUID] = (),
    measures: str = "",
    by: Any,
    now: datetime,
) -> Zone:
    """Propose to lock down a unit, some of its hamlets, or what was drawn in it. Raises InvalidInput with its field:
    `unit_unknown`, `zone_name`, `zone_hamlets`, `zone_two_bounds`, `outline_…`.
    """
    if by_path(unit) is None:
        raise InvalidInput("unit_unknown", field="unit")
    name = clean_line(name, MOST_NAME)
    if not name:
        raise InvalidInput("zone_name", field="name")
    if outline is not None and hamlets:
        raise InvalidInput("zone_two_bounds", field="outline")
    own = Hamlet.objects.filter(pk__in=list(hamlets), unit=unit).count()
    if own != len(set(hamlets)):
        raise InvalidInput("zone_hamlets", field="hamlets")
    zone = Zone.objects.create(
        kind=Zone.Kind.LOCKDOWN,
        unit=unit,
        name=name,
        outline=outlines.clean(outline) if outline is not None else None,
        hamlets=[str(one) for one in hamlets],
        level=4,
        disease=disease,
        measures=measures,
        made_by=by.pk,
        made_at=now,
    )
    tell("zone.proposed", zone, by, now)
    _ask(zone, now)
    return zone


@transaction.atomic
def set_figures(
    unit: str,
    on: date,
    *,
    population: int | None = None,
    adults_first_dose: float | None = None,
    old_full: float | None = None,
    care_ready: bool | None = None,
    source: str,
    by: Any,
    now: datetime,
) -> UnitFigures:
    """What is known of a unit from a day on, with who says so. Raises InvalidInput: `figures_…` with its field."""
    source = check_figures(
        on,
        population=population,
        adults_first_dose=adults_first_dose,
        old_full=old_full,
        source=source,
        now=now,
    )
    row = UnitFigures.objects.create(
        unit=unit,
        on=on,
        population=population,
        adults_first_dose=adults_first_dose,
        old_full=old_full,
        care_ready=care_ready,
        source=source,
        made_by=by.pk,
        made_at=now,
    )
    record("zone.figures", actor=by, subject_kind="unit_figures", subject=row.pk, unit=unit, now=now)
    return row


def check_figures(
    on: date,
    *,
    population: int | None = None,
    adults_first_dose: float | None = None,
    old_full: float | None = None,
    source: str,
    now: datetime,
) -> str:
    """The source, cleaned. Raises InvalidInput: `figures_…` with its field."""
    source = clean_line(source, MOST_SOURCE)
    if not source:
        raise InvalidInput("figures_source", field="source")
    if on > local_day(now):
        raise InvalidInput("figures_day", field="on")
    for field, value in (("adults_first_dose", adults_first_dose), ("old_full", old_full)):
        if value is not None and not (math.isfinite(value) and 0 <= value <= 100):
            raise InvalidInput("figures_percent", field=field)
    if population is not None and not 0 < population < MOST_PEOPLE:
        raise InvalidInput("figures_population", field="population")
    return source
