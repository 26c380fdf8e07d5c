"""Whose isolation order was opened or printed: told to that person on her page of readings."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from lachan.gate.declarations.lookup import readers
from lachan.outbreak.isolation.models import Order


def of_people(people: Collection[UUID]) -> Iterable[UUID]:
    return Order.objects.filter(person__in=people).values_list("id", flat=True)


def install() -> None:
    """Called once the apps are ready."""
    why = {"print": _("để in giấy tờ")}
    readers.register(readers.Records("order.read", _("Hồ sơ cách ly của bạn"), of_people, why))
