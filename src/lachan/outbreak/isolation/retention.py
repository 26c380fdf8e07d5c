"""How long ended orders are kept: the kind `isolation` of policies/retention.toml."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Q, QuerySet

from lachan.gate.declarations.services import retention
from lachan.outbreak.isolation.models import Order

ENDED = (Order.Status.RELEASED, Order.Status.CANCELLED)


def past(before: datetime) -> QuerySet[Order]:
    """Orders that ended before a moment; those in force and drafts stay however old. Their reports go with them."""
    return Order.objects.filter(Q(released_at__lt=before), status__in=ENDED)


def in_force() -> QuerySet[Order]:
    """Orders for which somebody must still be reached."""
    return Order.objects.filter(status__in=(Order.Status.DRAFT, Order.Status.ISSUED))


retention.register("isolation", past)
retention.needs_person(in_force)
