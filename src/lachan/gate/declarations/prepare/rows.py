"""The rows of one declaration in the order of the models' columns, and the same as SQLite stores them.

A test compares these columns with the models; the values are those that Django itself would write.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from lachan.gate.declarations.prepare.wire import Answer
from lachan.registry.audit.rows import (
    EVENT_COLUMNS,
    EVENT_TABLE,
    PENDING_COLUMNS,
    PENDING_TABLE,
    EventRow,
    sqlite_time,
)

DECLARATION_TABLE = "declarations_declaration"
DECLARATION_COLUMNS = (
    "id", "form", "version", "channel", "place", "unit", "alias", "phone_index", "period", "payload", "digest",
    "result", "reasons", "ruleset", "occurred_at", "recorded_at", "submitted_by",
)  # fmt: skip
ENTRY_TABLE = "declarations_entry"
ENTRY_COLUMNS = (
    "id", "declaration", "code", "form", "channel", "name", "folded", "birth_year", "alias", "residence", "declared",
    "destination", "place", "result", "reasons", "extra", "occurred_at", "recorded_at",
)  # fmt: skip
TABLES = (
    (DECLARATION_TABLE, DECLARATION_COLUMNS),
    (ENTRY_TABLE, ENTRY_COLUMNS),
    (EVENT_TABLE, EVENT_COLUMNS),
    (PENDING_TABLE, PENDING_COLUMNS),
)
"""Where the four rows of a declaration go, in the order in which they are written."""

Row = tuple[Any, ...]


@dataclass(slots=True)
class Prepared:
    """One declaration, ready to be written in one transaction. Rows hold UUID, datetime (UTC) and bytes."""

    id: UUID
    digest: bytes
    declaration: Row
    entry: Row
    event: EventRow
    answer: Answer

    @property
    def pending(self) -> Row:
        return (self.event.id,)

    @property
    def rows(self) -> tuple[Row, Row, Row, Row]:
        """In the order of TABLES."""
        return self.declaration, self.entry, self.event, (self.event.id,)


def for_sqlite(prepared: Prepared) -> tuple[Row, Row, Row, Row]:
    """The four rows with ids as 32 hexadecimal digits and times as text."""
    d, e = prepared.declaration, prepared.entry
    declaration_id, alias = prepared.id.hex, d[6].hex
    place = d[4].hex if d[4] else None
    recorded = sqlite_time(d[15])
    occurred = recorded if d[14] is d[15] else sqlite_time(d[14])
    phone, by = d[7], d[16]
    declaration = (
        declaration_id, d[1], d[2], d[3], place, d[5], alias, phone.hex if phone else None, d[8], d[9], d[10],
        d[11], d[12], d[13], occurred, recorded, by.hex if by else None,
    )  # fmt: skip
    entry = (
        e[0].hex, declaration_id, e[2], e[3], e[4], e[5], e[6], e[7], alias, e[9], e[10], e[11], place,
        e[13], e[14], e[15], occurred, recorded,
    )  # fmt: skip
    v, entry_id = prepared.event, entry[0]
    event = (
        entry_id if v.id is e[0] else v.id.hex, v.kind, v.actor.hex if v.actor else None, v.subject_kind,
        declaration_id, v.unit, v.digest, v.data, recorded,
    )  # fmt: skip
    return declaration, entry, event, (event[0],)
