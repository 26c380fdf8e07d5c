"""Samples and their results. A positive one opens the case, or finds it, and the case is judged again."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.outbreak.cases import dates, work
from lachan.outbreak.cases.laboratory import LabTerms
from lachan.outbreak.cases.models import Case, Pool, Sample
from lachan.outbreak.cases.selectors.episodes import episode_of
from lachan.outbreak.cases.services.changing import birth_of
from lachan.outbreak.cases.services.codes import pool_code, sample_codes
from lachan.outbreak.cases.services.judge import disease_at, reclassify
from lachan.outbreak.cases.services.opening import CaseDraft, CaseExists, open_case, whose
from lachan.outbreak.cases.services.told import tell_sample
from lachan.registry.audit.services import record
from lachan.registry.people.services import Identity
from lachan.registry.units import selectors as units

AHEAD = timedelta(minutes=10)
MOST_CT = Decimal(50)
POOL = "pool"
"""Of a sample's reason: its pool was positive, so it needs one of its own."""


@dataclass(frozen=True, slots=True)
class Taking:
    """A sample about to be taken. `unit`: whose work it is, the commune where the person lives."""

    disease: str
    kind: str
    unit: str
    taken_at: datetime
    identity: Identity | None = None
    person: UUID | None = None
    alias: UUID | None = None
    case: UUID | None = None
    order: UUID | None = None
    reason: str = ""
    lab: str = ""
    note: str = ""


def take_sample(taking: Taking, *, by: Any, now: datetime) -> Sample:
    """Raises InvalidInput with its field. The code is for the tube's label."""
    day = local_day(taking.taken_at)
    disease_at(taking.disease, day)
    if taking.kind not in Sample.Kind.values:
        raise InvalidInput("not_choice", field="kind")
    if taking.taken_at > now + AHEAD:
        raise InvalidInput("date_in_future", field="taken_at")
    if units.by_path(taking.unit) is None:
        raise InvalidInput("case_unit", field="unit")
    with transaction.atomic():
        case = Case.objects.get(pk=taking.case) if taking.case else None
        sample = _row(taking, case, by, now)
        sample.code = sample_codes(day)[0]
        sample.save(force_insert=True)
        data = {"kind": sample.kind, "disease": sample.disease}
        tell_sample("sample.taken", sample, data, by=by, now=now)
        work.sampled_alone(sample, by=by, now=now)
    return sample


def _row(taking: Taking, case: Case | None, by: Any, now: datetime) -> Sample:
    if case is not None:
        person, alias = case.person, case.alias
    else:
        draft = CaseDraft(
            taking.disease,
            taking.unit,
            taking.unit,
            local_day(now),
            taking.identity,
            taking.person,
            taking.alias,
        )
        found, alias = whose(draft, now)
        person = found.pk
    return Sample(
        disease=taking.disease, kind=taking.kind, person=person, alias=alias, case=case, order=taking.order,
        unit=taking.unit, reason=taking.reason, lab=clean_line(taking.lab, 120), taken_at=taking.taken_at,
        note=clean_line(taking.note, 200), made_by=getattr(by, "pk", None), made_at=now,
    )  # fmt: skip


def receive(samples: Sequence[Sample], *, lab: str, by: Any, now: datetime) -> int:
    """The laboratory has them. Those that it had already aren't touched. Returns how many."""
    with transaction.atomic():
        waiting = Sample.objects.filter(pk__in=[one.pk for one in samples], received_at=None, result="")
        rows = list(waiting.select_for_update())
        Sample.objects.filter(pk__in=[row.pk for row in rows]).update(
            received_at=now, lab=clean_line(lab, 120)
        )
        for row in rows:
            tell_sample("sample.received", row, by=by, now=now)
    return len(rows)


def record_result(
    sample: Sample, result: str, resulted_at: datetime, ct: Decimal | None = None, *, by: Any, now: datetime
) -> Sample:
    """The result of a sample. The same one again changes nothing; another one corrects it, and the case is judged anew.

    Raises InvalidInput with its field: `result`, `resulted_at`, `ct`.
    """
    _check_result(sample, result, resulted_at, ct, now)
    with transaction.atomic():
        sample = Sample.objects.select_for_update().get(pk=sample.pk)
        if (sample.result, sample.ct) == (result, ct):
            return sample
        sample.result, sample.resulted_at, sample.ct = result, resulted_at, ct
        sample.received_at = sample.received_at or min(resulted_at, now)
        sample.save(update_fields=["result", "resulted_at", "ct", "received_at"])
        data = {"result": result, "kind": sample.kind, "disease": sample.disease}
        tell_sample("sample.resulted", sample, data, by=by, now=now)
        _to_case(sample, by, now)
    return sample


def _check_result(
    sample: Sample, result: str, resulted_at: datetime, ct: Decimal | None, now: datetime
) -> None:
    if result not in Sample.Result.values or not result:
        raise InvalidInput("not_choice", field="result")
    if resulted_at > now + AHEAD:
        raise InvalidInput("date_in_future", field="resulted_at")
    if resulted_at < sample.taken_at:
        raise InvalidInput("result_before_taken", field="resulted_at")
    if ct is not None and not (ct.is_finite() and 0 < ct <= MOST_CT):
        raise InvalidInput("out_of_range", {"min": 1, "max": int(MOST_CT)}, field="ct")


def _to_case(sample: Sample, by: Any, now: datetime) -> None:
    """The case that the result belongs to is judged; a positive one finds its case or opens it."""
    if sample.case_id is None:
        found = _existing(sample)
        if found is None and sample.result == Sample.Result.POSITIVE:
            found = _opened(sample, by, now)
        if found is None:
            return
        sample.case = found
        sample.save(update_fields=["case"])
    assert sample.case is not None
    case = Case.objects.select_for_update().get(pk=sample.case.pk)
    _first_positive(case, now)
    reclassify(case, now=now, by=by)
    sample.case = Case.objects.get(pk=case.pk)


def _existing(sample: Sample) -> Case | None:
    day = local_day(sample.taken_at)
    return episode_of(sample.person, disease_at(sample.disease, day), day)


def _opened(sample: Sample, by: Any, now: datetime) -> Case:
    """Reported on the day of the result; its dates and place of detection are for the investigation."""
    taken, resulted = local_day(sample.taken_at), local_day(sample.resulted_at or now)
    draft = CaseDraft(
        sample.disease, sample.unit, sample.unit, resulted, person=sample.person, alias=sample.alias,
        detection=sample.reason if sample.reason in Case.Detection.values else "",
        dates={"sampled_on": taken, "confirmed_on": resulted},
        confirmed_unusual=("confirmed_on.result_late",),
    )  # fmt: skip
    try:
        return open_case(draft, by=by, now=now, sample=sample)
    except CaseExists as error:
        return error.case


def _first_positive(case: Case, now: datetime) -> None:
    """Days of the first positive sample and result, where nobody has entered any. Odd ones stay as unusual."""
    first = Sample.objects.filter(case=case, result=Sample.Result.POSITIVE).order_by("taken_at", "id").first()
    if first is None or first.resulted_at is None or (case.sampled_on and case.confirmed_on):
        return
    case.sampled_on = case.sampled_on or local_day(first.taken_at)
    case.confirmed_on = case.confirmed_on or local_day(first.resulted_at)
    disease = disease_at(case.disease, case.reported_on)
    values = {name: getattr(case, name) for name in dates.FIELDS}
    found = dates.of(values, birth_of(case), local_day(now), disease.incubation)
    case.unusual, case.updated_at = " ".join(sorted({one.key for one in found})), now
    case.save(update_fields=["sampled_on", "confirmed_on", "unusual", "updated_at"])


def make_pool(samples: Sequence[Sample], *, lab: str = "", by: Any, now: datetime) -> Pool:
    """Samples to be tested as one: of one disease, waiting, in no pool yet. Raises InvalidInput."""
    day = local_day(now)
    with transaction.atomic():
        rows = list(Sample.objects.select_for_update().filter(pk__in=[one.pk for one in samples]))
        _check_pool(rows, len(samples), day)
        pool = Pool.objects.create(
            disease=rows[0].disease, code=pool_code(day), unit=_common([row.unit for row in rows]),
            lab=clean_line(lab, 120), made_by=getattr(by, "pk", None), made_at=now,
        )  # fmt: skip
        Sample.objects.filter(pk__in=[row.pk for row in rows]).update(pool=pool)
        _tell_pool("pool.made", pool, {"samples": len(rows)}, by, now)
    return pool


def _check_pool(rows: Sequence[Sample], asked: int, day: date) -> None:
    most = LabTerms.at(day).pool_most
    if len(rows) != asked or len(rows) < 2:
        raise InvalidInput("pool_few", field="samples")
    if len(rows) > most:
        raise InvalidInput("too_many", {"max": most}, field="samples")
    if len({(row.disease, row.kind) for row in rows}) > 1:
        raise InvalidInput("pool_mixed", field="samples")
    if any(row.pool_id or row.result for row in rows):
        raise InvalidInput("pool_taken", field="samples")


def _common(paths: Sequence[str]) -> str:
    """The lowest unit above all of them, so that whoever sees one sample of a district's pool sees the pool."""
    parts = [path.strip("/").split("/") for path in paths]
    shared = [level[0] for level in zip(*parts, strict=False) if len(set(level)) == 1]
    return "/".join(shared) + "/" if shared else ""


def record_pool(pool: Pool, result: str, resulted_at: datetime, *, by: Any, now: datetime) -> Pool:
    """A negative pool is the result of each of its samples. A positive one says nothing of any: each member stands as
    unclear, and needs a sample of its own (`selectors.lab.single_needed`)."""
    if result not in (
        Sample.Result.POSITIVE,
        Sample.Result.NEGATIVE,
        Sample.Result.UNCLEAR,
        Sample.Result.REJECTED,
    ):
        raise InvalidInput("not_choice", field="result")
    with transaction.atomic():
        pool = Pool.objects.select_for_update().get(pk=pool.pk)
        if pool.result:
            raise InvalidInput("pool_resulted", field="result")
        members = list(pool.samples.select_for_update().order_by("id"))
        own = Sample.Result.UNCLEAR if result == Sample.Result.POSITIVE else result
        for member in members:
            if not member.result:
                record_result(member, own, max(resulted_at, member.taken_at), by=by, now=now)
        pool.result, pool.resulted_at = result, resulted_at
        pool.save(update_fields=["result", "resulted_at"])
        if result == Sample.Result.POSITIVE:
            terms = LabTerms.at(local_day(now))
            for member in members:
                work.to_sample_alone(member, terms, now)
        _tell_pool("pool.resulted", pool, {"result": result, "samples": len(members)}, by, now)
    return pool


def _tell_pool(kind: str, pool: Pool, data: dict[str, Any], by: Any, now: datetime) -> None:
    record(kind, actor=by, subject_kind="pool", subject=pool.pk, unit=pool.unit, data=data, now=now)
