"""PostgreSQL: one connection, a COPY a table, COMMIT with `synchronous_commit` on."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

import psycopg
from psycopg import errors, sql

from lachan.gate.declarations.prepare import TABLES, Prepared
from lachan.gate.intake.stores.contract import CONFLICT, BadRow, Kept, Outcome, Unavailable, settle

RACES = 5
"""How often another process may write one of the same ids between our look and our COPY."""
READ_ONLY = (
    errors.ReadOnlySqlTransaction,
    errors.InsufficientPrivilege,
    errors.UndefinedTable,
    errors.InternalError_,
)

_U, _V, _N, _T, _B = "uuid", "varchar", "int2", "timestamptz", "bytea"
TYPES = (
    (_U, _V, _V, _V, _U, _V, _U, _U, _V, _B, _B, _N, _V, _V, _T, _T, _U),
    (_U, _U, _V, _V, _V, _V, _V, _N, _U, _V, _V, _V, _U, _N, _V, "text", _T, _T),
    (_U, _V, _U, _V, _U, _V, _B, "text", _T),
    (_U,),
)
"""PostgreSQL types in the order of each table's columns: COPY in binary form converts nothing."""
LOOK = "SELECT id, digest, result, recorded_at FROM declarations_declaration WHERE id = ANY(%s)"


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
        try:
            db = psycopg.connect(
                **{"connect_timeout": 5, **self._parameters}, autocommit=True, prepare_threshold=None
            )
            db.execute("SET synchronous_commit = on")
            db.execute("SET statement_timeout = '20s'")
            db.autocommit = False
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
            for _ in range(RACES):
                try:
                    return self._once(db, group)
                except errors.UniqueViolation:
                    db.rollback()
        except (psycopg.OperationalError, *READ_ONLY) as error:
            raise Unavailable(_reason(error)) from error
        except psycopg.Error as error:
            db.rollback()
            raise BadRow(str(type(error).__name__)) from error
        raise BadRow("unique")

    def _once(self, db: psycopg.Connection[Any], group: Sequence[Prepared]) -> list[Outcome]:
        with db.cursor(binary=True) as cursor:
            fresh, outcomes = settle(group, self._standing(cursor, group))
            if fresh:
                rows = [one.rows for one in fresh]
                for table in range(len(TABLES)):
                    with cursor.copy(self._copies[table]) as copy:
                        copy.set_types(TYPES[table])
                        for row in rows:
                            copy.write_row(row[table])
            db.commit()
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
            db.rollback()
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
