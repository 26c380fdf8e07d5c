"""Writing messages and carrying them: queued in the caller's transaction, delivered after it by the worker."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction

from lachan.base import keys
from lachan.messaging import channels
from lachan.messaging.models import Message
from lachan.registry.audit import services as audit

STUCK_AFTER = timedelta(minutes=2)


def queue(phone: str, body: str, *, purpose: str, lane: Message.Lane, now: datetime) -> Message:
    """Put a message into its lane. Runs in the caller's transaction, so it goes out only if the caller's write stands."""
    with transaction.atomic():
        message = Message.objects.create(
            lane=lane,
            channel=settings.MESSAGING_CHANNEL,
            to=phone,
            to_index=keys.keyring().blind("phone", phone),
            body=body,
            purpose=purpose,
            created_at=now,
        )
        audit.record(
            "message.queued",
            subject_kind="message",
            subject=message.id,
            data={"lane": int(lane), "purpose": purpose},
            now=now,
        )
    return message


def deliver_waiting(now: datetime, limit: int = 100) -> int:
    """Send what is queued, the urgent lane first. Each message is claimed before the channel is called and settled after."""
    doubt_stuck(now)
    sent = 0
    for message_id in (
        Message.objects.filter(state=Message.State.QUEUED)
        .order_by("lane", "id")
        .values_list("id", flat=True)[:limit]
    ):
        claimed = Message.objects.filter(id=message_id, state=Message.State.QUEUED).update(
            state=Message.State.SENDING, sent_at=now
        )
        if claimed:
            settle(Message.objects.get(id=message_id), now)
            sent += 1
    return sent


def settle(message: Message, now: datetime) -> None:
    """Hand one claimed message to its channel and record what became of it."""
    try:
        channel = channels.get(message.channel)
        why_not = channel.ready()
        receipt = (
            channels.Receipt("failed", error=why_not)
            if why_not
            else channel.send(channels.Outgoing(str(message.id), message.to, message.body, message.purpose))
        )
    except channels.UnknownChannel:
        receipt = channels.Receipt("failed", error="unknown_channel")
    except Exception as error:
        receipt = channels.Receipt("in_doubt", error=type(error).__name__)
    with transaction.atomic():
        message.state, message.provider_id, message.error = (
            receipt.state,
            receipt.provider_id,
            receipt.error[:80],
        )
        message.save(update_fields=["state", "provider_id", "error"])
        audit.record(
            f"message.{receipt.state}",
            subject_kind="message",
            subject=message.id,
            data={"channel": message.channel},
            now=now,
        )


def doubt_stuck(now: datetime) -> int:
    """A message whose sender died while the provider was called may have gone out: in doubt, not resent."""
    stuck = Message.objects.filter(state=Message.State.SENDING, sent_at__lt=now - STUCK_AFTER)
    return stuck.update(state=Message.State.IN_DOUBT, error="sender_died")
