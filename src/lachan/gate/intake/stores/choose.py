"""The store that Django's DATABASES entry names."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from lachan.gate.intake.stores.contract import Store
from lachan.gate.intake.stores.sqlite import SqliteStore


def store_of(database: Mapping[str, Any]) -> Store:
    """A store for an entry of DATABASES. psycopg is imported only where it is used."""
    if database["ENGINE"].endswith("sqlite3"):
        return SqliteStore(Path(database["NAME"]))
    from lachan.gate.intake.stores.postgres import PostgresStore

    return PostgresStore(parameters(database))


def parameters(database: Mapping[str, Any]) -> dict[str, Any]:
    """What psycopg.connect takes, from Django's names."""
    names = {"NAME": "dbname", "USER": "user", "PASSWORD": "password", "HOST": "host", "PORT": "port"}
    found = {to: database[name] for name, to in names.items() if database.get(name)}
    options = {key: value for key, value in database.get("OPTIONS", {}).items() if key in CONNECTION_OPTIONS}
    return {**found, **options}


CONNECTION_OPTIONS = {
    "sslmode",
    "sslrootcert",
    "sslcert",
    "sslkey",
    "target_session_attrs",
    "options",
    "service",
}
