"""What a community team notes of somebody under an order is a report on that order."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from uuid import UUID, uuid5

from django.db.models import Q

from lachan.kernel.clock import local_day
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.services.following import Report, check
from lachan.registry.audit.consumers import SealedEvent, consumer
from lachan.registry.households.models import RoundNote
from lachan.registry.households.selectors import said_of


@consumer("isolation.rounds", kinds={"round.noted"})
def take(events: list[SealedEvent], now: datetime) -> None:
    """Once a note and order, however often it is told."""
    ids = [UUID(event.data["note"]) for event in events]
    notes = RoundNote.objects.filter(pk__in=ids, member__isnull=False).select_related("member")
    for note in notes.order_by("occurred_at", "id"):
        for order in _orders(note):
            check(
                order,
                _report(note),
                occurred_at=note.occurred_at,
                by=None,
                now=now,
                id=uuid5(note.pk, str(order.pk)),
            )


def _orders(note: RoundNote) -> list[Order]:
    """Those in force for the member on the day of the note, under whatever pseudonym."""
    member = note.member
    if member is None:
        return []
    who = Q(alias=member.alias) | Q(person=member.person)
    day = local_day(note.occurred_at)
    return list(Order.objects.filter(who, status=Order.Status.ISSUED, from_on__lte=day).order_by("id"))


def _report(note: RoundNote) -> Report:
    seen = said_of(note)
    return Report(
        via=DailyCheck.Via.VISIT,
        absent=seen.absent,
        temperature=None if seen.temperature is None else Decimal(str(seen.temperature)),
        symptoms=seen.symptoms,
        needs=seen.needs,
        note=seen.note,
    )
