"""Finding exposures and keeping them: looked for again, the same evidence is the same row."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.evidence import Ask, Found, everything
from lachan.outbreak.tracing.levels import Window, free
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors import graph, infectious
from lachan.outbreak.tracing.selectors.apart import apart
from lachan.outbreak.tracing.selectors.identity import aliases_of_many, roots
from lachan.outbreak.tracing.services import follow_up, reviewing
from lachan.outbreak.tracing.terms import terms_at
from lachan.registry.audit import services as audit

MEASURED = ("from_at", "to_at", "overlap_s", "meetings", "weight", "score", "unit", "place")


@transaction.atomic
def trace(case: Case, *, by: Any = None, now: datetime) -> int:
    """Look for everyone whom a case may have infected; returns how many exposures are new. What was decided stays decided.

    Raises InvalidInput `tracing_no_window`: the case has neither an onset nor a positive sample.
    """
    window, disease = _window(case), infectious.disease_of(case)
    aliases = frozenset(infectious.aliases_of_case(case))
    ask = Ask(aliases, window.since, window.until, disease.contacts.f1, disease, terms_at(local_day(now)))
    new = keep(everything(ask), case.alias, aliases, case, by=by, now=now)
    reviewing.due(case, by=by, now=now)
    if new or by is not None:
        _note(case, new, by, now)
    return new


@transaction.atomic
def trace_contacts(case: Case, *, by: Any = None, now: datetime) -> int:
    """Look for everyone whom the confirmed F1 of a case met since they were exposed, until they were isolated for good or
    the case's window ends: F2."""
    window, disease = _window(case), infectious.disease_of(case)
    ill = infectious.aliases_of_case(case)
    nodes = set(roots(ill).values())
    known = graph.ahead(nodes, case.disease, depth=1).levels()
    isolated = apart([node for node, level in known.items() if level.level == 1])
    found = 0
    for node, level in known.items():
        if level.level == 1 and level.first is not None and level.first < now:
            aliases = frozenset(aliases_of_many([node])[node])
            until = max(window.until, min(now, level.first + disease.contacts.follow))
            ask = Ask(aliases, level.first, until, disease.contacts.f2, disease, terms_at(local_day(now)))
            met = everything(ask, _last_free(ask, isolated.get(node, ()), now))
            others = [one for one in met if one.target not in ill]
            found += keep(others, min(aliases), aliases, case, by=by, now=now)
    _note(case, found, by, now)
    return found


def _last_free(ask: Ask, apart: Iterable[Window], now: datetime) -> datetime | None:
    """Since when somebody meets nobody any more; None while she does. What lies between two isolations is asked for with the rest:
    levels leave out what happened meanwhile, and nobody is lost whom she met after a release."""
    until = min(ask.until, now)
    parts = free(ask.since, until, apart)
    end = parts[-1][1] if parts else ask.since
    return end if end < until else None


def _window(case: Case) -> Window:
    window = infectious.window(case)
    if window is None:
        spreads = infectious.spreads(infectious.disease_of(case))
        raise InvalidInput("tracing_no_window" if spreads else "tracing_not_person_to_person")
    return window


def _note(case: Case, count: int, by: Any, now: datetime) -> None:
    audit.record(
        "exposure.found",
        actor=by,
        subject_kind="case",
        subject=case.pk,
        unit=case.unit,
        data={"count": count},
        now=now,
    )


def keep(
    found: Iterable[Found],
    source: UUID,
    own: Collection[UUID],
    case: Case | Contact,
    *,
    by: Any,
    now: datetime,
    status: str = Exposure.Status.PROPOSED,
) -> int:
    """Write exposures that are new and measure known ones again, whichever pseudonym they were found under. How many are new.

    `case`: from whom; somebody who is followed herself, where that is told of her. Inside a transaction. Follow-up of those who are confirmed already is brought up to date.
    """
    found = list(found)
    known = _known(own, case.disease)
    nodes = roots([one.target for one in found])
    fresh: list[Exposure] = []
    changed: list[Exposure] = []
    for one in found:
        row = known.get((nodes[one.target], one.evidence))
        if row is None:
            row = _row(one, source, case, status, by, now)
            known[nodes[one.target], one.evidence] = row
            fresh.append(row)
        elif _measured(row, one, case):
            changed.append(row)
    Exposure.objects.bulk_create(fresh, batch_size=500, ignore_conflicts=True)  # found by two at once
    kept = [row for row in changed if row not in fresh]
    Exposure.objects.bulk_update(kept, MEASURED, batch_size=200)
    moved = [row.target for row in kept if row.status == Exposure.Status.CONFIRMED]
    if moved:
        follow_up.sync(case.disease, moved, by=by, now=now)
    return len(fresh)


def _known(own: Collection[UUID], disease: str) -> dict[tuple[UUID, str], Exposure]:
    rows = list(Exposure.objects.filter(source__in=list(own), disease=disease))
    nodes = roots([row.target for row in rows])
    return {(nodes[row.target], row.evidence): row for row in rows}


def _row(one: Found, source: UUID, case: Case | Contact, status: str, by: Any, now: datetime) -> Exposure:
    return Exposure(
        id=uuid7(),
        disease=case.disease,
        kind=one.kind,
        evidence=one.evidence,
        source=source,
        target=one.target,
        place=one.place,
        unit=one.unit or case.unit,
        from_at=one.from_at,
        to_at=one.to_at,
        overlap_s=one.overlap_s,
        meetings=one.meetings,
        weight=one.weight,
        score=one.score,
        status=status,
        made_by=getattr(by, "pk", None),
        made_at=now,
    )


def _measured(row: Exposure, one: Found, case: Case | Contact) -> bool:
    """Bring a known row to what was found now; whether that changed anything."""
    before = [getattr(row, name) for name in MEASURED]
    for name in MEASURED:
        setattr(row, name, getattr(one, name))
    row.unit = one.unit or case.unit
    return before != [getattr(row, name) for name in MEASURED]
