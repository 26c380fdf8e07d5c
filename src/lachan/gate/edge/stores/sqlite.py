"""SQLite: the usual group is two or three calls inside a transaction, whatever the number of batches.

The rows of all its batches are one many-row INSERT, the steps of their logs another, into a temporary view whose
trigger moves the log on, writes the event and its place in the sealer's queue, and refuses the whole group when a log
isn't where its batch begins. Then each batch is settled by itself, against what stands.
"""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import TypeVar, cast

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
from lachan.gate.edge.stores.settled import fresh, taken
from lachan.gate.intake.stores import Store
from lachan.gate.intake.stores.sqlite import SqliteStore
from lachan.registry.audit.rows import EVENT_COLUMNS, EVENT_TABLE, PENDING_TABLE

log = logging.getLogger(__name__)
T = TypeVar("T")

MOST = 250
"""Rows a statement; the parameters of one are bounded (32,766)."""
WEIGHT = 4
"""A scan is one row where a declaration is four."""

VIEW = "edge_step"
_STEP = ",".join(f"NULL AS {name}" for name in Step._fields)
SCHEMA = (
    f"CREATE TEMP VIEW IF NOT EXISTS {VIEW} AS SELECT {_STEP}",
    f"""CREATE TEMP TRIGGER IF NOT EXISTS {VIEW}_spread INSTEAD OF INSERT ON {VIEW} BEGIN
    UPDATE {LOG_TABLE} SET next_seq = NEW.next, head = NEW.head, updated_at = NEW.at
      WHERE id = NEW.log AND device = NEW.device AND next_seq = NEW.first AND head = NEW.before AND closed_at IS NULL;
    SELECT RAISE(ABORT, 'the log is elsewhere') WHERE changes() = 0;
    INSERT INTO {EVENT_TABLE} ({",".join(EVENT_COLUMNS)})
      VALUES (NEW.event, '{BATCH}', NULL, 'device', NEW.device, NEW.unit, NEW.head, NEW.data, NEW.at);
    INSERT INTO {PENDING_TABLE} (event) VALUES (NEW.event);
    UPDATE {DEVICE_TABLE} SET last_seen_at = NEW.at, waiting = COALESCE(NEW.waiting, waiting), app = COALESCE(NEW.app, app)
      WHERE NEW.heard AND id = NEW.device;
    END""",  # noqa: S608
)
_MARKS = f"({','.join('?' * len(SCAN_COLUMNS))})"
_INSERT = f"INSERT INTO {SCAN_TABLE} ({','.join(SCAN_COLUMNS)}) VALUES "  # noqa: S608
_STEPS = f"INSERT INTO {VIEW} VALUES "  # noqa: S608
_STEP_MARKS = f"({','.join('?' * len(Step._fields))})"
LOOK = f"SELECT device, next_seq, head, closed_at IS NOT NULL FROM {LOG_TABLE} WHERE id = ?"  # noqa: S608
DIGEST = f"SELECT digest FROM {SCAN_TABLE} WHERE log = ? AND seq = ?"  # noqa: S608
STANDING = f"SELECT id, log FROM {SCAN_TABLE} WHERE id IN "  # noqa: S608


class SqliteScans:
    """`write` is a lane's: see `Lane`."""

    def __init__(self) -> None:
        self._prepared: sqlite3.Connection | None = None

    def write(self, store: Store, group: Sequence[Ready]) -> list[Verdict | None]:
        """One durable transaction if all of them continue their logs, else one a batch. None: this batch alone failed."""
        sqlite = cast(SqliteStore, store)
        rows = sum(len(batch.rows) for batch in group)
        try:
            self._transact(sqlite, lambda db: _all(db, group), rows)
        except sqlite3.IntegrityError:
            return [self._alone(sqlite, batch) for batch in group]
        return [taken(batch, len(batch.rows)) for batch in group]

    def _alone(self, store: SqliteStore, batch: Ready) -> Verdict | None:
        try:
            return self._transact(store, lambda db: _settle(db, batch), len(batch.rows))
        except sqlite3.IntegrityError as error:
            log.error("edge store: the database refuses a batch of log %s: %s", batch.log, error)
            return None

    def _transact(self, store: SqliteStore, run: Callable[[sqlite3.Connection], T], rows: int) -> T:
        """With the view and its trigger, which live with the connection: but if made in a transaction that is undone,
        they are gone with it."""

        def whole(db: sqlite3.Connection) -> tuple[sqlite3.Connection, T]:
            if self._prepared is not db:
                for statement in SCHEMA:
                    db.execute(statement)
            return db, run(db)

        self._prepared, done = store.transact(whole, max(1, rows // WEIGHT))
        return done


def _all(db: sqlite3.Connection, group: Sequence[Ready]) -> None:
    _insert(db, list(chain.from_iterable(batch.rows for batch in group)))
    _step(db, [batch.step(batch.first, len(batch.rows)) for batch in group])


def _settle(db: sqlite3.Connection, batch: Ready) -> Verdict:
    verdict = judge(batch, _state(db, batch.log.hex), lambda seq: _digest(db, batch.log.hex, seq))
    if not isinstance(verdict, Continues):
        return verdict
    rows = fresh(batch, verdict.first, _standing(db, batch.rows[verdict.first - batch.first :]))
    _insert(db, rows)
    _step(db, [batch.step(verdict.first, len(rows))])
    return taken(batch, len(rows))


def _insert(db: sqlite3.Connection, rows: Sequence[Row]) -> None:
    for at in range(0, len(rows), MOST):
        part = rows[at : at + MOST]
        db.execute(_INSERT + ",".join([_MARKS] * len(part)), list(chain.from_iterable(part)))


def _step(db: sqlite3.Connection, steps: Sequence[Step]) -> None:
    for at in range(0, len(steps), MOST):
        part = steps[at : at + MOST]
        db.execute(_STEPS + ",".join([_STEP_MARKS] * len(part)), list(chain.from_iterable(part)))


def _state(db: sqlite3.Connection, id: str) -> State | None:
    row = db.execute(LOOK, (id,)).fetchone()
    return State(row[0], row[1], bytes(row[2]), bool(row[3])) if row else None


def _digest(db: sqlite3.Connection, id: str, seq: int) -> bytes | None:
    row = db.execute(DIGEST, (id, seq)).fetchone()
    return bytes(row[0]) if row else None


def _standing(db: sqlite3.Connection, rows: Iterable[Row]) -> dict[str, str]:
    ids = [row[ID] for row in rows]
    found = db.execute(f"{STANDING} ({','.join('?' * len(ids))})", ids)
    return dict(found.fetchall())
