"""A result of somebody under an order: the test that was due has its sample; a positive one raises the alarm."""

from __future__ import annotations

from datetime import datetime

from lachan.kernel.clock import local_day
from lachan.outbreak.cases.models import Sample
from lachan.outbreak.isolation.models import DueTest, Order
from lachan.outbreak.isolation.services.following import raise_alarm
from lachan.outbreak.isolation.services.orders import aliases_of_person
from lachan.registry.audit.consumers import SealedEvent, consumer

NEAR = 3  # days between the day a test was due and the day its sample was taken


@consumer("isolation.results", kinds={"sample.taken", "sample.resulted"})
def take_in(events: list[SealedEvent], now: datetime) -> None:
    """Each sample once, however often it is told of."""
    ids = [event.subject for event in events if event.subject]
    for sample in Sample.objects.filter(pk__in=ids).order_by("taken_at", "id"):
        for order in _orders(sample):
            _meet(order, sample)
            if sample.result == Sample.Result.POSITIVE and order.alarm != "positive":
                Order.objects.filter(pk=order.pk).update(alarm="positive", updated_at=now)
                raise_alarm(order, "positive", severe=True, by=None, now=now)


def _orders(sample: Sample) -> list[Order]:
    found = Order.objects.filter(person=sample.person, disease=sample.disease, status=Order.Status.ISSUED)
    return [order for order in found if sample.alias in aliases_of_person(order.person, order.alias)]


def _meet(order: Order, sample: Sample) -> None:
    """The nearest due test without a sample takes it."""
    day = local_day(sample.taken_at)
    if DueTest.objects.filter(sample=sample.pk).exists():
        return
    due = [
        test
        for test in DueTest.objects.filter(order=order, sample=None)
        if abs((test.due_on - day).days) <= NEAR
    ]
    if due:
        nearest = min(due, key=lambda test: (abs((test.due_on - day).days), test.day))
        DueTest.objects.filter(pk=nearest.pk).update(sample=sample.pk)
