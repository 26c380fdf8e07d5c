"""One-time codes to a phone: six digits, five minutes, five tries, one use. Only a keyed hash is kept."""

from __future__ import annotations

import hmac
import secrets
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lachan.base import keys
from lachan.gate.declarations.models import OneTimeCode
from lachan.messaging import services as messaging
from lachan.messaging.models import Message
from lachan.registry.audit import services as audit

LIFE = timedelta(minutes=5)
TRIES = 5
PER_HOUR = 5
AGAIN_AFTER = timedelta(seconds=30)


class CodeRefused(ValueError):
    """`code`: otp_too_often, otp_wrong, otp_expired, otp_tries."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def phone_index(phone: str) -> UUID:
    """The blind index under which a phone's declarations and codes are found."""
    return UUID(bytes=keys.keyring().blind("phone", phone))


@transaction.atomic
def send(phone: str, purpose: str, *, now: datetime) -> OneTimeCode:
    """Send a fresh code to an E.164 phone. Says nothing about whether the phone is known. Raises otp_too_often."""
    index = phone_index(phone)
    recent = OneTimeCode.objects.filter(phone_index=index, created_at__gt=now - timedelta(hours=1))
    if recent.count() >= PER_HOUR or recent.filter(created_at__gt=now - AGAIN_AFTER).exists():
        raise CodeRefused("otp_too_often")
    digits = f"{secrets.randbelow(1_000_000):06d}"
    row = OneTimeCode(phone_index=index, purpose=purpose, created_at=now, expires_at=now + LIFE)
    row.code_hash = _hash(row.id, digits)
    row.save(force_insert=True)
    body = _("Lá Chắn: mã xác nhận của bạn là %(code)s, có hiệu lực 5 phút. Không đưa mã này cho ai.") % {
        "code": digits
    }
    messaging.queue(phone, body, purpose="one_time_code", lane=Message.Lane.URGENT, now=now)
    audit.record("otp.sent", subject_kind="otp", subject=row.id, data={"purpose": purpose}, now=now)
    return row


def check(phone: str, purpose: str, digits: str, *, now: datetime) -> None:
    """Use up the newest code of this phone. Raises CodeRefused; a wrong try counts even when the caller fails."""
    row = OneTimeCode.objects.filter(phone_index=phone_index(phone), purpose=purpose).order_by("-id").first()
    if row is None or row.used_at is not None or row.expires_at <= now:
        raise CodeRefused("otp_expired")
    counted = OneTimeCode.objects.filter(pk=row.pk, used_at=None, attempts__lt=TRIES).update(
        attempts=F("attempts") + 1
    )
    if not counted:
        raise CodeRefused("otp_tries")
    if not hmac.compare_digest(bytes(row.code_hash), _hash(row.id, digits.strip())):
        raise CodeRefused("otp_wrong")
    with transaction.atomic():
        if not OneTimeCode.objects.filter(pk=row.pk, used_at=None).update(used_at=now):
            raise CodeRefused("otp_expired")
        audit.record("otp.used", subject_kind="otp", subject=row.id, data={"purpose": purpose}, now=now)


def _hash(identifier: UUID, digits: str) -> bytes:
    return keys.keyring().blind("one-time-code", f"{identifier}:{digits}")
