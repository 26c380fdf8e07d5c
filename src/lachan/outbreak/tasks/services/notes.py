"""What is told of every step: a row beside the task, and an event."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.kernel.text import clean_text
from lachan.outbreak.tasks.models import Task, TaskNote
from lachan.registry.audit import services as audit

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
