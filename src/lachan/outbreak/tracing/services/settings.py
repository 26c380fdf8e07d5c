"""Exposure settings (mốc dịch tễ): a place and a window made known, and everyone who was there."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.evidence import Found
from lachan.outbreak.tracing.evidence.ask import by_length
from lachan.outbreak.tracing.models import Exposure, Setting
from lachan.outbreak.tracing.presence import stays_at
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.services.deciding import reconsider
from lachan.outbreak.tracing.services.finding import keep
from lachan.outbreak.tracing.terms import terms_at
from lachan.registry.audit import services as audit
from lachan.registry.places.models import Place

LONGEST = timedelta(days=31)
MOST_DOCUMENT, MOST_NOTE = 200, 300


@dataclass(frozen=True, slots=True)
class SettingDraft:
    """What is declared. `case`: whose visit it was; without one those who were there are listed and lead nowhere yet."""

    disease: str
    place: Place
    from_at: datetime
    to_at: datetime
    case: Case | None = None
    document: str = ""
    note: str = ""


@transaction.atomic
def declare_setting(draft: SettingDraft, *, by: Any, now: datetime) -> Setting:
    """Declare it, and find everyone who was there; with a case, each of them becomes an exposure that waits.

    It stays among officers until `publish_setting`. Raises InvalidInput: `setting_times`, `setting_future`, `setting_long`.
    """
    _check(draft, now)
    Disease.at(draft.disease, local_day(now))
    row = Setting.objects.create(
        disease=draft.disease,
        place=draft.place.pk,
        unit=draft.place.unit,
        case=draft.case.pk if draft.case else None,
        from_at=draft.from_at,
        to_at=draft.to_at,
        document=draft.document.strip()[:MOST_DOCUMENT],
        note=draft.note.strip()[:MOST_NOTE],
        made_by=by.pk,
        made_at=now,
    )
    look_again(row, by=by, now=now)
    _note("setting.declared", row, by, now)
    return row


def _check(draft: SettingDraft, now: datetime) -> None:
    if draft.from_at >= draft.to_at:
        raise InvalidInput("setting_times", field="to_at")
    if draft.from_at > now:
        raise InvalidInput("setting_future", field="from_at")
    if draft.to_at - draft.from_at > LONGEST:
        raise InvalidInput("setting_long", field="to_at", days=LONGEST.days)


@transaction.atomic
def look_again(row: Setting, *, by: Any = None, now: datetime) -> int:
    """Count everyone who was there by what is known now, and write exposures to the setting's case. How many were there."""
    terms = terms_at(local_day(now))
    there = present(row, now)
    row.found = len(there)
    row.save(update_fields=["found"])
    case = Case.objects.filter(pk=row.case).first() if row.case else None
    if case is not None:
        own = infectious.aliases_of_case(case)
        weight = _weight(row, case)
        found = [
            Found(
                target=alias, kind=Exposure.Kind.SETTING, evidence=f"setting:{row.pk}", from_at=first, to_at=last,
                weight=weight, score=weight * by_length(seconds, terms.half), place=row.place, unit=row.unit,
                overlap_s=int(seconds),
            )
            for alias, (first, last, seconds) in there.items()
            if alias not in own
        ]  # fmt: skip
        keep(found, case.alias, own, case, by=by, now=now)
    return row.found


def present(row: Setting, now: datetime) -> dict[UUID, tuple[datetime, datetime, float]]:
    """Everyone who was there: first and last moment in the window, and seconds in all."""
    found: dict[UUID, tuple[datetime, datetime, float]] = {}
    for stay in stays_at(row.place, row.from_at, row.to_at, terms_at(local_day(now))):
        first, last, seconds = found.get(stay.alias, (stay.from_at, stay.to_at, 0.0))
        length = (stay.to_at - stay.from_at).total_seconds()
        found[stay.alias] = (min(first, stay.from_at), max(last, stay.to_at), seconds + length)
    return found


def _weight(row: Setting, case: Case) -> float:
    place = Place.objects.filter(pk=row.place).first()
    return infectious.disease_of(case).contacts.weight(place.kind if place else "default")


@transaction.atomic
def withdraw_setting(row: Setting, *, by: Any, now: datetime) -> bool:
    """Take it back: it stays in the history; what rests on it alone and was never confirmed goes."""
    row = Setting.objects.select_for_update().get(pk=row.pk)
    if row.withdrawn_at is not None:
        return False
    row.withdrawn_at = now
    row.save(update_fields=["withdrawn_at"])
    mine = Exposure.objects.filter(evidence=f"setting:{row.pk}")
    reconsider(mine.filter(status=Exposure.Status.CONFIRMED), by=by, now=now)
    mine.filter(status=Exposure.Status.PROPOSED).delete()
    _note("setting.withdrawn", row, by, now)
    return True


def _note(kind: str, row: Setting, by: Any, now: datetime) -> None:
    data = {"disease": row.disease, "count": row.found, "public": row.public}
    audit.record(kind, actor=by, subject_kind="setting", subject=row.pk, unit=row.unit, data=data, now=now)
