"""The address of someone's own daily page, so that nobody can guess another's."""

from __future__ import annotations

from uuid import UUID

from django.conf import settings

from lachan.base.own_address import code_of, proves
from lachan.outbreak.isolation.models import Order

PURPOSE = "isolation"


def address_of(order: Order) -> str:
    """The whole address, as the paper's QR has it."""
    return f"{settings.PUBLIC_URL}/theo-doi-cach-ly/{order.pk}/{code_of(PURPOSE, order.pk)}/"


def opened(order: UUID, code: str) -> Order | None:
    """The order in force or ended behind an address; None if the code isn't its own."""
    if not proves(PURPOSE, order, code):
        return None
    return (
        Order.objects.filter(pk=order)
        .exclude(status__in=(Order.Status.DRAFT, Order.Status.CANCELLED))
        .first()
    )
