"""Many cases at once, as an import brings them: the same people, codes, judgement and events as one by one."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from lachan.kernel.clock import day_bounds, local_day
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.outbreak.cases import work
from lachan.outbreak.cases.identity import alias_of
from lachan.outbreak.cases.importing.plan import Planned
from lachan.outbreak.cases.investigation import form_for, named
from lachan.outbreak.cases.models import Case, LineListImport, Sample, Stay
from lachan.outbreak.cases.selectors.episodes import nearest
from lachan.outbreak.cases.services.codes import case_codes, sample_codes
from lachan.outbreak.cases.services.judge import _ids, context_of, disease_at
from lachan.registry.audit.rows import EventRow, event_row
from lachan.registry.audit.services import record_rows
from lachan.registry.people.models import Alias, Person
from lachan.registry.people.services import Sighting, link_many, narrow_alias
from lachan.registry.places.models import Place

TREATS = (Place.Kind.FACILITY, Place.Kind.ISOLATION)
FRESH = timedelta(days=14)
"""Cases reported before are history: nobody is asked to investigate them now."""


def create_cases(
    planned: Sequence[Planned], disease: Disease, kept: LineListImport, *, by: Any, now: datetime
) -> Iterator[tuple[Planned, Case, bool]]:
    """Each row with its case, and whether it was made: a person whose illness stands already keeps that case."""
    people, aliases = _people(planned, kept.unit, now)
    standing = _standing(people, disease)
    made: list[tuple[Planned, Case]] = []
    found: list[tuple[Planned, Case, bool]] = []
    for one, person, alias in zip(planned, people, aliases, strict=True):
        known = nearest(standing.get(person.pk, ()), disease, one.row.day)
        if known is not None:
            found.append((one, known, False))
            continue
        case = _case(one, person, alias, kept, by, now)
        standing.setdefault(person.pk, []).append(case)
        made.append((one, case))
        found.append((one, case, True))
    _keep(made, by, now)
    yield from found


def _people(planned: Sequence[Planned], reporter: str, now: datetime) -> tuple[list[Person], list[UUID]]:
    sightings = [
        Sighting(_identity(one), alias_of(_identity(one)), (one.row.unit, reporter)) for one in planned
    ]
    people = link_many(sightings, now=now)
    narrow = [narrow_alias(one.identity, one.alias) for one in sightings]
    wanted = {one.alias for one in sightings} | {one for one in narrow if one}
    owners = dict(Alias.objects.filter(alias__in=wanted).values_list("alias", "person"))
    aliases = [
        other
        if other and owners.get(one.alias) != person.pk and owners.get(other) == person.pk
        else one.alias
        for one, other, person in zip(sightings, narrow, people, strict=True)
    ]
    return people, aliases


def _identity(one: Planned) -> Any:
    assert one.row.identity is not None
    return one.row.identity


def _standing(people: Sequence[Person], disease: Disease) -> dict[UUID, list[Case]]:
    ids = {person.pk for person in people}
    owners = dict(Alias.objects.filter(person__in=ids).values_list("alias", "person"))
    rows = Case.objects.filter(disease=disease.code, merged_into=None)
    found: dict[UUID, list[Case]] = {}
    for case in rows.filter(person__in=ids) | rows.filter(alias__in=owners):
        found.setdefault(case.person if case.person in ids else owners[case.alias], []).append(case)
    return found


def _case(one: Planned, person: Person, alias: UUID, kept: LineListImport, by: Any, now: datetime) -> Case:
    row = one.row
    return Case(
        disease=kept.disease, national_code=row.values["national_code"], person=person.pk, alias=alias, name=person.name,
        folded=fold(person.name), birth_year=int(person.birth[:4]) if person.birth else None, sex=person.sex,
        unit=row.unit, reported_by=kept.unit, reported_on=row.values["reported_on"], onset=row.values["onset"],
        sampled_on=row.values["sampled_on"], confirmed_on=row.values["confirmed_on"],
        outcome_on=row.values["outcome_on"], detection=row.values["detection"], infection=row.values["infection"],
        outcome=row.values["outcome"], unusual=" ".join(sorted(found.key for found in row.findings)), answers="",
        form=named(form_for(kept.disease, row.values["reported_on"])), made_by=by.pk, made_at=now, updated_at=now,
    )  # fmt: skip


def _keep(made: Sequence[tuple[Planned, Case]], by: Any, now: datetime) -> None:
    _number([case for _one, case in made])
    samples = [sample for one, case in made if (sample := _sample(one, case, by, now)) is not None]
    by_year: dict[int, list[Sample]] = {}
    for sample in samples:
        by_year.setdefault(local_day(sample.taken_at).year, []).append(sample)
    for some in by_year.values():
        for sample, code in zip(some, sample_codes(local_day(some[0].taken_at), len(some)), strict=True):
            sample.code = code
    results = {sample.case_id: {sample.kind: sample.result} for sample in samples}
    _sources(made)
    for one, case in made:
        _judge(one, case, results.get(case.pk, {}), now)
    stays = _stays(made, by)
    Case.objects.bulk_create([case for _one, case in made])
    Stay.objects.bulk_create(stays)
    Sample.objects.bulk_create(samples)
    record_rows([*_events(made, by, now), *_sample_events(samples, by, now)])
    fresh = [case for _one, case in made if case.reported_on >= local_day(now) - FRESH]
    work.to_investigate_all([(case, disease_at(case.disease, case.reported_on)) for case in fresh], now)


def _sources(made: Sequence[tuple[Planned, Case]]) -> None:
    """Whom each was caught from, by the code that the list gives; in the list itself too."""
    codes = {one.row.source for one, _case in made if one.row.source}
    known = {case.national_code: case.pk for _one, case in made if case.national_code}
    rows = Case.objects.filter(Q(code__in=codes) | Q(national_code__in=codes), merged_into=None)
    for pk, code, national in rows.values_list("pk", "code", "national_code"):
        known |= {code: pk, **({national: pk} if national else {})}
    for one, case in made:
        source = known.get(one.row.source)
        case.source_case = source if source != case.pk else None


def _stays(made: Sequence[tuple[Planned, Case]], by: Any) -> list[Stay]:
    """Where the list says that someone is treated, if the directory has one place of that name."""
    names = {fold(one.row.facility): one.row.facility for one, _case in made if one.row.facility}
    found: dict[str, list[UUID]] = {}
    for name, pk in Place.objects.filter(folded__in=names, kind__in=TREATS).values_list("folded", "pk"):
        found.setdefault(name, []).append(pk)
    stays = []
    for one, case in made:
        places = found.get(fold(one.row.facility), []) if one.row.facility else []
        if len(places) == 1:
            ended = bool(case.outcome and case.outcome_on)
            case.facility = None if ended else places[0]
            start = day_bounds(case.confirmed_on or case.sampled_on or case.reported_on)[0]
            to_at = max(start, day_bounds(case.outcome_on)[0]) if ended and case.outcome_on else None
            stays.append(Stay(case=case, place=places[0], from_at=start, to_at=to_at, made_by=by.pk))
    return stays


def _number(cases: Sequence[Case]) -> None:
    by_year: dict[int, list[Case]] = {}
    for case in cases:
        by_year.setdefault(case.reported_on.year, []).append(case)
    for some in by_year.values():
        codes = case_codes(some[0].disease, some[0].reported_on, len(some))
        for case, code in zip(some, codes, strict=True):
            case.code = code


def _sample(one: Planned, case: Case, by: Any, now: datetime) -> Sample | None:
    """A result that the list states. It knows days, not hours: the start of each."""
    row = one.row
    taken = row.values["sampled_on"] or row.values["confirmed_on"]
    if not row.result or taken is None:
        return None
    start, resulted = day_bounds(taken)[0], day_bounds(row.values["confirmed_on"] or taken)[0]
    return Sample(
        disease=case.disease, kind=row.kind, person=case.person, alias=case.alias, case=case, unit=case.unit, taken_at=start,
        received_at=start, result=row.result, resulted_at=max(start, resulted), ct=row.ct, made_by=by.pk, made_at=now,
    )  # fmt: skip


def _judge(one: Planned, case: Case, results: dict[str, str], now: datetime) -> None:
    """By the rules; the list's own classification stands as the reporter's word where they say something else."""
    try:
        disease = disease_at(case.disease, case.reported_on)
    except InvalidInput:
        case.classification = one.row.classification or Case.Classification.NOT_CLASSIFIED
        return
    found = disease.classify(context_of(case, results, local_day(now)))
    case.reasons, case.definition, case.classification = _ids(found), found.version, found.result
    if one.row.classification and one.row.classification != found.result:
        case.overridden = case.classification = one.row.classification
        case.override_reason = str(_("Theo danh sách nhập"))


def _events(made: Sequence[tuple[Planned, Case]], by: Any, now: datetime) -> Iterator[EventRow]:
    for _one, case in made:
        data = {"disease": case.disease, "detection": case.detection}
        yield event_row(
            "case.opened",
            now=now,
            actor=by.pk,
            subject_kind="case",
            subject=case.pk,
            unit=case.unit,
            data=data,
        )
        if case.classification != Case.Classification.NOT_CLASSIFIED:
            told = {"from": "not_classified", "to": case.classification, "disease": case.disease}
            yield event_row(
                "case.classified",
                now=now,
                actor=by.pk,
                subject_kind="case",
                subject=case.pk,
                unit=case.unit,
                data=told,
            )


def _sample_events(samples: Sequence[Sample], by: Any, now: datetime) -> Iterator[EventRow]:
    for sample in samples:
        data = {"result": sample.result, "kind": sample.kind, "disease": sample.disease}
        yield event_row(
            "sample.resulted",
            now=now,
            actor=by.pk,
            subject_kind="sample",
            subject=sample.pk,
            unit=sample.unit,
            data=data,
        )
