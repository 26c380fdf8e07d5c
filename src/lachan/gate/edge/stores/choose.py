"""The writing of scans that fits a store."""

from __future__ import annotations

from lachan.gate.edge.judge import Verdict
from lachan.gate.edge.rows import Ready
from lachan.gate.edge.stores.sqlite import SqliteScans
from lachan.gate.intake.stores import Lane, Store
from lachan.gate.intake.stores.sqlite import SqliteStore

MOST = 512
"""Scans in a transaction: a declaration waits for one of these at most."""
CAPACITY = 4096


def scans_of(store: Store) -> Lane[Ready, Verdict | None]:
    """The lane of scans for a store. psycopg is imported only where it is used."""
    if isinstance(store, SqliteStore):
        sqlite = SqliteScans()
        return Lane(sqlite.write, MOST, CAPACITY)
    from lachan.gate.edge.stores.postgres import PostgresScans

    return Lane(PostgresScans().write, MOST, CAPACITY)
