"""The move itself: one transaction on the target, so that whatever fails leaves its tables as empty as they were."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.db import Error, connections, transaction

from lachan.web import databases
from lachan.web.ops.backup import serving
from lachan.web.ops.doctor import behind
from lachan.web.ops.move.stores import Store, store_of
from lachan.web.ops.move.tables import Row, Table, Tally, read, tables

Say = Callable[[str], None]
TARGET = "move_target"
MADE_BY_DJANGO = (
    "auth_permission",
    "django_content_type",
)  # filled with the tables; replaced by the source's rows
EVERY = 5.0  # seconds between two lines of a large table


class MoveError(RuntimeError):
    """Says in one line why nothing was moved."""


@dataclass(frozen=True, slots=True)
class Moved:
    """What was moved. `tables`: rows by table. `head`: SEQ:HASH of the log's end."""

    tables: dict[str, int]
    head: str
    seconds: float


def move(url: str, say: Say, *, verify: bool = True) -> Moved:
    """Copy every row of this installation's store to the one at `url`, read all of it back and compare.

    `verify`: then recompute the log's chain on the target in a process of its own. Raises MoveError; the target's
    tables are then empty, except when only that last step finds a fault.
    """
    started = monotonic()
    if serving():
        raise MoveError("lachan serve is running on this data: stop it first (nothing was moved)")
    try:
        with _target(url) as target:
            _refuse_unfit(target)
            moved = _copy(target, say)
    except Error as error:
        raise MoveError(_cause(error)) from None
    head = _head()
    if verify:
        _verify_log(url, head, say)
    return Moved(moved, head, monotonic() - started)


@contextmanager
def _target(url: str) -> Iterator[Any]:
    """A second connection, to the store at `url`."""
    if not url.startswith(("postgres://", "postgresql://", "sqlite:///")):
        raise MoveError("the target is postgresql://user:password@host/name, or sqlite:///folder/file")
    given = databases.from_url(url, Path(settings.DATA))
    if _place(given) == _place(connections["default"].settings_dict):
        raise MoveError("the target is the store that this installation runs on")
    if url.startswith("sqlite:"):
        _own_file(Path(given["NAME"]))
    known = connections.configure_settings({"default": {}, TARGET: given})
    connections.settings[TARGET] = known[TARGET]
    try:
        yield connections[TARGET]
    finally:
        connections[TARGET].close()
        del connections[TARGET], connections.settings[TARGET]


def _place(given: Any) -> tuple[str, ...]:
    """Which database it is: host, port and name, or the file."""
    if given["ENGINE"].endswith("sqlite3"):
        return (str(Path(given["NAME"]).resolve()),)
    return tuple(str(given.get(part) or "") for part in ("HOST", "PORT", "NAME"))


def _own_file(path: Path) -> None:
    """The new database is readable by us alone from its first byte."""
    try:
        path.touch(mode=0o600)
    except OSError as error:
        raise MoveError(f"{path}: {error.strerror}") from None


def _refuse_unfit(target: Any) -> None:
    """Raises MoveError unless the source's tables are of this version and the target has none, or empty ones."""
    if behind():
        raise MoveError("this installation's tables are of an older version: run `lachan migrate` first")
    if target.vendor == "postgresql":
        with target.cursor() as cursor:
            cursor.execute("SHOW server_encoding")
            if (encoding := cursor.fetchone()[0]) != "UTF8":
                raise MoveError(
                    f"the target database is encoded in {encoding}: create it with ENCODING 'UTF8'"
                )
    if full := _first_with_rows(target):
        raise MoveError(f"the target isn't empty: {full} has rows (nothing was moved)")


def _first_with_rows(target: Any) -> str:
    present = set(target.introspection.table_names())
    ours = [table.name for table in tables() if table.name not in MADE_BY_DJANGO]
    with target.cursor() as cursor:
        for name in [each for each in ours if each in present]:
            cursor.execute(f"SELECT 1 FROM {target.ops.quote_name(name)} LIMIT 1")  # noqa: S608
            if cursor.fetchone():
                return name
    return ""


def _copy(target: Any, say: Say) -> dict[str, int]:
    say("Tạo bảng (making the tables) …")
    call_command("migrate", database=TARGET, interactive=False, verbosity=0)
    source, found = connections["default"], tables()
    with (
        source.wrap_database_errors,
        target.wrap_database_errors,
        transaction.atomic(),
        transaction.atomic(using=TARGET),
    ):
        ours, theirs = store_of(source), store_of(target)
        ours.hold(found)
        _empty_made(target)
        counts = {table.name: _one(table, ours, theirs, say) for table in found}
        theirs.finish(found)
    if target.vendor == "postgresql":
        with target.cursor() as cursor:
            cursor.execute("ANALYZE")
    return counts


def _empty_made(target: Any) -> None:
    with target.cursor() as cursor:
        for name in MADE_BY_DJANGO:
            cursor.execute(f"DELETE FROM {target.ops.quote_name(name)}")  # noqa: S608


def _one(table: Table, ours: Store, theirs: Store, say: Say) -> int:
    """Copy a table, read it back, compare. Returns its rows."""
    sent, found = Tally(), Tally()
    theirs.write(table, _counted(read(table, ours.rows(table)), sent, table, say))
    for row in read(table, theirs.rows(table)):
        found.add(row)
    if (sent.rows, sent.digest) != (found.rows, found.digest):
        raise MoveError(
            f"{table.name}: {sent.rows} rows were sent and {found.rows} came back, or came back otherwise"
            " (nothing was moved)"
        )
    if sent.rows:
        say(f"  ✓ {table.name:<34} {sent.rows:>12,} dòng (rows)  {sent.digest[:16]}")
    return sent.rows


def _counted(rows: Iterator[Row], tally: Tally, table: Table, say: Say) -> Iterator[Row]:
    said = monotonic()
    for row in rows:
        tally.add(row)
        yield row
        if tally.rows % 1000 == 0 and monotonic() - said > EVERY:
            said = monotonic()
            say(f"    {table.name:<34} {tally.rows:>12,} …")


def _cause(error: Error) -> str:
    """In one line, and without the value at fault, which PostgreSQL's context would quote: it may be someone's name."""
    diag = getattr(error.__cause__, "diag", None)
    if diag is None or not diag.message_primary:
        return (
            f"{type(error).__name__}: {str(error).splitlines()[0] if str(error) else ''} (nothing was moved)"
        )
    where = str(diag.context or "").splitlines()[0].partition(": ")[0] if diag.context else ""
    return f"{diag.message_primary}{f' ({where})' if where else ''} (nothing was moved)"


def _head() -> str:
    from lachan.kernel import chain
    from lachan.registry.audit import store

    seq, digest = store.head() or (0, chain.GENESIS)
    return f"{seq}:{digest.hex()}"


def _verify_log(url: str, head: str, say: Say) -> None:
    """`lachan audit verify` as it will run on the target. The address, which may hold a password, goes by the environment."""
    say("Kiểm tra nhật ký (verifying the log) …")
    environment = {name: value for name, value in os.environ.items() if name != "DATABASE_URL_FILE"}
    command = [sys.executable, "-m", "lachan.web", "audit", "verify", "--expect", head]
    done = subprocess.run(command, env={**environment, "DATABASE_URL": url}, capture_output=True, text=True)
    for line in (done.stdout + done.stderr).splitlines():
        say(f"  {line}")
    if done.returncode:
        raise MoveError(
            "every row is there, but the log has a fault: look with `lachan audit verify` whether it had it before"
        )
