"""Orders of a jurisdiction: the list, its counts, who is to be called today, where there is room."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from lachan.base import typed
from lachan.base.paging import SIZE, Page, by_id, by_keys
from lachan.base.scope import Scope
from lachan.kernel.clock import day_bounds
from lachan.outbreak.isolation.models import DueTest, Order
from lachan.registry.places.models import Place

ENDING = ("to_on", "id")
MOST_TYPED = 100
STATES = ("draft", "issued", "alarm", "ending", "over", "ended")
SITES = (Place.Kind.ISOLATION, Place.Kind.FACILITY)


@dataclass(frozen=True, slots=True)
class OrderFilters:
    """`state`: one of STATES, or "" for all."""

    text: str = ""
    unit: str = ""
    state: str = ""
    kind: str = ""
    disease: str = ""


def get(scope: Scope, pk: UUID) -> Order | None:
    """An order of the scope."""
    return scope.narrow(Order.objects.filter(pk=pk), "unit").first()


def rows(scope: Scope, filters: OrderFilters, today: date) -> QuerySet[Order]:
    """The filtered orders, unordered."""
    within = scope.intersect(filters.unit) if filters.unit else scope
    found = within.narrow(Order.objects.all(), "unit").filter(_state(filters.state, today))
    if filters.kind in Order.Kind.values:
        found = found.filter(kind=filters.kind)
    if filters.disease:
        found = found.filter(disease=filters.disease)
    if filters.text.strip():
        found = found.filter(typed.names(filters.text, MOST_TYPED) | Q(number=filters.text.strip()))
    return found


def _state(state: str, today: date) -> Q:
    issued = Q(status=Order.Status.ISSUED)
    return {
        "draft": Q(status=Order.Status.DRAFT),
        "issued": issued,
        "alarm": issued & ~Q(alarm=""),
        "ending": issued & Q(to_on__lte=today + timedelta(days=1)),
        "over": issued & Q(to_on__lt=today),
        "ended": Q(status=Order.Status.RELEASED),
    }.get(state, Q())


def page(scope: Scope, filters: OrderFilters, today: date, cursor: str = "", size: int = SIZE) -> Page[Order]:
    """One page: those that end soonest first where an end is asked for, else the newest."""
    found = rows(scope, filters, today)
    if filters.state in ("ending", "over", "issued"):
        return by_keys(found, ENDING, cursor, size=size)
    return by_id(found, cursor, size=size)


def counts(scope: Scope, now: datetime, today: date) -> dict[str, int]:
    """What the tiles say: drafts, in force, alarms, ending by tomorrow, not heard of today, tests due."""
    start = day_bounds(today)[0]
    issued = Q(status=Order.Status.ISSUED)
    found: dict[str, int] = scope.narrow(Order.objects.all(), "unit").aggregate(
        draft=Count("id", filter=Q(status=Order.Status.DRAFT)),
        issued=Count("id", filter=issued),
        alarm=Count("id", filter=issued & ~Q(alarm="")),
        ending=Count("id", filter=issued & Q(to_on__lte=today + timedelta(days=1))),
        unheard=Count("id", filter=issued & (Q(last_check_at=None) | Q(last_check_at__lt=start))),
    )
    found["tests"] = due_tests(scope, today).count()
    return found


def to_call(scope: Scope, today: date, cursor: str = "", size: int = SIZE) -> Page[Order]:
    """In force and not heard of today; alarms come first by being longest unheard of."""
    start = day_bounds(today)[0]
    quiet = Q(last_check_at=None) | Q(last_check_at__lt=start)
    found = scope.narrow(Order.objects.filter(quiet, status=Order.Status.ISSUED), "unit")
    return by_keys(found, ("-alarm", "issued_at", "id"), cursor, size=size)


def due_tests(scope: Scope, today: date) -> QuerySet[DueTest]:
    """Tests due by today that have no sample yet."""
    found = DueTest.objects.filter(sample=None, due_on__lte=today, order__status=Order.Status.ISSUED)
    return scope.narrow(found, "order__unit")


def active_for(aliases: Iterable[UUID]) -> QuerySet[Order]:
    """Orders in force for someone under any of these pseudonyms."""
    return Order.objects.filter(alias__in=list(aliases), status=Order.Status.ISSUED)


@dataclass(frozen=True, slots=True)
class Site:
    """A place of isolation and how full it is. `capacity` None: nobody has said."""

    place: Place
    inside: int

    @property
    def free(self) -> int | None:
        return None if self.place.capacity is None else self.place.capacity - self.inside


def sites(scope: Scope) -> list[Site]:
    """Places of isolation of the scope, the fullest first."""
    found = list(scope.narrow(Place.objects.filter(kind__in=SITES, status=Place.Status.ACTIVE), "unit"))
    inside = dict(
        Order.objects.filter(status=Order.Status.ISSUED, place__in=[place.pk for place in found])
        .values_list("place")
        .annotate(number=Count("id"))
    )
    rows = [Site(place, inside.get(place.pk, 0)) for place in found]
    return sorted(rows, key=lambda site: (site.free if site.free is not None else 10**9, site.place.name))
