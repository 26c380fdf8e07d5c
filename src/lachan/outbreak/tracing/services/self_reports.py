"""Whoever met a contact says so herself: kept until an officer has looked at it, and only then an edge of the graph."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from lachan.kernel.clock import local_day
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.outbreak.cases.identity import alias_of, identity_of
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.tracing.evidence import Found
from lachan.outbreak.tracing.evidence.ask import by_length
from lachan.outbreak.tracing.models import Contact, Exposure, SelfReport
from lachan.outbreak.tracing.selectors.identity import aliases_of, root
from lachan.outbreak.tracing.services.deciding import confirm
from lachan.outbreak.tracing.services.finding import keep
from lachan.outbreak.tracing.terms import terms_at
from lachan.registry.audit import services as audit
from lachan.registry.people.services import link

TASK = "tracing.self_report"
LOOKED_AT = timedelta(hours=24)
TOLD = ("name", "birth", "cccd", "phone", "address", "where", "note")
MOST_TOLD, MOST_REASON = 300, 200
WAITING, ACCEPTED, REFUSED = SelfReport.Status.WAITING, SelfReport.Status.ACCEPTED, SelfReport.Status.REFUSED


@transaction.atomic
def report(
    contact: Contact, typed: Mapping[str, str], unit: str, met: tuple[datetime, datetime], *, now: datetime
) -> SelfReport:
    """Keep what somebody says of herself and of when she met the contact; of one person what she said last.

    `typed`: TOLD, as typed. `unit`: the commune where she lives. Raises InvalidInput with the field at fault.
    """
    identity = identity_of(typed, unit, local_day(now))
    if not identity.identifiers:
        raise InvalidInput("self_report_document", field="phone")
    since, until = _when(contact, met, now)
    told = {key: typed.get(key, "").strip()[:MOST_TOLD] for key in TOLD}
    row, _ = SelfReport.objects.update_or_create(
        contact=contact.pk,
        alias=alias_of(identity),
        status=WAITING,
        defaults={"unit": unit, "from_at": since, "to_at": until, "made_at": now},
    )
    row.told = json.dumps({key: value for key, value in told.items() if value}, ensure_ascii=False)
    row.save(update_fields=["told"])
    _note("self_report.made", row, contact, None, {}, now)
    _due(contact, now)
    return row


def _when(contact: Contact, met: tuple[datetime, datetime], now: datetime) -> tuple[datetime, datetime]:
    since, until = met
    if since >= until:
        raise InvalidInput("tracing_times", field="to_at")
    if since > now:
        raise InvalidInput("tracing_future", field="from_at")
    longest = 2 * Disease.at(contact.disease, local_day(now)).contacts.follow
    if since < now - longest:
        raise InvalidInput("self_report_when", {"days": longest.days}, field="from_at")
    return since, min(until, now)


def told_in(row: SelfReport) -> dict[str, str]:
    """What she said, by the keys of TOLD."""
    opened: dict[str, str] = json.loads(row.told) if row.told else {}
    return opened


@transaction.atomic
def accept(row: SelfReport, contact: Contact, *, by: Any, now: datetime) -> int:
    """She is entered in the registry and becomes a confirmed contact of the contact. How many exposures that confirmed.

    Her level is the graph's: F2 where the contact is F1, nothing where the contact's own exposure no longer counts.
    """
    row = _open(row)
    identity = identity_of(told_in(row), row.unit, local_day(now))
    if root(row.alias) == root(contact.alias):
        raise InvalidInput("tracing_itself")
    link(identity, row.alias, seen_in=(row.unit, contact.unit), now=now)
    found, own = _found(row, contact, now), aliases_of(root(contact.alias))
    keep([found], contact.alias, own, contact, by=by, now=now)
    _decided(row, contact, ACCEPTED, "", by, now)
    hers = Exposure.objects.filter(
        disease=contact.disease,
        source__in=own,
        target__in=aliases_of(root(row.alias)),
        evidence=found.evidence,
    )
    return confirm(hers, by=by, now=now)


@transaction.atomic
def refuse(row: SelfReport, contact: Contact, reason: str, *, by: Any, now: datetime) -> None:
    """It doesn't count, and why. Raises InvalidInput without a reason."""
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("tracing_reason", field="reason")
    _decided(_open(row), contact, REFUSED, reason, by, now)


def _open(row: SelfReport) -> SelfReport:
    """The row, locked; one that a colleague decided meanwhile is decided."""
    found = SelfReport.objects.select_for_update().filter(pk=row.pk, status=WAITING).first()
    if found is None:
        raise InvalidInput("self_report_decided")
    return found


def _found(row: SelfReport, contact: Contact, now: datetime) -> Found:
    disease, terms = Disease.at(contact.disease, local_day(now)), terms_at(local_day(now))
    length = (row.to_at - row.from_at).total_seconds()
    return Found(
        target=row.alias,
        kind=Exposure.Kind.NAMED,
        evidence=f"self:{row.contact}",
        from_at=row.from_at,
        to_at=row.to_at,
        weight=disease.contacts.weight("default"),
        score=terms.strength[Exposure.Kind.NAMED] * (0.5 + 0.5 * by_length(length, terms.half)),
        place=None,
        unit=row.unit,
        overlap_s=int(length),
    )


def _decided(row: SelfReport, contact: Contact, status: str, reason: str, by: Any, now: datetime) -> None:
    row.status, row.reason, row.decided_by, row.decided_at = status, reason, by.pk, now
    row.save(update_fields=["status", "reason", "decided_by", "decided_at"])
    _note("self_report.decided", row, contact, by, {"to": status}, now)
    if not SelfReport.objects.filter(contact=row.contact, status=WAITING).exists():
        tasks.finish(TASK, row.contact, by=by, now=now)


@transaction.atomic
def seen(contact: Contact, *, by: Any, now: datetime) -> None:
    """An officer reads what people said of themselves."""
    audit.record(
        "self_report.read", actor=by, subject_kind="contact", subject=contact.pk, unit=contact.unit, now=now
    )


def _due(contact: Contact, now: datetime) -> None:
    tasks.open_task(
        TASK, "contact", contact.pk, contact.unit, "tracing.work", now + LOOKED_AT,
        params={"code": contact.code}, priority=2, assignee=contact.officer, now=now,
    )  # fmt: skip


def _note(kind: str, row: SelfReport, contact: Contact, by: Any, data: dict[str, Any], now: datetime) -> None:
    audit.record(
        kind, actor=by, subject_kind="self_report", subject=row.pk, unit=contact.unit, data={"contact": str(contact.pk), **data}, now=now
    )  # fmt: skip


def of(contact: Contact) -> QuerySet[SelfReport]:
    """What was said of meeting a contact, under whichever row and pseudonym that was."""
    rows = Contact.objects.filter(alias__in=aliases_of(root(contact.alias)), disease=contact.disease)
    return SelfReport.objects.filter(contact__in=rows.values("pk"))
