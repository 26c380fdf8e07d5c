"""What is told of every step: a row beside the task, and an event."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.kernel.text import clean_text
from lachan.outbreak.tasks.models import Task, TaskNote
from lachan.registry.audit import services as audit
from lachan.registry.audit.rows import event_row

MOST_TEXT = 500


def tell(
    task: Task,
    what: str,
    *,
    by: Any,
    now: datetime,
    text: str = "",
    from_user: UUID | None = None,
    to_user: UUID | None = None,
    **data: Any,
) -> TaskNote:
    """One step. The words stay in the row, sealed; the event holds none of them."""
    row = TaskNote.objects.create(
        task=task,
        what=what,
        text=clean_text(text, MOST_TEXT) if text.strip() else "",
        from_user=from_user,
        to_user=to_user,
        made_by=getattr(by, "pk", None),
        made_at=now,
    )
    told = {"kind": task.kind, **({"to": str(to_user)} if to_user else {}), **data}
    audit.record(
        f"task.{what}", actor=by, subject_kind="task", subject=task.pk, unit=task.unit, data=told, now=now
    )
    return row


def tell_opened(tasks: Sequence[Task], *, now: datetime) -> None:
    """That these were opened, as `tell` would say it of each."""
    TaskNote.objects.bulk_create(
        TaskNote(task=task, what="opened", text="", to_user=task.assignee, made_at=now) for task in tasks
    )
    audit.record_rows(
        event_row(
            "task.opened", now=now, subject_kind="task", subject=task.pk, unit=task.unit,
            data={"kind": task.kind, **({"to": str(task.assignee)} if task.assignee else {})},
        )
        for task in tasks
    )  # fmt: skip
