"""Households inside a lockdown: listed with who is at risk, what each needs, and a task for every need."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_text
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.registry.audit.services import record
from lachan.registry.households import selectors as living
from lachan.registry.households.services.rounds import NEEDS

WORK = "households.round"
MEET, SEE = "zone.need", "zone.visit"
WITHIN = {"care": timedelta(hours=4), "medicine": timedelta(hours=12), "food": timedelta(hours=24)}
MOST_NOTE = 500


@transaction.atomic
def list_households(zone: Zone, *, now: datetime) -> int:
    """Bring the list up to date with who lives there now; what was noted stays. Returns how many there are."""
    hamlets = [UUID(one) for one in zone.hamlets] or None
    houses = living.in_outline(zone.unit, zone.outline, hamlets)
    risks = living.at_risk([house.pk for house in houses], local_day(now))
    there = {row.household: row for row in zone.households.all()}
    new: list[ZoneHousehold] = []
    changed: list[ZoneHousehold] = []
    for house in houses:
        risk = risks.get(house.pk, living.AtRisk())
        row = there.get(house.pk) or ZoneHousehold(zone=zone, household=house.pk, unit=zone.unit)
        row.people, row.old, row.ill, row.pregnant = risk.people, risk.old, risk.ill, risk.pregnant
        (changed if house.pk in there else new).append(row)
    ZoneHousehold.objects.bulk_create(new, batch_size=500)
    ZoneHousehold.objects.bulk_update(changed, ["people", "old", "ill", "pregnant"], batch_size=500)
    at_risk = sum(bool(row.old or row.ill or row.pregnant) for row in new + changed)
    if at_risk:
        params = {"name": zone.name, "count": at_risk}
        due = now + WITHIN["food"]
        tasks.open_task(SEE, "zone", zone.pk, zone.unit, WORK, due, params=params, now=now)
    return len(houses)


@transaction.atomic
def note_needs(
    row: ZoneHousehold,
    needs: Iterable[str],
    *,
    note: str = "",
    seen_at: datetime | None = None,
    by: Any = None,
    now: datetime,
) -> ZoneHousehold:
    """What a household needs, as seen now; each list takes the place of the one before. A need opens its task.

    Raises InvalidInput `zone_needs` for words that are none of NEEDS, `zone_not_open` once the lockdown is over.
    """
    given = list(dict.fromkeys(needs))
    if not set(given) <= set(NEEDS):
        raise InvalidInput("zone_needs", field="needs")
    row = ZoneHousehold.objects.select_for_update().select_related("zone").get(pk=row.pk)
    if row.zone.status != Zone.Status.DECIDED:
        raise InvalidInput("zone_not_open")
    row.needs, row.visited_at, row.met_at = " ".join(given), seen_at or now, None
    if note.strip():
        row.note = clean_text(note, MOST_NOTE)
    row.save()
    tasks.cancel(MEET, row.pk, now=now)
    if given:
        due = now + min(WITHIN[need] for need in given)
        priority = 1 if "care" in given else 2
        params = {"name": row.zone.name, "needs": given, "zone": str(row.zone.pk)}
        tasks.open_task(
            MEET, "household", row.pk, row.unit, WORK, due, params=params, priority=priority, now=now
        )
    _tell("zone.needs", row, by, now, needs=given)
    return row


@transaction.atomic
def meet(row: ZoneHousehold, *, by: Any, now: datetime) -> ZoneHousehold:
    """What it needed was brought."""
    row = ZoneHousehold.objects.select_for_update().get(pk=row.pk)
    if not row.needs or row.met_at is not None:
        raise InvalidInput("zone_nothing_needed")
    row.met_at = now
    row.save(update_fields=["met_at"])
    tasks.finish(MEET, row.pk, by=by, now=now)
    _tell("zone.met", row, by, now)
    return row


def close_tasks(zone: Zone, now: datetime) -> None:
    """Nothing waits for a lockdown that is over."""
    tasks.cancel(SEE, zone.pk, now=now)
    for row in zone.households.exclude(needs="").filter(met_at=None):
        tasks.cancel(MEET, row.pk, now=now)


def _tell(kind: str, row: ZoneHousehold, by: Any, now: datetime, **data: Any) -> None:
    record(kind, actor=by, subject_kind="household", subject=row.household, unit=row.unit, data=data, now=now)
