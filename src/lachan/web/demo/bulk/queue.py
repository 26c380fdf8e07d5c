"""The follow-up rows of a loaded province: what is older than two days is closed, the rest waits."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import numpy as np
from django.conf import settings

from lachan.gate.declarations.models import FollowUp, Result
from lachan.gate.declarations.services.follow_up import DUE
from lachan.kernel.clock import ms_at
from lachan.web.demo.bulk import tables
from lachan.web.demo.bulk.ids import uuid7s
from lachan.web.demo.bulk.tables import Row

TABLE = "declarations_followup"
COLUMNS = (
    "id", "declaration", "entry", "kind", "unit", "status", "open", "result", "assigned_to", "due_at", "created_at",
    "updated_at",
)  # fmt: skip
WAITS = timedelta(days=2)


def write(rng: np.random.Generator, some: list[tuple[Row, Row]], until: datetime) -> int:
    """A row for each flagged declaration, where `consumers.follow_up` would put it. Returns how many."""
    flagged = [(declaration, entry) for declaration, entry in some if entry[13] > 0 and _home(entry)]
    if not flagged:
        return 0
    moments = [datetime.fromisoformat(entry[17]).replace(tzinfo=UTC) for _, entry in flagged]
    ids = uuid7s(rng, np.array([ms_at(moment) for moment in moments]))
    rows = [
        _row(id, declaration, entry, moment, until)
        for id, (declaration, entry), moment in zip(ids, flagged, moments, strict=True)
    ]
    tables.insert(TABLE, COLUMNS, rows)
    return len(rows)


def _home(entry: Row) -> str:
    """The first unit of the province among residence, where it was declared, and destination."""
    sides = (entry[9], entry[10], entry[11])
    return next((path for path in sides if path.startswith(f"{settings.PROVINCE}/")), "")


def _row(id: str, declaration: Row, entry: Row, moment: datetime, until: datetime) -> Row:
    waits = moment > until - WAITS
    status = FollowUp.Status.WAITING if waits else FollowUp.Status.CLOSED
    due = str((moment + DUE[Result(entry[13])]).replace(tzinfo=None))
    return (
        id, declaration[0], entry[0], FollowUp.Kind.FLAGGED.value, _home(entry), status.value, waits, entry[13], None, due,
        entry[17], entry[17],
    )  # fmt: skip
