"""What a team notes at a household. The phone makes the id, so that what is sent twice is kept once."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_text
from lachan.registry.audit.services import record
from lachan.registry.households.models import Household, Member, RoundNote, Team

SYMPTOMS = (
    "fever", "cough", "breathless", "sore_throat", "tired", "no_smell", "diarrhoea",
)  # fmt: skip
NEEDS = ("food", "medicine", "care")
COLDEST, HOTTEST, FEVER = 34.0, 43.0, 37.5
MOST_NOTE = 500
OLDEST, AHEAD = timedelta(days=14), timedelta(minutes=15)
"""How long a phone may keep a note before it is sent, and how far its clock may be ahead."""
Worry = RoundNote.Worry


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen. `temperature` in °C; `symptoms` and `needs`: keys of SYMPTOMS and NEEDS; None: not asked.

    `refused`: nobody of the household would answer; of one member alone it is not said.
    """

    temperature: float | None = None
    symptoms: tuple[str, ...] = ()
    absent: bool | None = None
    needs: tuple[str, ...] = ()
    note: str = ""
    refused: bool = False

    def worry(self) -> str:
        """The gravest of it, for lists."""
        if self.symptoms or (self.temperature or 0) >= FEVER:
            return Worry.SYMPTOMS
        if self.refused:
            return Worry.REFUSED
        if self.absent:
            return Worry.ABSENT
        return Worry.NEEDS if self.needs else Worry.NONE


def checked(seen: Seen) -> Seen:
    """The same, normalised. Raises InvalidInput with its field."""
    if seen.temperature is not None and not COLDEST <= seen.temperature <= HOTTEST:
        raise InvalidInput("round_temperature", field="temperature")
    _known("symptoms", seen.symptoms, SYMPTOMS)
    _known("needs", seen.needs, NEEDS)
    try:
        note = clean_text(seen.note, MOST_NOTE) if seen.note.strip() else ""
    except InvalidInput as error:
        raise error.at("note") from None
    temperature = None if seen.temperature is None else round(seen.temperature, 1)
    return Seen(temperature, tuple(seen.symptoms), seen.absent, tuple(seen.needs), note, seen.refused)


def _known(field: str, given: Iterable[str], known: tuple[str, ...]) -> None:
    if not set(given) <= set(known):
        raise InvalidInput("round_unknown", field=field)


@transaction.atomic
def round_note(
    id: UUID,
    household: Household,
    member: Member | None,
    seen: Seen,
    *,
    team: Team | None = None,
    occurred_at: datetime,
    by: Any = None,
    now: datetime,
) -> RoundNote:
    """Keep what was seen; the same id again changes nothing. Leaves `round.noted` with the household and the member's
    alias, and none of what was seen. Raises InvalidInput: `round_conflict` for the id of another note, `round_member`,
    `round_refused`, `round_when`, `round_temperature`, `round_unknown`.
    """
    seen = checked(seen)
    if seen.refused and member is not None:
        raise InvalidInput("round_refused", field="refused")
    there = RoundNote.objects.filter(pk=id).first()
    if there is not None:
        if there.household_id != household.pk or there.member_id != (member.pk if member else None):
            raise InvalidInput("round_conflict")
        return there
    if member is not None and member.household_id != household.pk:
        raise InvalidInput("round_member", field="member")
    if not now - OLDEST <= occurred_at <= now + AHEAD:
        raise InvalidInput("round_when", field="occurred_at")
    row = RoundNote.objects.create(
        id=id,
        household=household,
        member=member,
        team=team,
        unit=household.unit,
        worry=seen.worry(),
        said=json.dumps(_said(seen), ensure_ascii=False),
        occurred_at=min(occurred_at, now),
        recorded_at=now,
        made_by=getattr(by, "pk", None),
    )
    record(
        "round.noted",
        actor=by,
        subject_kind="household",
        subject=household.pk,
        unit=household.unit,
        data={"note": str(row.pk), **({"alias": str(member.alias)} if member else {})},
        now=now,
    )
    return row


def _said(seen: Seen) -> dict[str, Any]:
    return {
        "temperature": seen.temperature,
        "symptoms": list(seen.symptoms),
        "absent": seen.absent,
        "needs": list(seen.needs),
        "note": seen.note,
        "refused": seen.refused,
    }
