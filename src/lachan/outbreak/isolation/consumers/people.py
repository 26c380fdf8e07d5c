"""Somebody under an order is known under another pseudonym too, or was merged: the gates look for all of them."""

from __future__ import annotations

from datetime import datetime

from lachan.outbreak.isolation.models import Order
from lachan.outbreak.isolation.services.orders import aliases_of_person, hold_all
from lachan.registry.audit.consumers import SealedEvent, consumer
from lachan.registry.people.models import Merge, Person


@consumer("isolation.people", kinds={"person.linked", "person.merged"})
def follow(events: list[SealedEvent], now: datetime) -> None:
    """Holds for pseudonyms that have none; the order follows the record that was kept."""
    ids = {event.subject for event in events if event.subject}
    kept = dict(Merge.objects.filter(absorbed__in=ids, undone_at=None).values_list("absorbed", "kept"))
    ids |= set(Person.objects.filter(merged_into__in=ids).values_list("pk", flat=True))
    for order in Order.objects.filter(person__in=ids, status=Order.Status.ISSUED):
        person = kept.get(order.person, order.person)
        holds = hold_all(order, aliases_of_person(person, order.alias), by=None, now=now)
        if holds != order.holds:
            Order.objects.filter(pk=order.pk).update(holds=holds, updated_at=now)
