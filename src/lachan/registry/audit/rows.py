"""An event as a bare row: for those who write thousands at once, and for whoever recomputes the chain. Knows no Django."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any, NamedTuple
from uuid import UUID

from lachan.kernel import chain
from lachan.kernel.clock import ms_at
from lachan.kernel.ids import uuid7

EVENT_TABLE = "audit_event"
EVENT_COLUMNS = ("id", "kind", "actor", "subject_kind", "subject", "unit", "digest", "data", "recorded_at")
PENDING_TABLE = "audit_pendingseal"
PENDING_COLUMNS = ("event",)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MICROSECOND = timedelta(microseconds=1)


class EventRow(NamedTuple):
    """Values in the order of EVENT_COLUMNS, as psycopg takes them; `for_sqlite` turns them into SQLite's."""

    id: UUID
    kind: str
    actor: UUID | None
    subject_kind: str
    subject: UUID | None
    unit: str
    digest: bytes
    data: str
    recorded_at: datetime


def dump(data: Mapping[str, Any] | None) -> str:
    """The event's data as JSON with sorted keys; ids and dates as text. Raises TypeError for what isn't plain data."""
    return json.dumps(data or {}, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> str | list[Any]:
    if isinstance(value, UUID):
        return str(value)
    if isinstance(value, set | frozenset):
        return sorted(value)
    if hasattr(value, "isoformat"):
        return str(value.isoformat())
    raise TypeError(f"an event can't carry {type(value).__name__}")


def event_row(
    kind: str,
    *,
    now: datetime,
    actor: UUID | None = None,
    subject_kind: str = "",
    subject: UUID | None = None,
    unit: str = "",
    data: Mapping[str, Any] | None = None,
    written: bytes | None = None,
    id: UUID | None = None,
) -> EventRow:
    """The row that `services.record` would write. Its id must also go into PENDING_TABLE, in the same transaction.

    `now`: aware. `written`: the bytes that the event tells of; its SHA-256 is the digest. Without them the digest is
    that of the event's own fields. The caller answers for `data` carrying ids, codes and counts only.
    """
    made, text = id or uuid7(ms_at(now)), dump(data)
    moment = now.astimezone(UTC)
    if written is None:
        written = _fields(made, kind, actor, subject_kind, subject, unit, text, moment)
    return EventRow(made, kind, actor, subject_kind, subject, unit, sha256(written).digest(), text, moment)


def _fields(
    id: UUID,
    kind: str,
    actor: UUID | None,
    subject_kind: str,
    subject: UUID | None,
    unit: str,
    data: str,
    at: datetime,
) -> bytes:
    who = actor.bytes if actor else None
    what = subject.bytes if subject else None
    return chain.canonical((id.bytes, kind, who, subject_kind, what, unit, data, microseconds(at)))


def microseconds(moment: datetime) -> int:
    """Whole microseconds since 1970, which both stores keep exactly."""
    return (moment - _EPOCH) // _MICROSECOND


def payload(row: EventRow) -> bytes:
    """What the chain seals: every field of the event, in one unambiguous byte string."""
    head = _fields(
        row.id, row.kind, row.actor, row.subject_kind, row.subject, row.unit, row.data, row.recorded_at
    )
    return head + row.digest


def sqlite_time(moment: datetime) -> str:
    """A moment as Django stores it in SQLite: UTC without an offset."""
    return str(moment if moment.tzinfo is UTC else moment.astimezone(UTC))[:-6]


def for_sqlite(row: EventRow) -> tuple[Any, ...]:
    """The same row with ids as 32 hexadecimal digits and the time as text."""
    return (
        row.id.hex,
        row.kind,
        row.actor.hex if row.actor else None,
        row.subject_kind,
        row.subject.hex if row.subject else None,
        row.unit,
        row.digest,
        row.data,
        sqlite_time(row.recorded_at),
    )


def from_sqlite(values: tuple[Any, ...]) -> EventRow:
    """Reads what `for_sqlite` (or Django on SQLite) wrote; Django's connections give the time as a naive datetime."""
    id, kind, actor, subject_kind, subject, unit, digest, data, at = values
    return EventRow(
        UUID(hex=id),
        kind,
        UUID(hex=actor) if actor else None,
        subject_kind,
        UUID(hex=subject) if subject else None,
        unit,
        bytes(digest),
        data,
        (at if isinstance(at, datetime) else datetime.fromisoformat(at)).replace(tzinfo=UTC),
    )
