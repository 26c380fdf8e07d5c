"""Turning a pseudonym into a person: a permission, a reason, and an event, each time."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing.models import Reveal
from lachan.outbreak.tracing.selectors.identity import known_people, root
from lachan.outbreak.tracing.selectors.revealed import PERMISSION, may_reveal
from lachan.registry.accounts import selectors as accounts
from lachan.registry.audit import services as audit
from lachan.registry.people.models import Person

REASONS = {
    "call": _("Gọi điện, gặp để điều tra"),
    "isolate": _("Lập hồ sơ cách ly"),
    "sample": _("Lấy mẫu xét nghiệm"),
    "verify": _("Xác minh người tiếp xúc"),
    "support": _("Hỗ trợ y tế, đời sống"),
}
LASTS = timedelta(days=7)
"""After it the same account asks again."""


@transaction.atomic
def reveal(alias: UUID, reason: str, *, by: Any, now: datetime) -> Person:
    """Whose pseudonym it is. From now on, and for a week, this account reads the person's name in tracing.

    `reason`: a key of REASONS. Raises PermissionDenied, or InvalidInput `tracing_reveal_reason`, `tracing_nobody` (no
    declaration links the pseudonym to anybody yet).
    """
    if reason not in REASONS:
        raise InvalidInput("tracing_reveal_reason", field="reason")
    if not may_reveal(accounts.scope(by, PERMISSION, now), alias):
        raise PermissionDenied
    node = root(alias)
    person = known_people([node]).get(node)
    if person is None:
        raise InvalidInput("tracing_nobody")
    Reveal.objects.create(
        user=by.pk, alias=alias, person=person.pk, reason=reason, made_at=now, until=now + LASTS
    )
    audit.record(
        "identity.revealed",
        actor=by,
        subject_kind="person",
        subject=person.pk,
        unit=person.residence,
        data={"reason": reason},
        now=now,
    )
    return person
