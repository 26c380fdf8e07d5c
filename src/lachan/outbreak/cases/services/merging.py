"""Two rows of one illness, joined, and parted again exactly as they were."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.outbreak.cases import work
from lachan.outbreak.cases.models import Case, CaseMerge, Sample, Stay
from lachan.outbreak.cases.services.judge import disease_at, reclassify
from lachan.outbreak.cases.services.told import tell
from lachan.registry.people import services as people
from lachan.registry.people.models import Merge, Person

MOST_REASON = 300
FILLED = (
    "national_code", "onset", "asymptomatic", "sampled_on", "confirmed_on", "detection", "infection", "source_case",
    "outcome", "outcome_on", "facility", "isolated_at", "officer", "answers",
)  # fmt: skip
"""What the kept row takes over where it says nothing itself."""
NOTHING = frozenset(FILLED) - {"national_code", "detection", "infection", "outcome", "answers"}
"""Of these, the columns whose nothing is None; the others' is ""."""


def merge(kept: Case, absorbed: Case, reason: str, by: Any, now: datetime) -> CaseMerge:
    """`absorbed` leaves the lists; its samples and stays go to `kept`, its sources of infection too. Exposures hang on
    pseudonyms and stay. Two records of one person are joined as well, and parted with the cases.

    Raises InvalidInput.
    """
    reason = _said(reason)
    with transaction.atomic():
        kept, absorbed = _locked(kept.pk, absorbed.pk)
        _check(kept, absorbed)
        moved = {**_move(kept, absorbed), **_join_people(kept, absorbed, reason, by, now)}
        moved["filled"] = _fill(kept, absorbed)
        absorbed.merged_into, absorbed.updated_at, kept.updated_at = kept.pk, now, now
        absorbed.save(update_fields=["merged_into", "updated_at"])
        kept.save()
        row = CaseMerge.objects.create(
            kept=kept.pk, absorbed=absorbed.pk, reason=reason, moved=moved, made_by=by.pk, made_at=now
        )
        work.not_to_investigate(absorbed, now=now)
        tell("case.merged", kept, {"absorbed": str(absorbed.pk)}, by=by, now=now)
        reclassify(kept, now=now, by=by)
    return row


def unmerge(row: CaseMerge, reason: str, by: Any, now: datetime) -> None:
    """Put back what the merge moved. Refused while `kept` has itself been absorbed since."""
    reason = _said(reason)
    with transaction.atomic():
        row = CaseMerge.objects.select_for_update().get(pk=row.pk)
        if row.undone_at is not None:
            raise InvalidInput("merge_undone")
        kept, absorbed = _locked(row.kept, row.absorbed)
        if kept.merged_into is not None or absorbed.merged_into != kept.pk:
            raise InvalidInput("case_merge_built_upon")
        _part_people(row, reason, by, now)
        _put_back(row, kept, absorbed)
        absorbed.merged_into, absorbed.updated_at, kept.updated_at = None, now, now
        absorbed.save(update_fields=["merged_into", "updated_at"])
        kept.save()
        row.undone_at, row.undone_by, row.undone_reason = now, by.pk, reason
        row.save(update_fields=["undone_at", "undone_by", "undone_reason"])
        tell("case.unmerged", kept, {"absorbed": str(absorbed.pk)}, by=by, now=now)
        for case in (kept, absorbed):
            reclassify(case, now=now, by=by)
        absorbed.refresh_from_db()
        work.to_investigate(absorbed, disease_at(absorbed.disease, absorbed.reported_on), now)


def _said(reason: str) -> str:
    reason = clean_line(reason, MOST_REASON)
    if not reason:
        raise InvalidInput("merge_reason", field="reason")
    return reason


def _locked(one: UUID, two: UUID) -> tuple[Case, Case]:
    """Both rows, always locked in one order."""
    rows = {row.pk: row for row in Case.objects.select_for_update().filter(pk__in=[one, two]).order_by("pk")}
    return rows[one], rows[two]


def _check(kept: Case, absorbed: Case) -> None:
    if kept.pk == absorbed.pk:
        raise InvalidInput("case_merge_same")
    if kept.disease != absorbed.disease:
        raise InvalidInput("case_merge_disease")
    if kept.merged_into is not None or absorbed.merged_into is not None:
        raise InvalidInput("case_merged")


def _move(kept: Case, absorbed: Case) -> dict[str, Any]:
    samples = list(Sample.objects.filter(case=absorbed).values_list("pk", flat=True))
    stays = list(Stay.objects.filter(case=absorbed).values_list("pk", flat=True))
    sources = list(
        Case.objects.filter(source_case=absorbed.pk).exclude(pk=kept.pk).values_list("pk", flat=True)
    )
    Sample.objects.filter(pk__in=samples).update(case=kept)
    Stay.objects.filter(pk__in=stays).update(case=kept)
    Case.objects.filter(pk__in=sources).update(source_case=kept.pk)
    return {"samples": _texts(samples), "stays": _texts(stays), "sources": _texts(sources)}


def _texts(ids: list[UUID]) -> list[str]:
    return [str(one) for one in ids]


def _fill(kept: Case, absorbed: Case) -> list[str]:
    """Names of the columns that `kept` took over; what it said before was nothing."""
    filled = []
    for name in FILLED:
        value = getattr(absorbed, name)
        if name == "source_case" and value == kept.pk:
            continue
        if getattr(kept, name) in (None, "", b"") and value not in (None, "", b""):
            setattr(kept, name, value)
            filled.append(name)
    return filled


def _join_people(kept: Case, absorbed: Case, reason: str, by: Any, now: datetime) -> dict[str, str]:
    one, two = _root(kept.person), _root(absorbed.person)
    if one is None or two is None or one.pk == two.pk:
        return {}
    return {"people": str(people.merge(one, two, reason=reason, by=by, now=now).pk)}


def _root(person: UUID) -> Person | None:
    found = Person.objects.filter(pk=person).first()
    while found is not None and found.merged_into is not None:
        found = found.merged_into
    return found


def _part_people(row: CaseMerge, reason: str, by: Any, now: datetime) -> None:
    """The records of the person part as well, unless somebody did that already."""
    joined = Merge.objects.filter(pk=row.moved.get("people"), undone_at=None).first()
    if joined is None:
        return
    try:
        people.unmerge(joined, reason=reason, by=by, now=now)
    except people.MergeRefused as error:
        raise InvalidInput(error.code) from error


def _put_back(row: CaseMerge, kept: Case, absorbed: Case) -> None:
    moved = row.moved
    Sample.objects.filter(pk__in=moved["samples"], case=kept).update(case=absorbed)
    Stay.objects.filter(pk__in=moved["stays"], case=kept).update(case=absorbed)
    Case.objects.filter(pk__in=moved["sources"], source_case=kept.pk).update(source_case=absorbed.pk)
    for name in moved["filled"]:
        if getattr(kept, name) == getattr(absorbed, name):
            setattr(kept, name, None if name in NOTHING else "")
