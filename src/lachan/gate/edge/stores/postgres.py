"""PostgreSQL: the usual group is one statement that moves the logs on, and one COPY of all its rows, in one transaction.

A log that isn't where its batch begins divides by zero, which undoes the transaction; then each batch is settled by
itself with its log's row locked. Several processes may write: logs are locked in the order of their ids.
"""

from __future__ import annotations

import logging
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from itertools import chain
from typing import Any, cast

import msgspec
import psycopg
from psycopg import errors

from lachan.gate.edge.judge import Continues, Verdict, judge
from lachan.gate.edge.rows import (
    BATCH,
    DEVICE_TABLE,
    ID,
    LOG_TABLE,
    SCAN_COLUMNS,
    SCAN_TABLE,
    Ready,
    Row,
    State,
    Step,
)
from lachan.gate.edge.stores.copied import whole
from lachan.gate.edge.stores.settled import fresh, taken
from lachan.gate.intake.stores import Store
from lachan.gate.intake.stores.postgres import PostgresStore
from lachan.registry.audit.rows import EVENT_COLUMNS, EVENT_TABLE, PENDING_TABLE

log = logging.getLogger(__name__)

_U, _V, _B, _T = "uuid", "varchar", "bytea", "timestamp"
STEP_TYPES = (_U, _U, "int8", _B, "int8", _B, _T, _U, _V, "text", "int4", "int4", _V)
_Step = msgspec.defstruct("_Step", [(name, Any) for name in Step._fields])
_encode = msgspec.json.Encoder().encode


def _given(name: str, columns: Sequence[str], types: Sequence[str]) -> str:
    """A CTE that reads a JSON text; bytes come as base64, times in UTC without an offset."""
    wire = {_B: "text"}
    read = ",".join(f'"{column}" {wire.get(kind, kind)}' for column, kind in zip(columns, types, strict=True))
    ways = {_B: 'decode("{}",\'base64\') AS "{}"', _T: '"{}" AT TIME ZONE \'UTC\' AS "{}"'}
    found = ",".join(
        ways.get(kind, '"{}"').format(column, column) for column, kind in zip(columns, types, strict=True)
    )
    return f"{name} AS MATERIALIZED (SELECT {found} FROM json_to_recordset(%s::json) AS {name}({read}))"  # noqa: S608


def _names(columns: Sequence[str]) -> str:
    return ",".join(f'"{column}"' for column in columns)


COPY = f"COPY {SCAN_TABLE} ({_names(SCAN_COLUMNS)}) FROM STDIN (FORMAT BINARY)"
MOVE_ON = f"""WITH {_given("steps", Step._fields, STEP_TYPES)},
locked AS MATERIALIZED (SELECT id FROM {LOG_TABLE} WHERE id IN (SELECT log FROM steps) ORDER BY id FOR UPDATE),
stepped AS (
  UPDATE {LOG_TABLE} AS l SET next_seq = s.next, head = s.head, updated_at = s.at
  FROM steps AS s JOIN locked ON locked.id = s.log
  WHERE l.id = s.log AND l.device = s.device AND l.next_seq = s.first AND l.head = s.before AND l.closed_at IS NULL
  RETURNING l.id),
events AS (
  INSERT INTO {EVENT_TABLE} ({_names(EVENT_COLUMNS)})
  SELECT event, '{BATCH}', NULL, 'device', device, unit, head, data, at FROM steps),
queued AS (INSERT INTO {PENDING_TABLE} (event) SELECT event FROM steps),
seen AS (
  UPDATE {DEVICE_TABLE} AS d
  SET last_seen_at = s.at, waiting = COALESCE(s.waiting, d.waiting), app = COALESCE(s.app, d.app)
  FROM steps AS s WHERE d.id = s.device AND s.heard = 1)
SELECT 1 / (CASE WHEN (SELECT count(*) FROM stepped) = (SELECT count(*) FROM steps) THEN 1 ELSE 0 END)"""  # noqa: S608
LOOK = f"SELECT device, next_seq, head, closed_at IS NOT NULL FROM {LOG_TABLE} WHERE id = %s FOR UPDATE"  # noqa: S608
DIGEST = f"SELECT digest FROM {SCAN_TABLE} WHERE log = %s AND seq = %s"  # noqa: S608
STANDING = f"SELECT id, log FROM {SCAN_TABLE} WHERE id = ANY(%s::uuid[])"  # noqa: S608


class Again(Exception):
    """Another process wrote one of these logs or scans between our look and our writing, or each waited for the other."""


RACES = 5


class PostgresScans:
    """`write` is a lane's: see `Lane`."""

    def write(self, store: Store, group: Sequence[Ready]) -> list[Verdict | None]:
        """One durable transaction if all of them continue their logs, else one a batch. None: this batch alone failed."""
        postgres = cast(PostgresStore, store)
        steps = [batch.step(batch.first, len(batch.rows)) for batch in group]
        rows = list(chain.from_iterable(batch.rows for batch in group))
        try:
            postgres.transact(lambda db: _write(db, rows, steps))
        except Again:
            return [self._alone(postgres, batch) for batch in group]
        except psycopg.Error as error:
            log.warning("edge store: a group of %d batches: %s", len(group), type(error).__name__)
            return [self._alone(postgres, batch) for batch in group]
        return [taken(batch, len(batch.rows)) for batch in group]

    def _alone(self, store: PostgresStore, batch: Ready) -> Verdict | None:
        for _ in range(RACES):
            try:
                return store.transact(lambda db: _settle(db, batch))
            except Again:
                continue
            except psycopg.Error as error:
                log.error(
                    "edge store: the database refuses a batch of log %s: %s", batch.log, type(error).__name__
                )
                return None
        return None


def _settle(db: psycopg.Connection[Any], batch: Ready) -> Verdict:
    with _whole(db):
        verdict = judge(batch, _state(db, batch.log.hex), lambda seq: _digest(db, batch.log.hex, seq))
        if not isinstance(verdict, Continues):
            return verdict
        ids = [row[ID] for row in batch.rows[verdict.first - batch.first :]]
        standing = {id.hex: at.hex for id, at in db.execute(STANDING, (ids,))}
        rows = fresh(batch, verdict.first, standing)
        _spread(db, rows, [batch.step(verdict.first, len(rows))])
    return taken(batch, len(rows))


def _write(db: psycopg.Connection[Any], rows: Sequence[Row], steps: Sequence[Step]) -> None:
    with _whole(db):
        _spread(db, rows, steps)


@contextmanager
def _whole(db: psycopg.Connection[Any]) -> Iterator[None]:
    """A transaction. Raises Again where it is worth another try."""
    try:
        with db.transaction():
            yield
    except (errors.DivisionByZero, errors.UniqueViolation, errors.DeadlockDetected) as error:
        raise Again from error


def _spread(db: psycopg.Connection[Any], rows: Sequence[Row], steps: Sequence[Step]) -> None:
    db.execute(MOVE_ON, [_encode([_Step(*step) for step in steps]).decode()], prepare=True)
    with db.cursor() as cursor, cursor.copy(COPY) as copy:
        copy.write(whole(rows))


def _state(db: psycopg.Connection[Any], id: str) -> State | None:
    row = db.execute(LOOK, (id,)).fetchone()
    return State(row[0].hex, row[1], bytes(row[2]), row[3]) if row else None


def _digest(db: psycopg.Connection[Any], id: str, seq: int) -> bytes | None:
    row = db.execute(DIGEST, (id, seq)).fetchone()
    return bytes(row[0]) if row else None
