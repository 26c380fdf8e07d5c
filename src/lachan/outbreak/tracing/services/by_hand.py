"""What no list shows: who was added by an officer, and whom a patient named."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line, clean_name
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.evidence import Found
from lachan.outbreak.tracing.evidence.ask import by_length
from lachan.outbreak.tracing.models import Exposure, Interview
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.identity import roots
from lachan.outbreak.tracing.services import follow_up
from lachan.outbreak.tracing.services.finding import keep
from lachan.outbreak.tracing.terms import terms_at
from lachan.registry.audit import services as audit

MOST_RELATION, MOST_SAID = 60, 300


@dataclass(frozen=True, slots=True)
class Meeting:
    """When and where someone met a case, as far as anyone says. Without a time: some time in the case's window."""

    from_at: datetime | None = None
    to_at: datetime | None = None
    place: UUID | None = None
    unit: str = ""
    setting: str = "default"


@transaction.atomic
def add_by_hand(case: Case, alias: UUID, meeting: Meeting, *, by: Any, now: datetime) -> int:
    """Someone an officer knows to have met the case: a confirmed exposure. Raises InvalidInput on a time that can't be."""
    return _add(case, alias, Exposure.Kind.MANUAL, f"manual:{case.pk}", meeting, by, now, confirmed=True)


@transaction.atomic
def name_in_interview(
    case: Case, name: str, relation: str, said: Mapping[str, str], *, by: Any, now: datetime
) -> Interview:
    """Note whom a case named, before it is known who that is. `said`: phone, address, when and where, kept sealed."""
    row = Interview(
        case=case.pk,
        name=clean_name(name),
        relation=clean_line(relation, MOST_RELATION) if relation.strip() else "",
        made_by=by.pk,
        made_at=now,
    )
    told = {key: value.strip()[:MOST_SAID] for key, value in said.items() if value.strip()}
    row.said = json.dumps(told, ensure_ascii=False)
    row.save(force_insert=True)
    _note("interview.named", row, case, by, now)
    return row


def said_in(row: Interview) -> dict[str, str]:
    """What was said of somebody named."""
    if not row.said:
        return {}
    opened: dict[str, str] = json.loads(row.said)
    return opened


@transaction.atomic
def link_interview(row: Interview, alias: UUID, meeting: Meeting, *, by: Any, now: datetime) -> int:
    """It is known now who was named: an exposure that waits for confirmation."""
    case = Case.objects.get(pk=row.case)
    row.alias = alias
    row.save(update_fields=["alias"])
    _note("interview.linked", row, case, by, now)
    return _add(case, alias, Exposure.Kind.NAMED, f"named:{case.pk}", meeting, by, now, confirmed=False)


def _add(
    case: Case, alias: UUID, kind: Exposure.Kind, evidence: str, meeting: Meeting, by: Any, now: datetime, *, confirmed: bool
) -> int:  # fmt: skip
    window = infectious.window(case)
    if window is None:
        raise InvalidInput("tracing_no_window")
    own = infectious.aliases_of_case(case)
    if roots([alias])[alias] in set(roots(own).values()):
        raise InvalidInput("tracing_itself", field="person")
    since, until = meeting.from_at or window.since, meeting.to_at or window.until
    if since >= until:
        raise InvalidInput("tracing_times", field="to_at")
    if meeting.from_at and meeting.from_at > now:
        raise InvalidInput("tracing_future", field="from_at")
    if until <= window.since or since >= window.until:
        raise InvalidInput("tracing_outside", field="from_at")
    found = _found(case, alias, kind, evidence, meeting, (since, until), now)
    status = Exposure.Status.CONFIRMED if confirmed else Exposure.Status.PROPOSED
    new = keep([found], case.alias, own, case, by=by, now=now, status=status)
    if confirmed:
        follow_up.sync(case.disease, [alias], onward=True, by=by, now=now)
    audit.record(
        "exposure.added", actor=by, subject_kind="case", subject=case.pk, unit=case.unit, data={"kind": kind}, now=now
    )  # fmt: skip
    return new


def _found(
    case: Case, alias: UUID, kind: Exposure.Kind, evidence: str, meeting: Meeting, part: tuple[datetime, datetime],
    now: datetime,
) -> Found:  # fmt: skip
    disease, terms = infectious.disease_of(case), terms_at(local_day(now))
    timed = bool(meeting.from_at and meeting.to_at)
    length = part[1] - part[0] if timed else timedelta(0)
    strength = terms.strength[kind]
    weight = disease.contacts.weight(meeting.setting)
    return Found(
        target=alias,
        kind=kind,
        evidence=evidence,
        from_at=part[0],
        to_at=part[1],
        weight=weight,
        score=strength * (0.5 + 0.5 * by_length(length.total_seconds(), terms.half)),
        place=meeting.place,
        unit=meeting.unit,
        overlap_s=int(length.total_seconds()),
    )


def _note(kind: str, row: Interview, case: Case, by: Any, now: datetime) -> None:
    audit.record(kind, actor=by, subject_kind="case", subject=case.pk, unit=case.unit, data={"interview": str(row.pk)}, now=now)  # fmt: skip
