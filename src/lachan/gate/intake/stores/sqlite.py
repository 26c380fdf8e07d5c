"""SQLite: one connection, one statement a table for up to 256 rows, COMMIT with `synchronous=FULL`.

Rows go in as one many-row INSERT, because the sqlite3 module lets go of the interpreter's lock once a statement:
row by row, a busy event loop would make each of them wait for the lock.

The write-ahead log is copied back by a thread of its own (`Checkpointer`), never by the writer's commits.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import UUID

from lachan.gate.declarations.prepare import TABLES, Prepared, for_sqlite
from lachan.gate.intake.stores.checkpoints import Checkpointer
from lachan.gate.intake.stores.contract import CONFLICT, BadRow, Kept, Outcome, Unavailable, settle

SIZES = (256, 64, 16, 4, 1)
"""Rows a statement: a few sizes, so that the statement cache always hits."""
LOCKED = 10.0  # seconds to wait for another process's transaction
PAUSE = 0.0005


def insert(table: str, columns: Sequence[str], rows: int) -> str:
    """INSERT of many rows that leaves standing what is there."""
    values = f"({','.join('?' * len(columns))})"
    return (
        f"INSERT INTO {table} ({','.join(columns)}) VALUES {','.join([values] * rows)} ON CONFLICT DO NOTHING"  # noqa: S608
    )


LOOK = f"SELECT id, digest, result, recorded_at FROM {TABLES[0][0]} WHERE id"  # noqa: S608
STATEMENTS = [{size: insert(table, columns, size) for size in SIZES} for table, columns in TABLES]


class SqliteStore:
    """See `contract.Store`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._checkpointer = Checkpointer(path)

    def open(self) -> None:
        try:
            self._db = self._connect()
        except sqlite3.Error as error:
            raise Unavailable(_reason(error)) from error
        self._checkpointer.start()

    def _connect(self) -> sqlite3.Connection:
        db = sqlite3.connect(
            f"file:{self._path}?mode=rw", uri=True, isolation_level=None, cached_statements=128, timeout=0,
            check_same_thread=False,
        )  # fmt: skip
        for pragma in (
            "busy_timeout=0", "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "cache_size=-65536",
            "temp_store=MEMORY", "mmap_size=268435456",
        ):  # fmt: skip
            _patient(lambda sql=f"PRAGMA {pragma}": db.execute(sql).fetchall())
        return db

    def close(self) -> None:
        self._checkpointer.stop()
        if self._db is not None:
            self._db.close()
            self._db = None

    def idle(self) -> None:
        """The end of a copy-back that the thread began, so that the log can start over."""
        if self._checkpointer.due and self._db is not None:
            self._checkpointer.finish(self._db)

    def write(self, group: Sequence[Prepared]) -> list[Outcome]:
        db = self._ready()
        rows = [for_sqlite(one) for one in group]
        _patient(lambda: db.execute("BEGIN IMMEDIATE"))
        try:
            if self._insert(db, 0, rows) == len(rows):
                outcomes = [Outcome(Kept.CREATED)] * len(rows)
            else:
                db.execute("ROLLBACK")
                _patient(lambda: db.execute("BEGIN IMMEDIATE"))
                fresh, outcomes = settle(group, self._standing(db, group))
                rows = [for_sqlite(one) for one in fresh]
                self._insert(db, 0, rows)
            for table in (1, 2, 3):
                if self._insert(db, table, rows) != len(rows):
                    raise BadRow(TABLES[table][0])
            db.execute("COMMIT")
            self._checkpointer.wrote(len(rows))
        except sqlite3.Error as error:
            raise self._undone(db, error) from error
        except BaseException:
            _quietly_roll_back(db)
            raise
        return outcomes

    def _insert(self, db: sqlite3.Connection, table: int, rows: Sequence[tuple[Any, ...]]) -> int:
        """How many rows went in."""
        at, count, total = 0, 0, len(rows)
        statements = STATEMENTS[table]
        for size in SIZES:
            while total - at >= size:
                flat = list(chain.from_iterable([row[table] for row in rows[at : at + size]]))
                count += db.execute(statements[size], flat).rowcount
                at += size
        return count

    def _standing(
        self, db: sqlite3.Connection, group: Iterable[Prepared]
    ) -> dict[UUID, tuple[bytes, Outcome]]:
        ids = [one.id.hex for one in group]
        marks = ",".join("?" * len(ids))
        found = db.execute(f"{LOOK} IN ({marks})", ids)
        return {UUID(hex=row[0]): (bytes(row[1]), _same(row)) for row in found}

    def find(self, id: UUID, digest: bytes) -> Outcome | None:
        db = self._ready()
        try:
            row = db.execute(f"{LOOK} = ?", (id.hex,)).fetchone()
        except sqlite3.Error as error:
            raise Unavailable(_reason(error)) from error
        if row is None:
            return None
        return _same(row) if bytes(row[1]) == digest else CONFLICT

    def _ready(self) -> sqlite3.Connection:
        if self._db is None:
            raise Unavailable("closed")
        return self._db

    def _undone(self, db: sqlite3.Connection, error: sqlite3.Error) -> Exception:
        _quietly_roll_back(db)
        if isinstance(error, sqlite3.OperationalError):
            return Unavailable(_reason(error))
        return BadRow(str(error))


def _same(row: Sequence[Any]) -> Outcome:
    return Outcome(Kept.SAME, row[2], datetime.fromisoformat(row[3]).replace(tzinfo=UTC))


def _quietly_roll_back(db: sqlite3.Connection) -> None:
    try:
        if db.in_transaction:
            db.execute("ROLLBACK")
    except sqlite3.Error:
        pass  # the transaction is gone already, with the file or the disk


def _patient(run: Any) -> None:
    """Try until another process lets go of the write lock: short sleeps, not SQLite's long ones."""
    deadline = time.monotonic() + LOCKED
    while True:
        try:
            run()
            return
        except sqlite3.OperationalError as error:
            if not _locked(error):
                raise Unavailable(_reason(error)) from error
            if time.monotonic() > deadline:
                raise Unavailable("locked") from error
            time.sleep(PAUSE)


def _locked(error: sqlite3.OperationalError) -> bool:
    return error.sqlite_errorcode & 0xFF in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED)


def _reason(error: sqlite3.Error) -> str:
    return str(getattr(error, "sqlite_errorname", "") or error)[:60]
