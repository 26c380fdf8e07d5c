"""Writing prepared declarations into the open transaction: the intake's rows, by the hundred."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db.models import Model

from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import DECLARATION_COLUMNS, ENTRY_COLUMNS, Prepared
from lachan.registry.audit.models import Event, PendingSeal
from lachan.registry.audit.rows import EVENT_COLUMNS, PENDING_COLUMNS

GROUP = 200
TABLES: tuple[tuple[type[Model], tuple[str, ...]], ...] = (
    (Declaration, DECLARATION_COLUMNS),
    (Entry, ENTRY_COLUMNS),
    (Event, EVENT_COLUMNS),
    (PendingSeal, PENDING_COLUMNS),
)


def write(made: Sequence[Prepared]) -> None:
    """The four rows of each, in the caller's transaction."""
    for at, (model, columns) in enumerate(TABLES):
        objects: list[Any] = [model(**dict(zip(columns, one.rows[at], strict=True))) for one in made]
        model._default_manager.bulk_create(objects, batch_size=GROUP)
