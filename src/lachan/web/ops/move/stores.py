"""Reading and writing whole tables, a few rows in memory at a time, as each store does it best."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Protocol
from uuid import UUID

from django.core.management.color import no_style

from lachan.web.ops.move.tables import Row, Table

FIRST, MOST = 20, 5_000  # rows that PostgreSQL sends at once
BATCH_BYTES = 4 * 1024 * 1024


class Store(Protocol):
    """One side of a move, inside a transaction of its connection."""

    def hold(self, tables: Sequence[Table]) -> None:
        """Nobody else writes until the transaction ends."""

    def rows(self, table: Table) -> Iterator[Sequence[Any]]: ...

    def write(self, table: Table, rows: Iterable[Row]) -> None: ...

    def finish(self, tables: Sequence[Table]) -> None:
        """Numbers that the store gives itself go on after the highest one."""


def store_of(connection: Any) -> Store:
    return Postgres(connection) if connection.vendor == "postgresql" else Sqlite(connection)


def _names(connection: Any, table: Table) -> tuple[str, str]:
    quote = connection.ops.quote_name
    return quote(table.name), ", ".join(quote(column) for column in table.columns)


class Sqlite:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def hold(self, tables: Sequence[Table]) -> None:
        """The transaction began as IMMEDIATE: it is the one writer."""

    def rows(self, table: Table) -> Iterator[Sequence[Any]]:
        name, columns = _names(self._connection, table)
        yield from self._connection.connection.execute(f"SELECT {columns} FROM {name}")  # noqa: S608

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        name, columns = _names(self._connection, table)
        marks = ",".join("?" * len(table.columns))
        plain = (tuple(map(_plain, row)) for row in rows)
        self._connection.connection.executemany(f"INSERT INTO {name} ({columns}) VALUES ({marks})", plain)  # noqa: S608

    def finish(self, tables: Sequence[Table]) -> None:
        """SQLite's own sequences follow what is inserted."""


def _plain(value: Any) -> Any:
    """As Django writes it into SQLite."""
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, Decimal):
        return str(value)
    if isinstance(value, datetime):
        return str(value.astimezone(UTC).replace(tzinfo=None))
    return value.isoformat() if isinstance(value, date) else value


class Postgres:
    def __init__(self, connection: Any) -> None:
        self._connection = connection

    def hold(self, tables: Sequence[Table]) -> None:
        names = ", ".join(_names(self._connection, table)[0] for table in tables)
        with self._connection.cursor() as cursor:
            cursor.execute(f"LOCK TABLE {names} IN SHARE MODE")

    def rows(self, table: Table) -> Iterator[Sequence[Any]]:
        """By a cursor of the server. Rows of a few bytes come thousands at a time, uploads of megabytes by ones."""
        name, columns = _names(self._connection, table)
        with self._connection.connection.cursor(name="lachan_move") as cursor:
            cursor.execute(f"SELECT {columns} FROM {name}")  # noqa: S608
            size = FIRST
            while batch := cursor.fetchmany(size):
                yield from batch
                size = _next_size(batch)

    def write(self, table: Table, rows: Iterable[Row]) -> None:
        name, columns = _names(self._connection, table)
        with (
            self._connection.cursor() as cursor,
            cursor.copy(f"COPY {name} ({columns}) FROM STDIN") as copy,
        ):
            for row in rows:
                copy.write_row(row)

    def finish(self, tables: Sequence[Table]) -> None:
        models = [table.model for table in tables]
        with self._connection.cursor() as cursor:
            for statement in self._connection.ops.sequence_reset_sql(no_style(), models):
                cursor.execute(statement)


def _next_size(batch: Sequence[Sequence[Any]]) -> int:
    """How many more rows like these make a batch; a batch grows fourfold at most, since the next may be larger."""
    largest = max(sum(len(value) for value in row if isinstance(value, bytes | str)) for row in batch)
    return max(1, min(MOST, len(batch) * 4, BATCH_BYTES // (largest + 100)))
