"""What is proposed, in force, and over; who lives inside a lockdown."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum

from lachan.base.scope import Scope
from lachan.kernel.text import fold
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.registry.households.models import Household
from lachan.registry.units import selectors as units

Status, Kind = Zone.Status, Zone.Kind
STATES = ("", "proposed", "decided", "over")


@dataclass(frozen=True, slots=True)
class Filters:
    """`state`: "" what is proposed or in force, else one of STATES."""

    text: str = ""
    unit: str = ""
    kind: str = ""
    level: int | None = None
    state: str = ""


def zones(scope: Scope, filters: Filters) -> QuerySet[Zone]:
    """The filtered zones of a jurisdiction."""
    within = scope.intersect(filters.unit) if filters.unit else scope
    found = within.narrow(Zone.objects.all(), "unit").filter(_state(filters.state))
    if filters.kind:
        found = found.filter(kind=filters.kind)
    if filters.level:
        found = found.filter(level=filters.level)
    if text := filters.text.strip():
        paths = [unit.path for unit in units.search(text, within=scope, level=None, limit=50)]
        found = found.filter(Q(name__icontains=text) | Q(unit__in=paths) | Q(document__icontains=text))
    return found


def _state(state: str) -> Q:
    return {
        "": Q(status__in=(Status.PROPOSED, Status.DECIDED)),
        "proposed": Q(status=Status.PROPOSED),
        "decided": Q(status=Status.DECIDED),
    }.get(state, Q(status__in=(Status.LIFTED, Status.REFUSED)))


def get(scope: Scope, pk: UUID) -> Zone | None:
    return scope.narrow(Zone.objects.filter(pk=pk), "unit").first()


def in_force(unit: str, at: datetime, *, kind: str = "") -> QuerySet[Zone]:
    """Decided zones of a unit (with outlines within it, too) at a moment."""
    found = Zone.objects.filter(unit=unit, status=Status.DECIDED, from_at__lte=at)
    found = found.filter(Q(to_at=None) | Q(to_at__gt=at))
    return found.filter(kind=kind) if kind else found


def current(unit: str, disease: str, at: datetime) -> Zone | None:
    """The level that is in force for a disease."""
    return in_force(unit, at, kind=Kind.LEVEL).filter(disease=disease).order_by("-from_at", "-id").first()


def history(unit: str, disease: str) -> list[Zone]:
    """Every zone of a unit, the newest first."""
    return list(Zone.objects.filter(unit=unit, disease=disease).order_by("-made_at", "-id")[:100])


def counts(scope: Scope) -> dict[str, int]:
    """{"proposed", "levels", "lockdowns"} of a jurisdiction."""
    found: dict[str, int] = scope.narrow(Zone.objects.all(), "unit").aggregate(
        proposed=Count("id", filter=Q(status=Status.PROPOSED)),
        levels=Count("id", filter=Q(status=Status.DECIDED, kind=Kind.LEVEL)),
        lockdowns=Count("id", filter=Q(status=Status.DECIDED, kind=Kind.LOCKDOWN)),
    )
    return found


@dataclass(frozen=True, slots=True)
class Inside:
    """A household in a lockdown."""

    row: ZoneHousehold
    house: Household | None

    @property
    def risk(self) -> int:
        return self.row.old + self.row.ill + self.row.pregnant

    @property
    def needs(self) -> list[str]:
        return self.row.needs.split()


def households(zone: Zone, show: str = "", text: str = "") -> list[Inside]:
    """Who lives inside, by hamlet and number. `show`: "risk", "needs" (not met), "unseen"."""
    rows = list(zone.households.filter(_shown(show)))
    houses = {
        house.pk: house
        for house in Household.objects.select_related("hamlet").filter(
            pk__in=zone.households.values("household")
        )
    }
    found = [Inside(row, houses.get(row.household)) for row in rows]
    wanted = fold(text)
    named = [one for one in found if not wanted or (one.house and wanted in one.house.folded)]
    return sorted(named, key=_place)


def _shown(show: str) -> Q:
    return {
        "risk": Q(old__gt=0) | Q(ill__gt=0) | Q(pregnant__gt=0),
        "needs": ~Q(needs="") & Q(met_at=None),
        "unseen": Q(visited_at=None),
    }.get(show, Q())


def _place(one: Inside) -> tuple[Any, ...]:
    return (one.house.hamlet.folded, one.house.number) if one.house else ("~", 0)


def totals(zone: Zone) -> dict[str, int]:
    """{"households", "people", "old", "ill", "pregnant", "needs", "unseen"} of a lockdown."""
    summed = {name: Sum(name) for name in ("people", "old", "ill", "pregnant")}
    found = zone.households.aggregate(
        households=Count("id"),
        needs=Count("id", filter=_shown("needs")),
        unseen=Count("id", filter=_shown("unseen")),
        **summed,
    )
    return {name: value or 0 for name, value in found.items()}


def lockdowns_of(households: Sequence[UUID], at: datetime) -> list[ZoneHousehold]:
    """The rows of these households in lockdowns that are in force."""
    rows = ZoneHousehold.objects.filter(household__in=list(households), zone__status=Status.DECIDED)
    return list(rows.filter(Q(zone__to_at=None) | Q(zone__to_at__gt=at)).select_related("zone"))
