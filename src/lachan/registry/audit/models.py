"""The event log: audit trail and outbox at once. Rows carry ids and digests, never personal data."""

from __future__ import annotations

from django.db import models

from lachan.base.models import PathField, TimeOrdered


class Event(TimeOrdered):
    """One thing that was done or read. Never updated; sealed into the chain by the worker."""

    kind = models.CharField(max_length=60)  # "declaration.received", "person.read", …
    actor = models.UUIDField(null=True)  # staff account; null = a citizen or the system
    subject_kind = models.CharField(max_length=30, blank=True)
    subject = models.UUIDField(null=True)  # id of the row it is about (an alias counts as 16 bytes)
    unit = PathField(blank=True, default="")
    digest = models.BinaryField()  # SHA-256 of what was written
    data = models.TextField(default="{}")  # JSON: ids, codes and counts only
    recorded_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["subject", "id"]),
            models.Index(
                fields=["actor", "id"], name="event_by_actor", condition=models.Q(actor__isnull=False)
            ),
            models.Index(fields=["kind", "id"]),
        ]


class PendingSeal(models.Model):
    """Committed events that await the sealer. Written in the event's own transaction, so none is skipped."""

    event = models.UUIDField(primary_key=True)


class EventSeal(models.Model):
    """The gap-free order of events and the chain over them."""

    seq = models.BigIntegerField(primary_key=True)
    event = models.UUIDField(unique=True)
    hash = models.BinaryField()
    sealed_at = models.DateTimeField()


class Cursor(models.Model):
    """How far a consumer has read the sealed events."""

    consumer = models.CharField(max_length=60, primary_key=True)
    seq = models.BigIntegerField(default=0)
    updated_at = models.DateTimeField(null=True)


class StuckEvent(models.Model):
    """An event that a consumer could not take. After some tries it is set aside, so that the rest goes on."""

    consumer = models.CharField(max_length=60)
    seq = models.BigIntegerField()
    event = models.UUIDField()
    kind = models.CharField(max_length=60)
    tries = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=300)  # redacted
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    set_aside_at = models.DateTimeField(null=True)  # an alarm stands from now until it is settled
    settled_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["consumer", "seq"], name="stuck_event_once")]
        indexes = [models.Index(fields=["settled_at", "set_aside_at"])]
