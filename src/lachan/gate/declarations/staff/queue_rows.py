"""Follow-ups as the queue and a declaration's page show them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from lachan.base.http import Request
from lachan.gate.declarations.models import Entry, FollowUp, FollowUpNote
from lachan.gate.declarations.selectors import history
from lachan.gate.declarations.selectors.queue import attach_entries
from lachan.gate.declarations.services.erase import erased
from lachan.gate.declarations.services.follow_up import ALLOWED
from lachan.gate.declarations.staff import present, span

WORDS = dict(FollowUp.Status.choices)


@dataclass(frozen=True, slots=True)
class Noted:
    """One note that stands."""

    status: Any
    text: str
    by: str
    at: Any


@dataclass(frozen=True, slots=True)
class QueueRow:
    """`statuses`: what may be recorded. `mine`: whether the last note is the reader's own, to be undone. `waited`, `late`:
    since it was declared, and beyond its term, in words; empty once it is done. `may_open`: the declaration itself."""

    row: FollowUp
    entry: Entry | None
    shown: present.Row | None
    unit: str
    assigned: str
    overdue: bool
    waited: str
    late: str
    statuses: tuple[tuple[str, Any], ...]
    notes: tuple[Noted, ...]
    mine: bool
    may_work: bool
    may_open: bool


def of(rows: Sequence[FollowUp], request: Request) -> list[QueueRow]:
    """Rows with everything a page shows of them, each table asked once."""
    attach_entries(list(rows))
    entries = [row.item for row in rows if row.item]  # type: ignore[attr-defined]
    shown = {made.entry.id: made for made in present.rows(entries, [])}
    notes = _notes(rows)
    names = history.names_of(
        [row.assigned_to for row in rows] + [note.made_by for some in notes.values() for note in some]
    )
    return [_one(row, shown, notes.get(row.id, []), names, request) for row in rows]


def _notes(rows: Sequence[FollowUp]) -> dict[Any, list[FollowUpNote]]:
    found: dict[Any, list[FollowUpNote]] = {}
    standing = FollowUpNote.objects.filter(follow_up__in=[row.id for row in rows], undone_at=None)
    for note in standing.order_by("-id"):
        found.setdefault(note.follow_up_id, []).append(note)
    return found


def _one(
    row: FollowUp,
    shown: dict[Any, present.Row],
    notes: list[FollowUpNote],
    names: dict[Any, str],
    request: Request,
) -> QueueRow:
    entry, now = row.item, request.clock.now()  # type: ignore[attr-defined]
    overdue = row.open and row.due_at < now
    return QueueRow(
        row=row,
        entry=entry,
        shown=shown.get(entry.id) if entry else None,
        unit=present.near(row.unit),
        assigned=names.get(row.assigned_to, ""),
        overdue=overdue,
        waited=span.words(now - (entry.recorded_at if entry else row.created_at)) if row.open else "",
        late=span.words(now - row.due_at) if overdue else "",
        statuses=tuple((status, WORDS[status]) for status in ALLOWED[FollowUp.Kind(row.kind)]),
        notes=tuple(
            Noted(WORDS.get(note.status, note.status), note.text, names.get(note.made_by, ""), note.made_at)
            for note in notes
        ),
        mine=bool(notes) and notes[0].made_by == request.user.pk,
        may_work=request.scope("follow_up.work").covers(row.unit) and not (entry and erased(entry)),
        may_open=entry is not None
        and request.scope("declarations.view").covers_any(entry.residence, entry.declared, entry.destination),
    )
