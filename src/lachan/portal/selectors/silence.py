"""Places where nobody has declared for some days: the poster may have come down."""

from __future__ import annotations

from collections import Counter
from datetime import datetime, timedelta

from django.db.models import Exists, OuterRef, QuerySet

from lachan.base.scope import Scope
from lachan.gate.declarations.models import PlaceDay
from lachan.kernel.clock import local_day
from lachan.registry.places.models import Place

DAYS = 3
OPEN = (Place.Status.ACTIVE, Place.Status.PROVISIONAL)


def places(scope: Scope, now: datetime) -> QuerySet[Place]:
    """Open places, registered longer ago than DAYS, without a declaration today and on the days before."""
    since = local_day(now) - timedelta(days=DAYS - 1)
    seen = PlaceDay.objects.filter(place=OuterRef("pk"), day__gte=since)
    old = Place.objects.filter(status__in=OPEN, created_at__lt=now - timedelta(days=DAYS))
    return scope.narrow(old.filter(~Exists(seen)), "unit")


def by_commune(scope: Scope, now: datetime) -> Counter[str]:
    """{commune path: silent places}."""
    return Counter(places(scope, now).values_list("unit", flat=True))
