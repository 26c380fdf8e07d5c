"""The end of an order: proposed by a dated rule, decided by a person."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.gate.declarations.models import Hold
from lachan.gate.declarations.services import world as gate
from lachan.kernel.clock import day_bounds, local_day
from lachan.kernel.diseases import Disease, ReleaseRule
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.outbreak.cases.models import Sample
from lachan.outbreak.isolation.models import DailyCheck, DueTest, Order
from lachan.outbreak.isolation.services.following import ALARM
from lachan.outbreak.isolation.services.orders import aliases_of_person
from lachan.outbreak.tasks import services as tasks
from lachan.registry.audit.services import record

COUNTED = (Sample.Result.POSITIVE, Sample.Result.NEGATIVE)


@dataclass(frozen=True, slots=True)
class Standing:
    """What the release rules look at. `days`: since the day from which the order's own term counts, so that whoever was found
    late isn't kept past it. `last_result` is None before the first one: not tested isn't negative."""

    days: int
    negatives: int
    positives: int
    last_result: str | None
    symptoms: bool
    doses: int | None = None

    def context(self) -> dict[str, Any]:
        """As the rules name it."""
        return {
            "days": self.days, "negatives": self.negatives, "positives": self.positives,
            "last_result": self.last_result, "symptoms": self.symptoms, "doses": self.doses,
        }  # fmt: skip


@dataclass(frozen=True, slots=True)
class Proposal:
    """An order that a rule would end; `rule` is None where only its days are over."""

    order: Order
    standing: Standing
    rule: ReleaseRule | None


def standing_of(orders: Iterable[Order], today: date) -> dict[UUID, Standing]:
    """Of each order by its id."""
    rows = list(orders)
    results = _results(rows)
    last = {
        check.order_id: check
        for check in DailyCheck.objects.filter(order__in=rows, reached=True).order_by("occurred_at")
    }
    found = {}
    for order in rows:
        mine = [result for day, result in results[order.pk] if day >= order.from_on]
        check = last.get(order.pk)
        found[order.pk] = Standing(
            days=(today - min(order.counts_from or order.from_on, order.from_on)).days,
            negatives=mine.count(Sample.Result.NEGATIVE),
            positives=mine.count(Sample.Result.POSITIVE),
            last_result=mine[-1] if mine else None,
            symptoms=bool(check and check.symptoms),
        )
    return found


def _results(orders: list[Order]) -> dict[UUID, list[tuple[date, str]]]:
    """(day taken, result) of every counted sample of each order's person, oldest first."""
    owners: dict[UUID, list[Order]] = defaultdict(list)
    for order in orders:
        for alias in aliases_of_person(order.person, order.alias):
            owners[alias].append(order)
    found: dict[UUID, list[tuple[date, str]]] = defaultdict(list)
    for sample in Sample.objects.filter(alias__in=owners, result__in=COUNTED).order_by("taken_at", "id"):
        for order in owners[sample.alias]:
            if order.disease == sample.disease:
                found[order.pk].append((local_day(sample.taken_at), sample.result))
    return found


def proposals(orders: Iterable[Order], today: date) -> list[Proposal]:
    """Those whose rule holds today, or whose days are over without a positive result."""
    rows = list(orders)
    standing = standing_of(rows, today)
    found = []
    for order in rows:
        rule = Disease.at(order.disease, order.from_on).release(order.level, standing[order.pk].context())
        over = order.to_on < today and not standing[order.pk].positives
        if rule is not None or over:
            found.append(Proposal(order, standing[order.pk], rule))
    return found


def release(order: Order, reason: str, *, by: Any, now: datetime) -> Order:
    """End an order. The rule that holds is noted; without one a person's reason is asked for.

    Raises InvalidInput `isolation_not_in_force`, `isolation_reason` with its field.
    """
    today, reason = local_day(now), clean_line(reason, 300)
    rule = Disease.at(order.disease, order.from_on).release(
        order.level, standing_of([order], today)[order.pk].context()
    )
    if rule is None and not reason:
        raise InvalidInput("isolation_reason", field="reason")
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.status != Order.Status.ISSUED:
            raise InvalidInput("isolation_not_in_force")
        order.status, order.released_at, order.released_by = Order.Status.RELEASED, now, by.pk
        order.release_rule, order.release_reason = rule.id if rule else "", reason
        order.alarm, order.updated_at = "", now
        order.save()
        for hold in Hold.objects.filter(pk__in=order.holds):
            gate.release(hold, by=by, now=now)
        DueTest.objects.filter(order=order, sample=None, due_on__gt=today).delete()
        record(
            "order.released", actor=by, subject_kind="order", subject=order.pk, unit=order.unit,
            data={"rule": order.release_rule}, now=now,
        )  # fmt: skip
        for kind in (ALARM, "isolation.needs", "isolation.release"):
            tasks.cancel(kind, order.pk, now=now)
    return order


def propose_due(now: datetime, most: int = 1000) -> int:
    """A task for each order that may end; how many. A worker's daily job: it never ends an order by itself."""
    today = local_day(now)
    issued = Order.objects.filter(status=Order.Status.ISSUED).order_by("to_on", "id")[:most]
    found = proposals(issued, today)
    for one in found:
        order = one.order
        tasks.open_task(
            "isolation.release",
            "order",
            order.pk,
            order.unit,
            "isolation.release",
            day_bounds(today)[1],
            now=now,
        )
    return len(found)
