"""SQLite's own trouble: told apart, and nothing lost."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connections

from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.intake.stores import Kept, Unavailable, checkpoints
from lachan.gate.intake.stores.contract import BadRow, Store
from lachan.gate.intake.stores.postgres import PostgresStore
from lachan.gate.intake.stores.sqlite import SqliteStore
from lachan.gate.intake.tests.conftest import ALIAS
from lachan.gate.intake.tests.stores.made import prepared, rows
from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event, PendingSeal


def test_a_missing_file_is_unavailable_and_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(Unavailable):
        SqliteStore(tmp_path / "none.sqlite3").open()
    assert not (tmp_path / "none.sqlite3").exists()


def test_a_full_disk_and_a_read_only_file_are_unavailable(store: Store) -> None:
    if not isinstance(store, SqliteStore) or store._db is None:
        pytest.skip("SQLite's")
    store._db.execute("VACUUM")  # no free pages left by tests before this one
    pages = store._db.execute("PRAGMA page_count").fetchone()[0]
    store._db.execute(f"PRAGMA max_page_count={pages + 1}")
    with pytest.raises(Unavailable, match="FULL"):
        store.write([prepared() for _ in range(200)])
    store._db.execute("PRAGMA max_page_count=1000000")
    store._db.execute("PRAGMA query_only=1")
    with pytest.raises(Unavailable, match="READONLY"):
        store.write([prepared()])
    store._db.execute("PRAGMA query_only=0")
    assert store.write([prepared()])[0].kept is Kept.CREATED
    assert rows(Declaration).count() == rows(Entry).count() == 1


def test_a_file_that_is_cut_short_is_told_and_ends_nobody(store: Store, tmp_path: Path) -> None:
    """A page that is missing from a mapped file is SIGBUS, the end of the process; from a read one it is an error."""
    if not isinstance(store, SqliteStore) or store._db is None:
        pytest.skip("SQLite's")
    copy = tmp_path / "copy.sqlite3"
    store._db.execute("VACUUM INTO ?", (str(copy),))
    ours = SqliteStore(copy)
    ours.open()
    assert ours._db is not None and ours._db.execute("PRAGMA mmap_size").fetchone() == (0,)
    os.truncate(copy, 3 * 4096)
    ours._db.execute("PRAGMA shrink_memory")
    with pytest.raises(Unavailable):
        ours.write([prepared()])
    with pytest.raises(Unavailable):
        ours.find(uuid7(), b"")
    ours.close()


@pytest.mark.parametrize(
    ("name", "raised"),
    [
        ("IndexCorrupted", Unavailable),
        ("InternalError_", Unavailable),
        ("UndefinedColumn", Unavailable),
        ("AdminShutdown", Unavailable),
        ("NumericValueOutOfRange", BadRow),
    ],
)
def test_only_a_row_is_blamed_that_may_be_to_blame(name: str, raised: type[Exception]) -> None:
    from psycopg import errors

    class Server:
        closed = False

        def execute(self, *_: Any, **__: Any) -> None:
            raise getattr(errors, name)

    server = PostgresStore({})
    server._db = Server()  # type: ignore[assignment]
    with pytest.raises(raised):
        server.write([prepared()])


def test_another_writer_is_waited_for(store: Store) -> None:
    if not isinstance(store, SqliteStore):
        pytest.skip("SQLite's")
    other = sqlite3.connect(store._path, isolation_level=None, check_same_thread=False)
    other.execute("BEGIN IMMEDIATE")
    threading.Timer(0.2, lambda: other.execute("COMMIT")).start()
    assert store.write([prepared()])[0].kept is Kept.CREATED
    other.close()


OTHER_WRITER = """
import sqlite3, sys, time
db = sqlite3.connect(sys.argv[1], isolation_level=None, timeout=20)
ends, count = time.monotonic() + float(sys.argv[2]), 0
while time.monotonic() < ends:
    db.execute("BEGIN IMMEDIATE")
    db.execute("INSERT INTO audit_pendingseal VALUES (?)", (f"other{count}",))
    db.execute("COMMIT")
    count += 1
print(count)
"""


def test_two_processes_and_the_copying_back_lose_nothing(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Locks of the log belong to the process: whatever drops them lets the other writer into our transaction."""
    if not isinstance(store, SqliteStore):
        pytest.skip("SQLite's")
    monkeypatch.setattr(checkpoints, "LOOK_EVERY", 0.001)
    monkeypatch.setattr(checkpoints, "ROWS", 20)
    store.close()
    store.open()
    command = [sys.executable, "-c", OTHER_WRITER, str(store._path), "2"]
    other = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
    written = 0
    while other.poll() is None:
        assert {outcome.kept for outcome in store.write([prepared() for _ in range(7)])} == {Kept.CREATED}
        written += 7
        store.idle()
    said, _ = other.communicate()
    assert written > 50 and int(said) > 50
    assert rows(Declaration).count() == rows(Entry).count() == rows(Event).count() == written
    assert rows(PendingSeal).count() == written + int(said)
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("PRAGMA integrity_check")
        assert cursor.fetchall() == [("ok",)]
