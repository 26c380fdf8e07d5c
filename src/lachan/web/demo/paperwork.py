"""Paper forms of people without a phone: printed, keyed in twice, some of them not yet, some differently."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.gate.declarations.models import PaperForm
from lachan.gate.declarations.services import paper
from lachan.registry.accounts.models import User

PRINTED = 24
DONE, DIFFERENT, ONCE = 6, 2, 4
Said = Callable[[], dict[str, Any]]


def keep(said: Said, unit: str, place: UUID | None, keyers: tuple[User, User], now: datetime) -> int:
    """A batch printed five days ago, and what was keyed in of it since. Returns how many became declarations."""
    first, second = keyers
    batch = paper.print_batch("domestic", unit, place, PRINTED, by=first, now=now - timedelta(days=5))
    forms = list(PaperForm.objects.filter(batch=batch).order_by("id"))
    for number, form in enumerate(forms[: DONE + DIFFERENT + ONCE]):
        filled = now - timedelta(days=3, hours=number)
        read = paper.Keyed(said(), filled)
        paper.key(form.id, read, by=first, now=now - timedelta(hours=30 - number))
        if number < DONE:
            paper.key(form.id, read, by=second, now=now - timedelta(hours=20 - number))
        elif number < DONE + DIFFERENT:
            other = paper.Keyed({**read.answers, "address": f"{read.answers['address']} (?)"}, filled)
            paper.key(form.id, other, by=second, now=now - timedelta(hours=6))
    paper.void(forms[-1].id, "spoiled", by=first, now=now - timedelta(hours=5))
    return DONE
