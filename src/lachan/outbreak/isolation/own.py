"""The address of someone's own daily page: a keyed hash of the order, so that nobody can guess another's."""

from __future__ import annotations

from base64 import b32encode
from uuid import UUID

from django.conf import settings
from django.utils.crypto import constant_time_compare

from lachan.base import keys
from lachan.outbreak.isolation.models import Order

LENGTH = 16  # of Crockford-like base32 characters: 80 bits


def code_of(order: UUID) -> str:
    """The code in the address."""
    return b32encode(keys.keyring().alias("isolation", order.hex)[:10]).decode().lower()


def address_of(order: Order) -> str:
    """The whole address, as the paper's QR has it. The order's id leads to the row, the code proves that it was given."""
    return f"{settings.PUBLIC_URL}/theo-doi-cach-ly/{order.pk}/{code_of(order.pk)}/"


def opened(order: UUID, code: str) -> Order | None:
    """The order in force or ended behind an address; None if the code isn't its own."""
    if not constant_time_compare(code.lower(), code_of(order)):
        return None
    return (
        Order.objects.filter(pk=order)
        .exclude(status__in=(Order.Status.DRAFT, Order.Status.CANCELLED))
        .first()
    )
