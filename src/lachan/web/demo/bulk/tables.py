"""Putting rows into tables as fast as the store takes them: without secondary indexes, many thousand a statement."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.db import connection, transaction

Row = tuple[Any, ...]


def insert(table: str, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Rows in the order of the columns: ids as hexadecimal digits, times as text in UTC, the rest plain."""
    names = ",".join(connection.ops.quote_name(column) for column in columns)
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor, cursor.copy(f"COPY {table} ({names}) FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
        return
    marks = ",".join("?" * len(columns))
    connection.ensure_connection()
    connection.connection.executemany(f"INSERT INTO {table} ({names}) VALUES ({marks})", rows)  # noqa: S608


@contextmanager
def without_indexes(tables: Sequence[str]) -> Iterator[None]:
    """Drops the tables' secondary indexes and makes them again afterwards, also after a failure or a Ctrl-C."""
    kept = [found for table in tables for found in _indexes(table)]
    with connection.cursor() as cursor:
        for name, _ in kept:
            cursor.execute(f"DROP INDEX {connection.ops.quote_name(name)}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for _, definition in kept:
                cursor.execute(definition)


def _indexes(table: str) -> list[tuple[str, str]]:
    """Name and definition of the indexes that no constraint stands on."""
    if connection.vendor == "postgresql":
        query = (
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = %s AND schemaname = current_schema()"
            " AND indexname NOT IN (SELECT conname FROM pg_constraint)"
        )
    else:
        query = (
            "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s AND sql IS NOT NULL"
        )
    with connection.cursor() as cursor:
        cursor.execute(query, [table])
        return list(cursor.fetchall())


@contextmanager
def careless() -> Iterator[None]:
    """On SQLite: no waiting for the disk, and the undo journal in memory instead of a log that is written twice.

    A kill in the middle may cost the whole file, so only for what is made up; a Ctrl-C is undone as ever.
    """
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        for pragma in ("journal_mode=MEMORY", "synchronous=OFF", "cache_size=-524288"):
            cursor.execute(f"PRAGMA {pragma}")
    try:
        yield
    finally:
        with connection.cursor() as cursor:
            for pragma in ("synchronous=FULL", "journal_mode=WAL", "cache_size=-65536"):
                cursor.execute(f"PRAGMA {pragma}")


@contextmanager
def chunk() -> Iterator[None]:
    """One transaction."""
    with transaction.atomic():
        yield


def analyze() -> None:
    """Let the planner know how the tables have grown."""
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")
