"""What tracing keeps no longer than policies/retention.toml says. Whoever is followed still keeps what led to it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from lachan.gate.declarations.services import retention
from lachan.outbreak.tracing.models import Contact, ContactImport, Exposure, Interview, Reveal, SelfReport

FOLLOWED = (Contact.Status.ACTIVE, Contact.Status.LOST)


def exposures(before: datetime) -> QuerySet[Any]:
    """Edges that ended long ago, but none to somebody who is followed."""
    followed = Contact.objects.filter(
        alias=OuterRef("target"), disease=OuterRef("disease"), status__in=FOLLOWED
    )
    return Exposure.objects.filter(to_at__lt=before, made_at__lt=before).exclude(Exists(followed))


def contacts(before: datetime) -> QuerySet[Any]:
    return Contact.objects.filter(updated_at__lt=before).exclude(status__in=FOLLOWED)


def interviews(before: datetime) -> QuerySet[Any]:
    return Interview.objects.filter(made_at__lt=before)


def self_reports(before: datetime) -> QuerySet[Any]:
    return SelfReport.objects.filter(made_at__lt=before)


def reveals(before: datetime) -> QuerySet[Any]:
    """What was revealed stands in the audit log; these rows only say who may read a name now."""
    return Reveal.objects.filter(until__lt=before)


def contact_lists(before: datetime) -> QuerySet[Any]:
    """Reports of imported lists of contacts; an upload that nobody applied is emptied after a day, whatever the term."""
    return ContactImport.objects.filter(made_at__lt=before)


def install() -> None:
    """Called once the apps are ready."""
    retention.needs_person(lambda: Contact.objects.filter(status__in=FOLLOWED))
    for rows in (exposures, contacts, interviews, self_reports, reveals, contact_lists):
        retention.register(rows.__name__, rows)
