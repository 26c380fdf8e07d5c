"""Messages on their way. Messaging knows phones and words, nothing of the domain."""

from __future__ import annotations

from django.db import models

from lachan.base.models import SealedText, TimeOrdered


class Message(TimeOrdered):
    class Lane(models.IntegerChoices):
        URGENT = 0  # one-time codes
        NORMAL = 1
        BULK = 2

    class State(models.TextChoices):
        QUEUED = "queued"
        SENDING = "sending"
        SENT = "sent"
        DELIVERED = "delivered"
        FAILED = "failed"
        IN_DOUBT = "in_doubt"

    lane = models.PositiveSmallIntegerField(choices=Lane.choices)
    channel = models.CharField(max_length=20)
    to = SealedText()
    to_index = models.BinaryField(max_length=16)
    body = SealedText()
    purpose = models.CharField(max_length=40)
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    provider_id = models.CharField(max_length=80, blank=True)
    error = models.CharField(max_length=80, blank=True)
    created_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [models.Index(fields=["state", "lane", "id"]), models.Index(fields=["to_index", "id"])]
