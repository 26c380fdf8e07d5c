"""Backups: one archive of the database, with the digests and counts that a restore is verified by.

The archive holds the database as it is: answers and numbers of people stay sealed under the installation's keys, which
are NOT in it unless asked for; names and communes, which lists are searched by, are in the clear as they are in the
database. So nobody else may read the file, and a backup without the keys folder opens no declaration: keep the two apart.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sqlite3
import subprocess
import tarfile
import tempfile
import time
import zlib
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection

from lachan.gate.declarations.services import retention
from lachan.web.front.health import HEARTBEAT, worker_state

MANIFEST, SQLITE, DUMP = "manifest.json", "lachan.sqlite3", "lachan.dump"
COUNTED = (
    "declarations_declaration",
    "declarations_entry",
    "audit_event",
    "audit_eventseal",
    "people_person",
    "places_place",
    "accounts_user",
)


class BackupError(RuntimeError):
    """Says in one line what failed; nothing was replaced."""


def folder() -> Path:
    return Path(settings.DATA) / "backups"


def newest() -> Path | None:
    return (
        max(folder().glob("lachan-*.tar.gz"), key=lambda path: path.stat().st_mtime, default=None)
        if folder().is_dir()
        else None
    )


def prune(now: datetime, *, dry_run: bool = False) -> list[Path]:
    """Delete archives of the backups folder that are past their term (a backup holds what was purged since), never the
    newest one. Copies elsewhere are their keeper's to delete."""
    kept = timedelta(days=retention.days(now)["backups"])
    last = newest()
    old = [
        path
        for path in folder().glob("lachan-*.tar.gz")
        if path != last and now - datetime.fromtimestamp(path.stat().st_mtime, UTC) > kept
    ]
    for path in [] if dry_run else old:
        path.unlink()
    return sorted(old)


def make(now: datetime, target: Path | None = None, *, with_keys: bool = False) -> Path:
    """Write an archive and return its path. The live database goes on being written meanwhile."""
    if not set(COUNTED) <= set(connection.introspection.table_names()):
        raise BackupError("there is nothing to back up yet: the tables are missing (lachan migrate)")
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    target = target or folder() / f"lachan-{now:%Y%m%d-%H%M%S}.tar.gz"
    with tempfile.TemporaryDirectory(dir=folder()) as scratch:
        dump = _dump(Path(scratch))
        manifest: dict[str, Any] = {
            "made_at": now.isoformat(),
            "store": connection.vendor,
            "file": dump.name,
            "sha256": _digest(dump),
        }
        manifest["counts"] = _counts_of_sqlite(dump) if connection.vendor == "sqlite" else _counts()
        (Path(scratch) / MANIFEST).write_text(json.dumps(manifest, indent=1), encoding="utf-8")
        partial = target.with_suffix(".part")
        partial.unlink(missing_ok=True)
        with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
            with tarfile.open(fileobj=file, mode="w:gz", compresslevel=4) as archive:
                archive.add(Path(scratch) / MANIFEST, MANIFEST)
                archive.add(dump, dump.name)
                if with_keys:
                    archive.add(settings.KEYS, "keys")
            file.flush()
            os.fsync(file.fileno())
        partial.replace(target)
    return target


def verify(archive: Path) -> dict[str, Any]:
    """Unpack into a scratch folder, check the digest, open the database, compare every count. Returns the manifest."""
    with tempfile.TemporaryDirectory() as scratch:
        manifest = _unpack(archive, Path(scratch))
        dump = Path(scratch) / manifest["file"]
        if manifest["store"] == "sqlite":
            found = _counts_of_sqlite(dump)
        else:
            found = manifest["counts"]
            _run("pg_restore", "--list", str(dump))
        if found != manifest["counts"]:
            raise BackupError(f"the counts differ: written {manifest['counts']}, found {found}")
    return manifest


def restore(archive: Path) -> dict[str, Any]:
    """Replace the database by the archive's, after verifying it. The database that stood there is kept beside it.

    Refused while `lachan serve` runs: what it acknowledged after the exchange would go into the database put aside.
    """
    if serving():
        raise BackupError("lachan serve is running on this data: stop it first (nothing was changed)")
    manifest = verify(archive)
    if manifest["store"] != connection.vendor:
        raise BackupError(
            f"the archive is of {manifest['store']}, this installation runs on {connection.vendor}"
        )
    with tempfile.TemporaryDirectory(dir=settings.DATA) as scratch:
        _unpack(archive, Path(scratch))
        dump = Path(scratch) / manifest["file"]
        if manifest["store"] == "sqlite":
            _replace_sqlite(dump)
        else:
            _run(
                "pg_restore",
                "--clean",
                "--if-exists",
                "--no-owner",
                "--single-transaction",
                "-d",
                _address(),
                str(dump),
            )
    connection.close()
    found = _counts()
    if found != manifest["counts"]:
        raise BackupError(f"after restoring the counts differ: written {manifest['counts']}, found {found}")
    return manifest


def serving() -> bool:
    """Whether the worker of this data folder gave a sign of life within the last seconds."""
    return worker_state(Path(settings.DATA) / "run" / HEARTBEAT, time.time()) == "ok"


def _dump(scratch: Path) -> Path:
    if connection.vendor == "sqlite":
        target = scratch / SQLITE
        source = sqlite3.connect(f"file:{settings.DATABASES['default']['NAME']}?mode=ro", uri=True)
        copy = sqlite3.connect(target)
        with source, copy:
            source.backup(copy, pages=4096)
        copy.close()
        source.close()
        return target
    target = scratch / DUMP
    _run("pg_dump", "--format=custom", "--no-owner", "--file", str(target), _address())
    return target


def _unpack(archive: Path, scratch: Path) -> dict[str, Any]:
    try:
        with tarfile.open(archive) as packed:
            packed.extractall(scratch, filter="data")
        manifest: dict[str, Any] = json.loads((scratch / MANIFEST).read_text(encoding="utf-8"))
        digest = _digest(scratch / manifest["file"])
    except (OSError, tarfile.TarError, zlib.error, EOFError, ValueError, KeyError) as error:
        cause = next(iter(str(error).splitlines()), "").rstrip(":")
        raise BackupError(f"{archive} can't be read as a backup: {cause}") from error
    if digest != manifest["sha256"]:
        raise BackupError(f"{archive}: the database inside is not the one that was written")
    return manifest


def _replace_sqlite(dump: Path) -> None:
    live = Path(settings.DATABASES["default"]["NAME"])
    connection.close()
    aside = _free_name(live)
    for suffix in ("", "-wal", "-shm"):
        part = live.with_name(live.name + suffix)
        if part.exists():
            part.replace(aside.with_name(aside.name + suffix))
    shutil.move(dump, live)


def _free_name(live: Path) -> Path:
    """Where the database that stood there goes: never over an earlier one, nor beside another one's log."""
    taken = {path.name.removesuffix("-wal").removesuffix("-shm") for path in live.parent.iterdir()}
    names = (f"{live.name}.before-restore{number}" for number in ["", *(f"-{n}" for n in range(2, 10_000))])
    return live.with_name(next(name for name in names if name not in taken))


def _counts() -> dict[str, int]:
    with connection.cursor() as cursor:
        return {table: _count(cursor, table) for table in COUNTED}


def _count(cursor: Any, table: str) -> int:
    cursor.execute(f"SELECT count(*) FROM {table}")  # noqa: S608 - names from COUNTED alone
    return int(cursor.fetchone()[0])


def _counts_of_sqlite(path: Path) -> dict[str, int]:
    opened = sqlite3.connect(f"file:{path}?mode=ro", uri=True)
    try:
        answer = opened.execute("PRAGMA integrity_check(1)").fetchone()[0]
        if answer != "ok":
            raise BackupError(f"the database in the backup is damaged: {answer}")
        return {table: _count(opened.cursor(), table) for table in COUNTED}
    except sqlite3.DatabaseError as error:
        raise BackupError(f"the database in the backup is damaged: {error}") from error
    finally:
        opened.close()


def _digest(path: Path) -> str:
    with path.open("rb") as content:
        return hashlib.file_digest(content, "sha256").hexdigest()


def _address() -> str:
    store = settings.DATABASES["default"]
    parts = {"dbname": store["NAME"], "user": store["USER"], "host": store["HOST"], "port": store["PORT"]}
    return " ".join(f"{name}={value}" for name, value in parts.items() if value)


def _run(*command: str) -> None:
    """A PostgreSQL tool; the password goes by the environment, never by the command line."""
    password = str(settings.DATABASES["default"].get("PASSWORD") or "")
    environment = {**os.environ, **({"PGPASSWORD": password} if password else {})}
    try:
        done = subprocess.run(command, capture_output=True, text=True, env=environment)
    except FileNotFoundError:
        raise BackupError(f"{command[0]} is missing: install postgresql-client") from None
    if done.returncode:
        raise BackupError(f"{command[0]}: {done.stderr.strip()[:500]}")
