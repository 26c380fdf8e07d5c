"""Correcting a case, an officer's own classification, its outcome, and where the patient is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line, fold
from lachan.outbreak.cases import dates, work
from lachan.outbreak.cases.investigation import form_for, named, write_answers
from lachan.outbreak.cases.models import Case, Stay
from lachan.outbreak.cases.services.judge import disease_at, reclassify
from lachan.outbreak.cases.services.told import tell
from lachan.registry.people.models import Person
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

MOST_REASON = 300
CHANGEABLE = frozenset(
    {
        *dates.FIELDS, "national_code", "name", "birth_year", "sex", "unit", "reported_by", "asymptomatic", "detection",
        "infection", "source_case", "outcome", "isolated_at", "answers", "officer",
    }
)  # fmt: skip
ENDED = (Case.Outcome.RECOVERED, Case.Outcome.DECEASED)
AHEAD = timedelta(minutes=10)


def update_case(
    case: Case,
    changes: Mapping[str, Any],
    *,
    by: Any,
    now: datetime,
    confirmed_unusual: Iterable[str] = (),
    seen: datetime | None = None,
) -> Case:
    """Change columns (`answers` as a mapping), judge again. `seen`: `updated_at` as the officer's page had it.

    Raises InvalidInput: `case_changed` when somebody else was quicker; dates.Implausible; what a field refuses.
    """
    unknown = set(changes) - CHANGEABLE
    if unknown:
        raise ValueError(f"not to be changed this way: {sorted(unknown)}")
    with transaction.atomic():
        case = locked(case, seen)
        before = {name: getattr(case, name) for name in CHANGEABLE}
        values = _prepared(case, changes)
        changed = {name: value for name, value in values.items() if value != before[name]}
        if not changed:
            return case
        for name, value in changed.items():
            setattr(case, name, value)
        case.unusual = _checked(case, before, confirmed_unusual, now)
        _keep(case, changed, now)
        _tell(case, before, changed, by, now)
        reclassify(case, now=now, by=by)
        case.refresh_from_db()
        if case.answers:
            work.investigated(case, by=by, now=now)
    return case


def locked(case: Case, seen: datetime | None = None) -> Case:
    """The row as it is now. Raises InvalidInput when it was merged away, or changed since it was seen."""
    case = Case.objects.select_for_update().get(pk=case.pk)
    if case.merged_into is not None:
        raise InvalidInput("case_merged")
    if seen is not None and case.updated_at != seen:
        raise InvalidInput("case_changed")
    return case


def _prepared(case: Case, changes: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(changes)
    if "answers" in values:
        values["answers"] = write_answers(values["answers"])
    if "national_code" in values:
        values["national_code"] = clean_code(values["national_code"])
    if values.get("source_case") == case.pk:
        raise InvalidInput("case_source_itself", field="source_case")
    if "unit" in values and units.by_path(values["unit"]) is None:
        raise InvalidInput("case_unit", field="unit")
    return values


def clean_code(text: str) -> str:
    """BN12345, whatever spaces and case it was typed with."""
    return clean_line(text.replace(" ", "").upper(), 20)


def _checked(case: Case, before: Mapping[str, Any], confirmed: Iterable[str], now: datetime) -> str:
    """Unusual dates that stand. One confirmed before needn't be again while the same days say it."""
    disease, today = disease_at(case.disease, case.reported_on), local_day(now)
    birth = birth_of(case)
    found = dates.of({name: getattr(case, name) for name in dates.FIELDS}, birth, today, disease.incubation)
    old = dates.of(before, birth, today, disease.incubation)
    standing = {one.key for one in old if one in found and one.key in case.unusual.split()}
    return " ".join(dates.demand(found, {*confirmed, *standing}))


def birth_of(case: Case) -> str:
    """As the person's record has it, else the year that stands with the case."""
    known = Person.objects.filter(pk=case.person).values_list("birth", flat=True).first()
    return known or (f"{case.birth_year:04d}" if case.birth_year else "")


def _keep(case: Case, changed: Mapping[str, Any], now: datetime) -> None:
    if "name" in changed:
        case.folded = fold(case.name)
    if "answers" in changed:
        case.form = named(form_for(case.disease, case.reported_on))
    case.updated_at = now
    case.save()


def _tell(case: Case, before: Mapping[str, Any], changed: Mapping[str, Any], by: Any, now: datetime) -> None:
    """One event for the change; one of its own for the place of detection, and for the outcome."""
    others = sorted(set(changed) - {"detection", "outcome", "outcome_on"})
    if others:
        tell("case.updated", case, {"fields": others}, by=by, now=now)
    if "detection" in changed:
        data = {"from": before["detection"], "to": case.detection}
        tell("case.detection", case, data, by=by, now=now)
    if {"outcome", "outcome_on"} & set(changed):
        tell("case.outcome", case, {"from": before["outcome"], "to": case.outcome}, by=by, now=now)


def override(case: Case, classification: str, reason: str, *, by: Any, now: datetime) -> Case:
    """An officer's word instead of the rules', with its reason; "" takes it back. What the rules say is kept beside it."""
    if classification and classification not in Case.Classification.values:
        raise InvalidInput("not_choice", field="classification")
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("case_reason", field="reason")
    with transaction.atomic():
        case = locked(case)
        case.overridden, case.override_reason = classification, reason if classification else ""
        case.updated_at = now
        case.save(update_fields=["overridden", "override_reason", "updated_at"])
        tell("case.overridden", case, {"to": classification}, by=by, now=now)
        reclassify(case, now=now, by=by)
    case.refresh_from_db()
    return case


def set_outcome(
    case: Case,
    outcome: str,
    outcome_on: date | None,
    *,
    by: Any,
    now: datetime,
    confirmed_unusual: Iterable[str] = (),
) -> Case:
    """Recovered, died, unknown, or "" for still ill. The stay ends with the illness. Raises as update_case does."""
    if outcome not in Case.Outcome.values:
        raise InvalidInput("not_choice", field="outcome")
    if outcome in ENDED and outcome_on is None:
        raise InvalidInput("required", field="outcome_on")
    changes = {"outcome": outcome, "outcome_on": outcome_on if outcome else None}
    with transaction.atomic():
        case = update_case(case, changes, by=by, now=now, confirmed_unusual=confirmed_unusual)
        if outcome in ENDED:
            Stay.objects.filter(case=case, to_at=None).update(to_at=now)
            Case.objects.filter(pk=case.pk).update(facility=None)
    case.refresh_from_db()
    return case


def transfer(
    case: Case,
    place: UUID | None,
    from_at: datetime,
    *,
    ward: str = "",
    severity: str = "",
    note: str = "",
    by: Any,
    now: datetime,
) -> Stay:
    """The patient is there from now on (None: at home); ends the stay before. Raises InvalidInput with its field."""
    if from_at > now + AHEAD:
        raise InvalidInput("date_in_future", field="from_at")
    if place is not None and not Place.objects.filter(pk=place).exists():
        raise InvalidInput("case_place", field="place")
    with transaction.atomic():
        case = locked(case)
        last = Stay.objects.filter(case=case).order_by("-from_at", "-id").first()
        if last is not None and from_at < last.from_at:
            raise InvalidInput("stay_before", field="from_at")
        Stay.objects.filter(case=case, to_at=None).update(to_at=from_at)
        stay = Stay.objects.create(
            case=case, place=place, ward=clean_line(ward, 80), severity=severity, from_at=from_at,
            note=clean_line(note, MOST_REASON), made_by=getattr(by, "pk", None),
        )  # fmt: skip
        case.facility, case.updated_at = place, now
        if case.isolated_at is None and place is not None:
            case.isolated_at = from_at
        case.save(update_fields=["facility", "isolated_at", "updated_at"])
        tell("case.transferred", case, {"place": str(place) if place else ""}, by=by, now=now)
    return stay
