"""The sealer's SQL, in the few words in which SQLite and PostgreSQL differ."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import connection

from lachan.base.locks import one_at_a_time
from lachan.registry.audit.rows import EVENT_COLUMNS, EventRow, from_sqlite, sqlite_time

COLUMNS = ", ".join(f"e.{column}" for column in EVENT_COLUMNS)
Sealed = tuple[
    int, UUID, bytes, EventRow | None
]  # seq, event id, recorded hash, the event if it is still there


def on_sqlite() -> bool:
    return connection.vendor == "sqlite"


def lock_sealer() -> None:
    """Until the transaction ends, no second sealer runs."""
    one_at_a_time("audit:sealer")


def event_of(values: Sequence[Any]) -> EventRow:
    if on_sqlite():
        return from_sqlite(tuple(values))
    return EventRow(*values)._replace(digest=bytes(values[6]))


def id_of(value: Any) -> UUID:
    return value if isinstance(value, UUID) else UUID(hex=value)


def _id_value(value: UUID) -> Any:
    return value.hex if on_sqlite() else value


def head() -> tuple[int, bytes] | None:
    """Sequence number and hash of the last seal."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT seq, hash FROM audit_eventseal ORDER BY seq DESC LIMIT 1")
        row = cursor.fetchone()
    return (row[0], bytes(row[1])) if row else None


def pending(limit: int) -> list[EventRow]:
    """Committed events that await their seal, oldest id first."""
    sql = f"SELECT {COLUMNS} FROM audit_pendingseal p JOIN audit_event e ON e.id = p.event ORDER BY p.event LIMIT %s"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql, [limit])
        return [event_of(row) for row in cursor.fetchall()]


def insert_seals(seals: Sequence[tuple[int, UUID, bytes]], now: datetime) -> None:
    """Write consecutive seals (number, event, hash) and take their events from the queue."""
    with connection.cursor() as cursor:
        if on_sqlite():
            at = sqlite_time(now)
            rows = [(seq, event.hex, hash, at) for seq, event, hash in seals]
            cursor.executemany(
                "INSERT INTO audit_eventseal (seq, event, hash, sealed_at) VALUES (%s, %s, %s, %s)", rows
            )
            cursor.executemany(
                "DELETE FROM audit_pendingseal WHERE event = %s", [(event.hex,) for _, event, _ in seals]
            )
            return
        # One string a column: a driver's array of 2,000 ids and hashes costs more than all the hashing.
        events = ",".join(event.hex for _, event, _ in seals)
        hashes = ",".join(hash.hex() for _, _, hash in seals)
        cursor.execute(
            "INSERT INTO audit_eventseal (seq, event, hash, sealed_at)"
            " SELECT %s + place, event::uuid, decode(hash, 'hex'), %s FROM"
            " unnest(string_to_array(%s, ','), string_to_array(%s, ',')) WITH ORDINALITY AS new(event, hash, place)",
            [seals[0][0] - 1, now, events, hashes],
        )
        cursor.execute(
            "DELETE FROM audit_pendingseal WHERE event = ANY(string_to_array(%s, ',')::uuid[])", [events]
        )


def sealed(after: int, limit: int) -> list[Sealed]:
    """The seals that follow a sequence number, each with its event."""
    sql = (
        f"SELECT s.seq, s.event, s.hash, {COLUMNS} FROM audit_eventseal s LEFT JOIN audit_event e ON e.id = s.event"  # noqa: S608
        " WHERE s.seq > %s ORDER BY s.seq LIMIT %s"
    )
    with connection.cursor() as cursor:
        cursor.execute(sql, [after, limit])
        return [_sealed_of(row) for row in cursor.fetchall()]


def _sealed_of(row: Sequence[Any]) -> Sealed:
    return row[0], id_of(row[1]), bytes(row[2]), None if row[3] is None else event_of(row[3:])


def all_sealed(page: int = 2000) -> Iterator[Sealed]:
    """Every seal from the first, a page in memory at a time."""
    after = -1
    while rows := sealed(after, page):
        yield from rows
        after = rows[-1][0]


def neither_sealed_nor_pending(limit: int) -> list[UUID]:
    """Events that stand outside the chain: their row in the queue or the seal was taken away."""
    sql = (
        "SELECT e.id FROM audit_event e WHERE NOT EXISTS (SELECT 1 FROM audit_eventseal s WHERE s.event = e.id)"
        " AND NOT EXISTS (SELECT 1 FROM audit_pendingseal p WHERE p.event = e.id) LIMIT %s"
    )
    return _ids(sql, limit)


def pending_without_event(limit: int) -> list[UUID]:
    """Queued events whose row is gone."""
    return _ids(
        "SELECT p.event FROM audit_pendingseal p LEFT JOIN audit_event e ON e.id = p.event WHERE e.id IS NULL LIMIT %s",
        limit,
    )


def pending_before(moment: datetime, limit: int) -> list[UUID]:
    """Queued events that were recorded before a moment."""
    sql = (
        "SELECT e.id FROM audit_pendingseal p JOIN audit_event e ON e.id = p.event"
        " WHERE e.recorded_at < %s ORDER BY p.event LIMIT %s"
    )
    return _ids(sql, sqlite_time(moment) if on_sqlite() else moment, limit)


def _ids(sql: str, *parameters: Any) -> list[UUID]:
    with connection.cursor() as cursor:
        cursor.execute(sql, list(parameters))
        return [id_of(row[0]) for row in cursor.fetchall()]
