"""Following an order day by day: reports, alarms, silence."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Q

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.isolation import IsolationRules
from lachan.kernel.text import clean_line
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.tasks import services as tasks
from lachan.registry.audit.services import record

SYMPTOMS = ("fever", "cough", "breathless", "sore_throat", "tired", "no_smell", "diarrhoea")
SEVERE = frozenset({"breathless"})
NEEDS = ("food", "medicine", "care", "other")
AHEAD = timedelta(minutes=10)
COLDEST, HOTTEST = Decimal("34"), Decimal("43")
ALARM = "isolation.alarm"


@dataclass(frozen=True, slots=True)
class Report:
    """What was seen or said. `temperature` in °C; `symptoms` and `needs` are keys of SYMPTOMS and NEEDS."""

    via: str
    reached: bool = True
    absent: bool | None = None
    temperature: Decimal | None = None
    symptoms: Sequence[str] = ()
    needs: Sequence[str] = ()
    note: str = ""


def check(
    order: Order, report: Report, *, occurred_at: datetime, by: Any, now: datetime, id: Any = None
) -> DailyCheck:
    """Note a report. The same `id` again is the same report. Raises InvalidInput with its field."""
    _refuse(order, report, occurred_at, now)
    alarm = _alarm(report, local_day(now))
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if id is not None and (kept := DailyCheck.objects.filter(pk=id, order=order).first()):
            return kept
        row = DailyCheck(
            order=order,
            via=report.via,
            reached=report.reached,
            absent=report.absent,
            temperature=report.temperature,
            symptoms=" ".join(report.symptoms),
            needs=" ".join(report.needs),
            note=clean_line(report.note, 500),
            occurred_at=occurred_at,
            recorded_at=now,
            made_by=getattr(by, "pk", None),
        )
        if id is not None:
            row.pk = id
        row.save(force_insert=True)
        _take_in(order, row, alarm, by, now)
    return row


def _refuse(order: Order, report: Report, occurred_at: datetime, now: datetime) -> None:
    if order.status != Order.Status.ISSUED:
        raise InvalidInput("isolation_not_in_force")
    if report.via not in DailyCheck.Via.values:
        raise InvalidInput("isolation_via", field="via")
    if unknown := [one for one in report.symptoms if one not in SYMPTOMS]:
        raise InvalidInput("isolation_symptom", field="symptoms", symptom=unknown[0][:20])
    if any(one not in NEEDS for one in report.needs):
        raise InvalidInput("isolation_need", field="needs")
    if report.temperature is not None and not COLDEST <= report.temperature <= HOTTEST:
        raise InvalidInput("isolation_temperature", field="temperature")
    if occurred_at > now + AHEAD:
        raise InvalidInput("isolation_future", field="occurred_at")


def _alarm(report: Report, day: Any) -> str:
    if not report.reached:
        return ""
    if report.absent:
        return "absent"
    fever = report.temperature is not None and report.temperature >= IsolationRules.at(day).fever
    return "symptoms" if report.symptoms or fever else ""


def _take_in(order: Order, row: DailyCheck, alarm: str, by: Any, now: datetime) -> None:
    """A report by someone reached ends silence; an alarm stays until the next report without one."""
    if row.reached and (order.last_check_at is None or row.occurred_at >= order.last_check_at):
        order.last_check_at = row.occurred_at
        before, order.alarm = order.alarm, alarm
        order.updated_at = now
        order.save(update_fields=["last_check_at", "alarm", "updated_at"])
        if alarm and alarm != before:
            raise_alarm(order, alarm, severe=bool(SEVERE & set(row.symptoms.split())), by=by, now=now)
        elif not alarm and before:
            tasks.finish(ALARM, order.pk, by=by, now=now)
    record(
        "order.checked",
        actor=by,
        subject_kind="order",
        subject=order.pk,
        unit=order.unit,
        data={"via": row.via},
        now=now,
    )
    if row.needs:
        within = now + IsolationRules.at(local_day(now)).alarm
        tasks.open_task(
            "isolation.needs",
            "order",
            order.pk,
            order.unit,
            "isolation.draft",
            within,
            params={"needs": row.needs},
            now=now,
        )


def raise_alarm(order: Order, alarm: str, *, severe: bool = False, by: Any, now: datetime) -> None:
    """Somebody must look: a task that escalates by itself, and an event that others read."""
    within = timedelta(hours=1) if severe else IsolationRules.at(local_day(now)).alarm
    tasks.open_task(
        ALARM, "order", order.pk, order.unit, "isolation.draft", now + within,
        params={"alarm": alarm}, priority=1, now=now,
    )  # fmt: skip
    record(
        "order.alarm",
        actor=by,
        subject_kind="order",
        subject=order.pk,
        unit=order.unit,
        data={"alarm": alarm},
        now=now,
    )


def find_silent(now: datetime, most: int = 1000) -> int:
    """Orders in force that nobody has heard of for too long get their alarm; how many. A worker's job."""
    since = now - IsolationRules.at(local_day(now)).silent
    quiet = Q(last_check_at__lt=since) | Q(last_check_at=None, issued_at__lt=since)
    found = Order.objects.filter(quiet, status=Order.Status.ISSUED, alarm="").order_by("id")[:most]
    for order in found:
        with transaction.atomic():
            if Order.objects.filter(pk=order.pk, alarm="").update(alarm="silent", updated_at=now):
                raise_alarm(order, "silent", by=None, now=now)
    return len(found)
