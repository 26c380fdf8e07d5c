"""PostgreSQL: one connection, committing with `synchronous_commit` on.

A usual group is one prepared statement: its rows travel as one JSON text and the server spreads them over the four
tables. So the writer waits once for the server, and once for the interpreter's lock, and not a dozen times. Large
groups, and those with a row that stands already, go by a COPY a table in a transaction.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any, TypeVar
from uuid import UUID

import msgspec
import psycopg
from psycopg import errors, sql

from lachan.gate.declarations.prepare import TABLES, Prepared
from lachan.gate.intake.stores.contract import CONFLICT, CREATED, BadRow, Kept, Outcome, Unavailable, settle

T = TypeVar("T")
RACES = 5
"""How often another process may write one of the same ids between our look and our COPY."""
READ_ONLY = (
    errors.ReadOnlySqlTransaction,
    errors.InsufficientPrivilege,
    errors.UndefinedTable,
    errors.UndefinedColumn,
    psycopg.InternalError,  # torn tables and indexes too
)

_U, _V, _N, _T, _B = "uuid", "varchar", "int2", "timestamptz", "bytea"
TYPES = (
    (_U, _V, _V, _V, _U, _V, _U, _U, _V, _B, _B, _N, _V, _V, _T, _T, _U),
    (_U, _U, _V, _V, _V, _V, _V, _N, _U, _V, _V, _V, _U, _N, _V, "text", _T, _T),
    (_U, _V, _U, _V, _U, _V, _B, "text", _T),
    (_U,),
)
"""PostgreSQL types in the order of each table's columns: COPY in binary form converts nothing."""
MOST = 64
"""Rows of a usual group; beyond them COPY in binary form is the faster way."""
_FIELDS = [[f"c{table}_{at}" for at in range(len(types))] for table, types in enumerate(TYPES)]
_Row = msgspec.defstruct("_Row", [(name, Any) for names in _FIELDS for name in names])
_encode = msgspec.json.Encoder().encode
LOOK = "SELECT id, digest, result, recorded_at FROM declarations_declaration WHERE id = ANY(%s)"


def _spread() -> str:
    """The statement of a usual group; bytes come as base64."""
    columns = ",".join(
        f"{name} {'text' if kind == _B else kind}"
        for names, types in zip(_FIELDS, TYPES, strict=True)
        for name, kind in zip(names, types, strict=True)
    )
    inserts = []
    for (table, into), names, types in zip(TABLES, _FIELDS, TYPES, strict=True):
        given = ",".join(
            f"decode({name},'base64')" if kind == _B else name
            for name, kind in zip(names, types, strict=True)
        )
        inserts.append(f"{table}_in AS (INSERT INTO {table} ({','.join(into)}) SELECT {given} FROM given)")  # noqa: S608
    rows = f"given AS MATERIALIZED (SELECT * FROM json_to_recordset(%s::json) AS given({columns}))"  # noqa: S608
    return f"WITH {rows},{','.join(inserts)} SELECT 1"


SPREAD = _spread()


class PostgresStore:
    """See `contract.Store`. `parameters`: what psycopg.connect takes."""

    def __init__(self, parameters: dict[str, Any]) -> None:
        self._parameters = parameters
        self._db: psycopg.Connection[Any] | None = None
        self._copies = [
            sql.SQL("COPY {} ({}) FROM STDIN (FORMAT BINARY)").format(
                sql.Identifier(table), sql.SQL(",").join(map(sql.Identifier, columns))
            )
            for table, columns in TABLES
        ]

    def open(self) -> None:
        self.close()
        try:
            db = psycopg.connect(
                **{"connect_timeout": 5, **self._parameters}, autocommit=True, prepare_threshold=None
            )
            db.execute("SET synchronous_commit = on")
            db.execute("SET statement_timeout = '20s'")
        except psycopg.Error as error:
            raise Unavailable(_reason(error)) from error
        self._db = db

    def close(self) -> None:
        if self._db is not None:
            self._db.close()
            self._db = None

    def idle(self) -> None:
        """Nothing to do: autovacuum and checkpoints are the server's."""

    def write(self, group: Sequence[Prepared]) -> list[Outcome]:
        db = self._ready()
        try:
            for race in range(RACES):
                try:
                    if race == 0 and len(group) <= MOST:
                        return self._fresh(db, group)
                    return self._around_what_stands(db, group)
                except errors.UniqueViolation:
                    continue
        except (psycopg.OperationalError, *READ_ONLY) as error:
            raise Unavailable(_reason(error)) from error
        except psycopg.Error as error:
            raise BadRow(str(type(error).__name__)) from error
        raise BadRow("unique")

    def transact(self, run: Callable[[psycopg.Connection[Any]], T]) -> T:
        """Another kind of writing, in the writer's thread; `run` has a connection in autocommit and makes its own
        transaction. Integrity and data errors are raised as psycopg does, all others as Unavailable."""
        db = self._ready()
        try:
            return run(db)
        except (psycopg.OperationalError, *READ_ONLY) as error:
            raise Unavailable(_reason(error)) from error

    def _fresh(self, db: psycopg.Connection[Any], group: Sequence[Prepared]) -> list[Outcome]:
        """The usual case: all of them are new. Raises UniqueViolation, with nothing written, if one isn't."""
        rows = _encode([_Row(*chain.from_iterable(one.rows)) for one in group]).decode()
        db.execute(SPREAD, [rows], prepare=True)
        return [CREATED] * len(group)

    def _around_what_stands(self, db: psycopg.Connection[Any], group: Sequence[Prepared]) -> list[Outcome]:
        """Only those go in that weren't written before."""
        with db.transaction(), db.cursor(binary=True) as cursor:
            fresh, outcomes = settle(group, self._standing(cursor, group))
            if fresh:
                rows = [one.rows for one in fresh]
                for table in range(len(TABLES)):
                    with cursor.copy(self._copies[table]) as copy:
                        copy.set_types(TYPES[table])
                        for row in rows:
                            copy.write_row(row[table])
        return outcomes

    def _standing(
        self, cursor: psycopg.Cursor[Any], group: Iterable[Prepared]
    ) -> dict[UUID, tuple[bytes, Outcome]]:
        cursor.execute(LOOK, ([one.id for one in group],))
        return {row[0]: (bytes(row[1]), Outcome(Kept.SAME, row[2], row[3])) for row in cursor}

    def find(self, id: UUID, digest: bytes) -> Outcome | None:
        db = self._ready()
        try:
            row = db.execute(LOOK, ([id],)).fetchone()
        except psycopg.Error as error:
            raise Unavailable(_reason(error)) from error
        if row is None:
            return None
        return Outcome(Kept.SAME, row[2], row[3]) if bytes(row[1]) == digest else CONFLICT

    def _ready(self) -> psycopg.Connection[Any]:
        if self._db is None or self._db.closed:
            raise Unavailable("closed")
        return self._db


def _reason(error: psycopg.Error) -> str:
    return type(error).__name__[:60]
