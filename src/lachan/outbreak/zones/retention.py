"""What zones, tasks and households keep no longer than policies/retention.toml says."""

from __future__ import annotations

from datetime import datetime

from django.db.models import QuerySet

from lachan.gate.declarations.services import retention
from lachan.outbreak.tasks.models import Task, TaskNote
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.registry.households.models import HouseholdImport, Member, RoundNote
from lachan.registry.households.services import imports


def rounds(before: datetime) -> QuerySet[RoundNote]:
    """What teams noted of people's health."""
    return RoundNote.objects.filter(recorded_at__lt=before)


def lockdowns(before: datetime) -> QuerySet[ZoneHousehold]:
    """Who lived in a lockdown and what each needed; the lockdown itself, a public act, stays."""
    return ZoneHousehold.objects.filter(zone__status=Zone.Status.LIFTED, zone__lifted_at__lt=before)


def moved_out(before: datetime) -> QuerySet[Member]:
    """Stays in a household that ended."""
    return Member.objects.filter(until__lt=before.date())


def task_words(before: datetime) -> QuerySet[TaskNote]:
    """What officers wrote about work that is over."""
    over = TaskNote.objects.exclude(task__status=Task.Status.OPEN)
    return over.filter(made_at__lt=before).exclude(text=b"")


def household_lists(before: datetime) -> QuerySet[HouseholdImport]:
    return imports.old(before)


retention.needs_person(lambda: Member.objects.filter(until=None))
retention.register("rounds", rounds)
retention.register("lockdowns", lockdowns)
retention.register("moved_out", moved_out)
retention.register("household_lists", household_lists)
retention.register_blank("task_notes", task_words, {"text": b""})
