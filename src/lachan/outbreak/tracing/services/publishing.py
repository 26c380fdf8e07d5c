"""A setting made known to everybody, and taken back: what stands there names a place and hours, and nobody."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.kernel.redact import redact
from lachan.outbreak.tracing.asks import ASKS
from lachan.outbreak.tracing.models import Setting
from lachan.registry.audit import services as audit

MOST_ADVICE, MOST_CONTACT = 300, 120


@dataclass(frozen=True, slots=True)
class PublicText:
    """What everybody reads beside place and hours. `document`: by which it is made known; `asks`: codes of asks.ASKS;
    `advice`: more, in the officer's words; `contact`: the office to call, with its number."""

    document: str
    asks: Sequence[str]
    contact: str
    advice: str = ""


def with_text(row: Setting, text: PublicText) -> Setting:
    """The setting as everybody would read it; nothing is saved. Raises InvalidInput: `setting_document`, `setting_asks`,
    `setting_contact`, `setting_personal` (a number of somebody in the advice), `setting_withdrawn`."""
    if row.withdrawn_at is not None:
        raise InvalidInput("setting_withdrawn")
    if not text.document.strip():
        raise InvalidInput("setting_document", field="document")
    asks = [code for code in ASKS if code in text.asks]
    if not asks:
        raise InvalidInput("setting_asks", field="asks")
    if not text.contact.strip():
        raise InvalidInput("setting_contact", field="contact")
    if redact(text.advice) != text.advice:
        raise InvalidInput("setting_personal", field="advice")
    row.document, row.asks = text.document.strip(), " ".join(asks)
    row.contact, row.advice = text.contact.strip()[:MOST_CONTACT], text.advice.strip()[:MOST_ADVICE]
    return row


@transaction.atomic
def publish_setting(row: Setting, text: PublicText, *, by: Any, now: datetime) -> Setting:
    """Anybody reads it from now on, with this text; again with another text replaces it. Raises as `with_text`."""
    row = with_text(Setting.objects.select_for_update().get(pk=row.pk), text)
    row.public, row.published_by, row.published_at = True, by.pk, now
    row.save(
        update_fields=["document", "asks", "contact", "advice", "public", "published_by", "published_at"]
    )
    _note("setting.published", row, by, now)
    return row


@transaction.atomic
def hide_setting(row: Setting, *, by: Any, now: datetime) -> bool:
    """Take it back from the public; among officers it goes on. False where it wasn't public."""
    row = Setting.objects.select_for_update().get(pk=row.pk)
    if not row.public:
        return False
    row.public = False
    row.save(update_fields=["public"])
    _note("setting.hidden", row, by, now)
    return True


def _note(kind: str, row: Setting, by: Any, now: datetime) -> None:
    data = {"disease": row.disease, "asks": row.asks}
    audit.record(kind, actor=by, subject_kind="setting", subject=row.pk, unit=row.unit, data=data, now=now)
