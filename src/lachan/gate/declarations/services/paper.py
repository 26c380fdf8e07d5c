"""Paper forms: printed with a serial, keyed in twice by different people, and only then a declaration."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.db import transaction

from lachan.gate.declarations.models import PaperForm
from lachan.gate.declarations.prepare import Answer, Submission
from lachan.gate.declarations.services.submit import submit
from lachan.kernel.clock import local_day, ms_at
from lachan.kernel.ids import short_code, uuid7
from lachan.kernel.questionnaire import form_at
from lachan.registry.audit import services as audit
from lachan.registry.places.models import Place

MOST_A_BATCH = 200
VOID_REASONS = ("lost", "spoiled", "illegible", "incomplete", "test", "other")
OPEN = (PaperForm.Status.PRINTED, PaperForm.Status.KEYED_ONCE)


class PaperRefused(ValueError):
    """`code`: paper_count, paper_same_keyer, paper_closed, paper_not_different, paper_own_keying,
    paper_not_keyer, paper_reason, paper_future."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Keyed:
    """What one person read from the paper: raw answers by linkId, and when it was filled in."""

    answers: dict[str, Any]
    at: datetime

    def text(self) -> str:
        return json.dumps(
            {"answers": self.answers, "at": self.at.isoformat()}, ensure_ascii=False, sort_keys=True
        )

    @classmethod
    def of(cls, text: str) -> Keyed:
        read = json.loads(text)
        return cls(read["answers"], datetime.fromisoformat(read["at"]))


@transaction.atomic
def print_batch(form: str, unit: str, place: UUID | None, count: int, *, by: Any, now: datetime) -> UUID:
    """Make serials for a batch of blank forms; returns the batch. Raises PaperRefused, InvalidInput for the form."""
    if not 1 <= count <= MOST_A_BATCH:
        raise PaperRefused("paper_count")
    form_at(form, local_day(now))
    batch = uuid7(ms_at(now))
    ids = [uuid7(ms_at(now)) for _ in range(count)]
    PaperForm.objects.bulk_create(
        PaperForm(
            id=one, serial=short_code(one), batch=batch, form=form, unit=unit, place=place, created_at=now
        )
        for one in ids
    )
    data = {"count": count, "form": form}
    audit.record(
        "paper.printed", actor=by, subject_kind="paper", subject=batch, unit=unit, data=data, now=now
    )
    return batch


@transaction.atomic
def key(pk: UUID, keyed: Keyed, *, by: Any, now: datetime) -> tuple[PaperForm, Answer | None]:
    """Take the first or the second keying. The second, when it says the same, makes the declaration.

    Raises PaperRefused; Refused and Conflict as submit does, with nothing kept of this keying.
    """
    row = PaperForm.objects.select_for_update().get(pk=pk)
    if keyed.at > now:
        raise PaperRefused("paper_future")
    if row.status not in OPEN:
        raise PaperRefused("paper_closed")
    if row.status == PaperForm.Status.PRINTED:
        row.first, row.first_by, row.status = keyed.text(), by.pk, PaperForm.Status.KEYED_ONCE
        _saved(row, "paper.keyed", by, now, {"time": 1})
        return row, None
    if row.first_by == by.pk:
        raise PaperRefused("paper_same_keyer")
    row.second, row.second_by = keyed.text(), by.pk
    if differences(row):
        row.status = PaperForm.Status.DIFFERENT
        _saved(row, "paper.different", by, now, {"fields": len(differences(row))})
        return row, None
    return _finish(row, keyed, by, now)


@transaction.atomic
def resolve(
    pk: UUID, choices: Mapping[str, Literal["first", "second"]], *, by: Any, now: datetime
) -> tuple[PaperForm, Answer]:
    """Settle what differs, field by field; what isn't chosen is taken from the first keying.

    Only a third person may: one of the two would be checked by nobody. They can key their own reading again.
    """
    row = _different(pk)
    if by.pk in keyers(row):
        raise PaperRefused("paper_own_keying")
    first, second = Keyed.of(row.first), Keyed.of(row.second)
    answers = dict(first.answers)
    for field in differences(row):
        if choices.get(field) == "second":
            answers.pop(field, None)
            if field in second.answers:
                answers[field] = second.answers[field]
    at = second.at if choices.get(TIME) == "second" else first.at
    done, answer = _finish(row, Keyed(answers, at), by, now)
    return done, answer


def keyers(row: PaperForm) -> frozenset[UUID]:
    """Whose two readings stand on the form."""
    return frozenset(one for one in (row.first_by, row.second_by) if one)


def _different(pk: UUID) -> PaperForm:
    row = PaperForm.objects.select_for_update().get(pk=pk)
    if row.status != PaperForm.Status.DIFFERENT:
        raise PaperRefused("paper_not_different")
    return row


@transaction.atomic
def key_own_again(pk: UUID, *, by: Any, now: datetime) -> PaperForm:
    """Drop one's own keying and leave the other's standing, unseen, as the first; the next keying is compared with it."""
    row = _different(pk)
    if by.pk not in keyers(row):
        raise PaperRefused("paper_not_keyer")
    time = 1 if row.first_by == by.pk else 2
    if time == 1:
        row.first, row.first_by = row.second, row.second_by
    row.second, row.second_by = b"", None
    row.status = PaperForm.Status.KEYED_ONCE
    _saved(row, "paper.own_again", by, now, {"time": time})
    return row


@transaction.atomic
def key_again(pk: UUID, *, by: Any, now: datetime) -> PaperForm:
    """Drop both keyings: neither can be trusted."""
    row = _different(pk)
    row.first = row.second = b""
    row.first_by = row.second_by = None
    row.status = PaperForm.Status.PRINTED
    _saved(row, "paper.again", by, now, {})
    return row


@transaction.atomic
def void(pk: UUID, reason: str, *, by: Any, now: datetime) -> PaperForm:
    """A form that nobody will key in: lost, spoiled, illegible… What was keyed of it is dropped."""
    row = PaperForm.objects.select_for_update().get(pk=pk)
    if reason not in VOID_REASONS:
        raise PaperRefused("paper_reason")
    if row.status in (PaperForm.Status.DONE, PaperForm.Status.VOID):
        raise PaperRefused("paper_closed")
    row.status, row.first, row.second = PaperForm.Status.VOID, b"", b""
    _saved(row, "paper.void", by, now, {"reason": reason})
    return row


TIME = "_at"
"""The name under which the time of filling in is compared."""


def differences(row: PaperForm) -> list[str]:
    """linkIds (and TIME) in which the two keyings differ, after cleaning, in order of the form."""
    first, second = Keyed.of(row.first), Keyed.of(row.second)
    form = form_at(row.form, local_day(first.at))
    clean = form.compile()
    one, two = (clean(keyed.answers, local_day(keyed.at)).answers for keyed in (first, second))
    found = [TIME] if first.at != second.at else []
    return found + [
        item.link_id for item in form.questions() if one.get(item.link_id) != two.get(item.link_id)
    ]


def _finish(row: PaperForm, keyed: Keyed, by: Any, now: datetime) -> tuple[PaperForm, Answer]:
    """The form's own id is the declaration's, so that it can become one only once. What was keyed isn't kept twice."""
    place = Place.objects.filter(pk=row.place).values_list("code", flat=True).first() if row.place else ""
    submission = Submission(
        id=row.id,
        form=row.form,
        place=place or "",
        answers=keyed.answers,
        occurred_at=keyed.at,
        channel="paper",
    )
    answer = submit(submission, now, by)
    row.status, row.declaration = PaperForm.Status.DONE, row.id
    row.first, row.second = b"", b""
    _saved(row, "paper.done", by, now, {})
    return row, answer


def _saved(row: PaperForm, kind: str, by: Any, now: datetime, data: dict[str, Any]) -> None:
    row.save()
    audit.record(kind, actor=by, subject_kind="paper", subject=row.id, unit=row.unit, data=data, now=now)
