"""One statement over many small index ranges.

A list of a district asks the index of each of its communes for the newest rows. As one query with OR the database
reads all of the district and sorts; as a query a commune Django spends its time on making SQL. Here each query is
made once, and repeated with other values in one statement.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any
from uuid import UUID

from django.db import connection
from django.db.models import QuerySet

ANY = "any unit"
"""Stands in a query where each unit's path goes; no path looks so."""
MOST = 400
"""Ranges in a statement: SQLite takes 500 (SQLITE_MAX_COMPOUND_SELECT)."""


def ids(
    queries: Iterable[QuerySet[Any, UUID]], units: Sequence[str], *, newest: int | None = None
) -> list[UUID]:
    """The ids that the queries give, each asked once for every unit, each id once.

    `queries`: sliced, of one column with ids, with ANY for the unit. `newest`: only so many, the latest first; without
    it in no order.
    """
    compiled = [query.query.sql_with_params() for query in queries]
    ranges = [
        (sql, [unit if value == ANY else value for value in values])
        for sql, values in compiled
        for unit in units
    ]
    found: dict[UUID, None] = {}
    for start in range(0, len(ranges), MOST):
        found.update(dict.fromkeys(_ask(ranges[start : start + MOST], newest)))
    return sorted(found, reverse=True)[:newest] if newest is not None else list(found)


def _ask(ranges: list[tuple[str, list[Any]]], newest: int | None) -> list[UUID]:
    union = " UNION ALL ".join(f"SELECT * FROM ({sql}) AS one" for sql, _ in ranges)  # noqa: S608
    if newest is not None:
        union = f"SELECT DISTINCT * FROM ({union}) AS every ORDER BY 1 DESC LIMIT {newest:d}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(union, [value for _, values in ranges for value in values])
        return [row[0] if isinstance(row[0], UUID) else UUID(row[0]) for row in cursor.fetchall()]
