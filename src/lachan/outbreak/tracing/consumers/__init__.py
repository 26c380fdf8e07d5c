"""What follows by itself when a result, a classification, a case or a record of a person changes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.gate.declarations.models import Hold
from lachan.kernel.diseases import codes
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.presence import chunks
from lachan.outbreak.tracing.selectors import infectious
from lachan.outbreak.tracing.selectors.apart import ISOLATION
from lachan.outbreak.tracing.selectors.identity import aliases_of_many
from lachan.outbreak.tracing.services import sync, trace
from lachan.registry.audit.consumers import SealedEvent, consumer
from lachan.registry.people.models import Merge

CASES = {"case.opened", "case.updated", "case.classified", "case.merged", "case.unmerged", "case.imported"}


@consumer("tracing.cases", kinds={"sample.resulted", *CASES})
def cases_changed(events: list[SealedEvent], now: datetime) -> None:
    """A case that counts is traced at once; whoever it reaches, or no longer does, is told anew."""
    for case in _cases(events):
        if case.classification in infectious.INFECTED and infectious.window(case) is not None:
            trace(case, now=now)
        sync(case.disease, infectious.aliases_of_case(case), onward=True, now=now)


def _cases(events: list[SealedEvent]) -> list[Case]:
    """The cases that these events are about, those that stand, each once; and those that were merged away or parted."""
    asked: dict[UUID, None] = {}
    for event in events:
        asked.update(dict.fromkeys(_named(event)))
    rows = [case for some in chunks(asked) for case in Case.objects.filter(pk__in=some)]
    kept = infectious.standing(rows)
    return list({case.pk: case for case in [*kept.values(), *rows] if case.merged_into is None}.values())


def _named(event: SealedEvent) -> list[UUID]:
    if event.subject is None:
        return []
    if event.kind == "sample.resulted":
        case = Sample.objects.filter(pk=event.subject).values_list("case", flat=True).first()
        return [case] if case else []
    return [event.subject, *(UUID(str(each)) for each in _ids(event.data.get("absorbed")))]


def _ids(value: Any) -> list[str]:
    return [str(value)] if value else []


@consumer("tracing.people", kinds={"person.merged", "person.unmerged"})
def people_changed(events: list[SealedEvent], now: datetime) -> None:
    """Two records became one person, or two again: their contacts are joined or parted, and levels told anew."""
    people: set[UUID] = set()
    for event in events:
        if event.subject is not None:
            people.add(event.subject)
        row = (
            Merge.objects.filter(pk=UUID(str(event.data["merge"]))).first()
            if event.data.get("merge")
            else None
        )
        if row is not None:
            people |= {row.kept_id, row.absorbed_id}
    aliases = [alias for known in aliases_of_many(people).values() for alias in known]
    for disease in codes():
        touched = _in_graph(aliases, disease)
        if touched:
            sync(disease, touched, onward=True, now=now)


def _in_graph(aliases: list[UUID], disease: str) -> list[UUID]:
    """Those of the pseudonyms that stand in some row of tracing."""
    found: set[UUID] = set()
    for some in chunks(aliases):
        for model, column in (
            (Exposure, "source"),
            (Exposure, "target"),
            (Contact, "alias"),
            (Case, "alias"),
        ):
            rows = model._default_manager.filter(**{f"{column}__in": some}, disease=disease)
            found |= set(rows.values_list(column, flat=True))
    return sorted(found)


@consumer("tracing.linked", kinds={"declaration.received"})
def linked(events: list[SealedEvent], now: datetime) -> None:
    """A declaration may say whose pseudonym a contact is: then the row moves to where that person lives."""
    from lachan.gate.declarations.models import Declaration

    for some in chunks(event.subject for event in events if event.subject):
        aliases = set(Declaration.objects.filter(pk__in=some).values_list("alias", flat=True))
        waiting = Contact.objects.filter(alias__in=aliases, person=None, merged_into=None)
        for disease in set(waiting.values_list("disease", flat=True)):
            sync(disease, waiting.filter(disease=disease).values_list("alias", flat=True), now=now)


@consumer("tracing.apart", kinds={"hold.made", "hold.released"})
def kept_apart(events: list[SealedEvent], now: datetime) -> None:
    """Somebody was isolated, or is free again: whoever they may reach from then on is told anew."""
    ids = [event.subject for event in events if event.subject]
    aliases = [
        alias
        for some in chunks(ids)
        for alias in Hold.objects.filter(pk__in=some, reason=ISOLATION).values_list("alias", flat=True)
    ]
    for disease in codes() if aliases else ():
        touched = _in_graph(aliases, disease)
        if touched:
            sync(disease, touched, onward=True, now=now)
