"""Opening a case: its person found or made, its dates checked, its code taken, its classification by the rules."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.outbreak.cases import dates, work
from lachan.outbreak.cases.identity import alias_of
from lachan.outbreak.cases.investigation import form_for, named, write_answers
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.selectors.episodes import episode_of
from lachan.outbreak.cases.services.codes import case_codes
from lachan.outbreak.cases.services.judge import disease_at, reclassify
from lachan.outbreak.cases.services.told import tell
from lachan.registry.people.models import Alias, Person
from lachan.registry.people.services import Identity, link, narrow_alias
from lachan.registry.units import selectors as units

COMMUNE = 3


@dataclass(frozen=True, slots=True)
class CaseDraft:
    """What is known when a case is opened. Either `identity` (found or made) or `person` (known already).

    `dates`: `onset`, `sampled_on`, `confirmed_on`, `outcome_on`; `confirmed_unusual`: keys of dates.Finding that whoever
    enters it says are so.
    """

    disease: str
    unit: str
    reported_by: str
    reported_on: date
    identity: Identity | None = None
    person: UUID | None = None
    alias: UUID | None = None
    asymptomatic: bool | None = None
    detection: str = ""
    infection: str = ""
    source_case: UUID | None = None
    national_code: str = ""
    outcome: str = ""
    facility: UUID | None = None
    officer: UUID | None = None
    dates: Mapping[str, date | None] = field(default_factory=dict)
    answers: Mapping[str, Any] = field(default_factory=dict)
    confirmed_unusual: tuple[str, ...] = ()


class CaseExists(InvalidInput):
    """The person has a case of this disease within its time: that one is to be corrected, not a second one opened."""

    def __init__(self, case: Case) -> None:
        super().__init__("case_exists", {"code": case.code}, field="name")
        self.case = case


def open_case(draft: CaseDraft, *, by: Any, now: datetime, sample: Sample | None = None) -> Case:
    """`sample`: whose result opens it. Raises InvalidInput with its field; dates.Implausible; CaseExists."""
    disease = disease_at(draft.disease, draft.reported_on)
    _check_units(draft)
    with transaction.atomic():
        person, alias = whose(draft, now)
        values = {**draft.dates, "reported_on": draft.reported_on}
        kept = plausible(values, person.birth, local_day(now), disease.incubation, draft.confirmed_unusual)
        standing = episode_of(person.pk, disease, _around(draft))
        if standing is not None:
            raise CaseExists(standing)
        case = _row(draft, person, alias, kept, by, now)
        case.save(force_insert=True)
        if sample is not None:
            Sample.objects.filter(pk=sample.pk).update(case=case)
        tell("case.opened", case, {"disease": case.disease, "detection": case.detection}, by=by, now=now)
        reclassify(case, now=now, by=by)
        case.refresh_from_db()
        work.to_investigate(case, disease, now)
    return case


def plausible(
    values: Mapping[str, Any], birth: str, today: date, incubation: Any, confirmed: Iterable[str]
) -> tuple[str, ...]:
    """The unusual findings that stand, each confirmed. Raises dates.Implausible."""
    return dates.demand(dates.of(values, birth, today, incubation), confirmed)


def _check_units(draft: CaseDraft) -> None:
    home = units.by_path(draft.unit)
    if home is None or home.level != COMMUNE:
        raise InvalidInput("case_unit", field="unit")
    if units.by_path(draft.reported_by) is None:
        raise InvalidInput("case_unit", field="reported_by")


def whose(draft: CaseDraft, now: datetime) -> tuple[Person, UUID]:
    """The person, locked so that two officers don't open the same illness at once, and a pseudonym that leads there."""
    if draft.person is not None:
        person = _root(Person.objects.get(pk=draft.person))
        alias = draft.alias or _any_alias(person, now)
    elif draft.identity is not None:
        wanted = draft.alias or alias_of(draft.identity)
        person = link(draft.identity, wanted, seen_in=(draft.unit, draft.reported_by), now=now)
        alias = _borne(person, draft.identity, wanted)
    else:
        raise InvalidInput("name_empty", field="name")
    return Person.objects.select_for_update().get(pk=person.pk), alias


def _root(person: Person) -> Person:
    while person.merged_into is not None:
        person = person.merged_into
    return person


def _borne(person: Person, identity: Identity, wanted: UUID) -> UUID:
    """The alias under which the registry keeps the person: a weak one may have been narrowed."""
    narrow = narrow_alias(identity, wanted)
    held = set(
        Alias.objects.filter(person=person, alias__in=[one for one in (wanted, narrow) if one]).values_list(
            "alias", flat=True
        )
    )
    return wanted if wanted in held or narrow not in held else narrow or wanted


def _any_alias(person: Person, now: datetime) -> UUID:
    """One of the person's pseudonyms, the oldest; a person entered without one gets one of her own."""
    known = Alias.objects.filter(person=person).order_by("since", "alias").first()
    if known is None:
        known = Alias.objects.create(alias=person.pk, person=person, since=now)
    return known.alias


def _around(draft: CaseDraft) -> date:
    """The day by which an illness is placed in time."""
    return draft.dates.get("onset") or draft.dates.get("sampled_on") or draft.reported_on


def _row(
    draft: CaseDraft, person: Person, alias: UUID, unusual: tuple[str, ...], by: Any, now: datetime
) -> Case:
    form = form_for(draft.disease, draft.reported_on)
    return Case(
        disease=draft.disease,
        code=case_codes(draft.disease, draft.reported_on)[0],
        national_code=draft.national_code,
        person=person.pk,
        alias=alias,
        name=person.name,
        folded=fold(person.name),
        birth_year=int(person.birth[:4]) if person.birth else None,
        sex=person.sex,
        unit=draft.unit,
        reported_by=draft.reported_by,
        reported_on=draft.reported_on,
        onset=draft.dates.get("onset"),
        sampled_on=draft.dates.get("sampled_on"),
        confirmed_on=draft.dates.get("confirmed_on"),
        outcome_on=draft.dates.get("outcome_on"),
        asymptomatic=draft.asymptomatic,
        detection=draft.detection,
        infection=draft.infection,
        source_case=draft.source_case,
        outcome=draft.outcome,
        facility=draft.facility,
        officer=draft.officer,
        answers=write_answers(draft.answers),
        form=named(form),
        unusual=" ".join(unusual),
        made_by=getattr(by, "pk", None),
        made_at=now,
        updated_at=now,
    )
