"""One declaration through Django: the rows that the intake writes, written in one transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from lachan.gate.declarations import prepare as middle
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import (
    DECLARATION_COLUMNS,
    ENTRY_COLUMNS,
    PUBLIC_CHANNELS,
    Answer,
    FieldError,
    Prepared,
    Refused,
    Submission,
    World,
)
from lachan.gate.declarations.selectors import snapshot
from lachan.registry.audit.models import Event, PendingSeal


class Conflict(ValueError):
    """The id was used for another declaration. `code`: conflict."""

    code = "conflict"


def submit(
    submission: Submission, now: datetime, by: Any | None = None, *, world: World | None = None
) -> Answer:
    """Record a declaration and answer it. The same id with the same content gets the same answer again.

    `by`: the account that declares for someone; only then may the channel be staff or paper.
    Raises Refused naming every wrong field, or Conflict when the id stands for something else.
    """
    if by is None and submission.channel not in PUBLIC_CHANNELS:
        raise Refused([FieldError("channel", "not_an_option")], submission.lang)
    world = world or snapshot.world(now)
    prepared = middle.prepare(submission, world, now, by.pk if by is not None else None)
    earlier = Declaration.objects.filter(pk=submission.id).first()
    if earlier is None:
        try:
            with transaction.atomic():
                _insert(prepared)
            return prepared.answer
        except IntegrityError:  # the same phone sent it twice at once
            earlier = Declaration.objects.get(pk=submission.id)
    if bytes(earlier.digest) != prepared.digest:
        raise Conflict
    return middle.answer_again(prepared, submission, world, earlier.result, earlier.recorded_at)


def _insert(prepared: Prepared) -> None:
    declaration = dict(zip(DECLARATION_COLUMNS, prepared.declaration, strict=True))
    entry = dict(zip(ENTRY_COLUMNS, prepared.entry, strict=True))
    Declaration(**declaration).save(force_insert=True)
    Entry(**entry).save(force_insert=True)
    Event(**prepared.event._asdict()).save(force_insert=True)
    PendingSeal(event=prepared.event.id).save(force_insert=True)
