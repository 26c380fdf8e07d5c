"""SQLite: one connection, one statement for up to 64 declarations and all their tables, `synchronous=FULL`.

The sqlite3 module lets go of the interpreter's lock in every call and then waits for it, up to a millisecond each time
while the event loop is busy. So a usual group is a single call: a many-row INSERT into a temporary view whose trigger
spreads each row over the four tables, committed by SQLite itself when the statement ends.

The write-ahead log is copied back by a thread of its own (`Checkpointer`), never by the writer's commits.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Sequence
from datetime import UTC, datetime
from itertools import chain
from pathlib import Path
from typing import Any, TypeVar
from uuid import UUID

from lachan.gate.declarations.prepare import TABLES, Prepared, for_sqlite
from lachan.gate.intake.stores.checkpoints import Checkpointer
from lachan.gate.intake.stores.contract import CONFLICT, CREATED, BadRow, Kept, Outcome, Unavailable, settle

T = TypeVar("T")
MOST = 64
"""Rows a statement; each size is a statement of its own, so that the statement cache hits."""
LOCKED = 10.0  # seconds to wait for another process's transaction
PAUSE = 0.0005
OF_A_ROW = (sqlite3.DataError, sqlite3.IntegrityError, sqlite3.InterfaceError, sqlite3.ProgrammingError)
"""What a row may be to blame for. A torn file is a plain DatabaseError, and nobody's fault who declares."""


LOOK = f"SELECT id, digest, result, recorded_at FROM {TABLES[0][0]} WHERE id"  # noqa: S608
VIEW = "intake"
WIDTHS = [len(columns) for _table, columns in TABLES]


def _schema() -> tuple[str, str]:
    """The temporary view, with a column for each column of each table, and its trigger."""
    names = [[f"c{table}_{at}" for at in range(width)] for table, width in enumerate(WIDTHS)]
    view = ",".join(f"NULL AS {name}" for columns in names for name in columns)
    spread = "".join(
        f"INSERT INTO {table} ({','.join(columns)}) VALUES ({','.join(f'NEW.{name}' for name in given)});"  # noqa: S608
        for (table, columns), given in zip(TABLES, names, strict=True)
    )
    return (
        f"CREATE TEMP VIEW {VIEW} AS SELECT {view}",
        f"CREATE TEMP TRIGGER {VIEW}_spread INSTEAD OF INSERT ON {VIEW} BEGIN {spread} END",
    )


def _insert(rows: int) -> str:
    values = f"({','.join('?' * sum(WIDTHS))})"
    return f"INSERT INTO {VIEW} VALUES {','.join([values] * rows)}"  # noqa: S608


INSERTS = [_insert(rows) for rows in range(MOST + 1)]


class SqliteStore:
    """See `contract.Store`."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._db: sqlite3.Connection | None = None
        self._checkpointer = Checkpointer(path)

    def open(self) -> None:
        self.close()
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
            # mmap_size: a page that is missing from a mapped file ends the process (SIGBUS); a read one is an error
            "busy_timeout=0", "journal_mode=WAL", "synchronous=FULL", "wal_autocheckpoint=0", "cache_size=-65536",
            "temp_store=MEMORY", "mmap_size=0",
        ):  # fmt: skip
            _patient(lambda sql=f"PRAGMA {pragma}": db.execute(sql).fetchall())
        for statement in _schema():
            db.execute(statement)
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
        try:
            outcomes = self._fresh(db, group)
        except sqlite3.IntegrityError:
            outcomes = self._around_what_stands(db, group)
        self._checkpointer.wrote(len(group))
        return outcomes

    def transact(self, run: Callable[[sqlite3.Connection], T], rows: int) -> T:
        """Another kind of writing in one durable transaction, in the writer's thread; undone whole if it fails.

        `rows`: how many declarations it weighs in the log. Raises IntegrityError as SQLite does, Unavailable or BadRow.
        """
        db = self._ready()

        def whole() -> T:
            _patient(lambda: db.execute("BEGIN IMMEDIATE"))
            done = run(db)
            db.execute("COMMIT")
            return done

        done = self._guarded(db, whole)
        self._checkpointer.wrote(rows)
        return done

    def _fresh(self, db: sqlite3.Connection, group: Sequence[Prepared]) -> list[Outcome]:
        """The usual case: all of them are new. Raises IntegrityError, with nothing written, if one isn't."""
        if len(group) <= MOST:
            values = _flat(group)
            self._guarded(db, lambda: _patient(lambda: db.execute(INSERTS[len(group)], values)))
        else:
            self._guarded(db, lambda: self._in_parts(db, group))
        return [CREATED] * len(group)

    def _in_parts(self, db: sqlite3.Connection, group: Sequence[Prepared]) -> None:
        _patient(lambda: db.execute("BEGIN IMMEDIATE"))
        self._insert(db, group)
        db.execute("COMMIT")

    def _insert(self, db: sqlite3.Connection, group: Sequence[Prepared]) -> None:
        for at in range(0, len(group), MOST):
            part = group[at : at + MOST]
            db.execute(INSERTS[len(part)], _flat(part))

    def _around_what_stands(self, db: sqlite3.Connection, group: Sequence[Prepared]) -> list[Outcome]:
        """Some were written before, or twice in this group: only the others go in."""

        def run() -> list[Outcome]:
            _patient(lambda: db.execute("BEGIN IMMEDIATE"))
            fresh, outcomes = settle(group, self._standing(db, group))
            self._insert(db, fresh)
            db.execute("COMMIT")
            return outcomes

        try:
            return self._guarded(db, run)
        except sqlite3.IntegrityError as error:
            raise BadRow(str(error)) from error

    def _guarded(self, db: sqlite3.Connection, run: Callable[[], T]) -> T:
        """Undone whole if it fails; what SQLite says in the contract's words."""
        try:
            return run()
        except sqlite3.IntegrityError:
            _quietly_roll_back(db)
            raise
        except sqlite3.Error as error:
            raise self._undone(db, error) from error
        except BaseException:
            _quietly_roll_back(db)
            raise

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
        if isinstance(error, OF_A_ROW):
            return BadRow(str(error))
        return Unavailable(_reason(error))


def _flat(group: Sequence[Prepared]) -> list[Any]:
    """The values of all rows of all tables, in the order of the view's columns."""
    return list(chain.from_iterable(chain.from_iterable(for_sqlite(one) for one in group)))


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
