"""A database that the intake's own connections can reach: PostgreSQL's as it is, SQLite's copied into a file."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection, connections

SQLITE = settings.DATABASES["default"]["ENGINE"].endswith("sqlite3")
ALIAS = "intake_file" if SQLITE else "default"
"""Django's tests on SQLite live in memory, where only one process' one connection sees them."""


@pytest.fixture
def ground(transactional_db: None, tmp_path: Path) -> Iterator[str]:
    """The alias of a database with every table, empty."""
    if not SQLITE:
        yield ALIAS
        return
    path = tmp_path / "intake.sqlite3"
    connection.ensure_connection()
    target = sqlite3.connect(path)
    connection.connection.backup(target)
    target.close()
    wrapper = type(connections["default"])
    # Django forbids tests any alias that they didn't name beforehand; this one passes as the default.
    connections[ALIAS] = wrapper({**connection.settings_dict, "NAME": str(path)}, "default")
    yield ALIAS
    connections[ALIAS].close()
    del connections[ALIAS]
