"""A backup can be read, a broken one is refused, and what was restored is what was there."""

from __future__ import annotations

import json
import os
import shutil
import tarfile
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from lachan.web.ops import backup
from lachan.web.tests.installation import Installation

NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)


@pytest.fixture(scope="module")
def installation(tmp_path_factory: pytest.TempPathFactory) -> Installation:
    made = Installation(tmp_path_factory.mktemp("installation"))
    made.lachan("keys", "make")
    made.lachan("migrate")
    return made


def archives(data: Path) -> list[Path]:
    return sorted((data / "backups").glob("*.tar.gz"))


def test_a_backup_is_verified_restored_and_refused_when_damaged(installation: Installation) -> None:
    shutil.rmtree(installation.data / "backups", ignore_errors=True)  # another test's
    assert "no backup yet" in installation.lachan("restore", "--verify", code=1)
    assert "verified" in installation.lachan("backup")
    [archive] = archives(installation.data)
    assert archive.stat().st_mode & 0o077 == 0
    with tarfile.open(archive) as content:
        assert sorted(content.getnames()) == ["lachan.sqlite3", "manifest.json"]  # no keys
    database = installation.data / "lachan.sqlite3"
    database.write_bytes(b"not a database any more")
    for rest in ("-wal", "-shm"):
        database.with_name(database.name + rest).unlink(missing_ok=True)
    assert "restored" in installation.lachan("restore", str(archive))
    assert "0 sealed events, whole" in installation.lachan("audit", "verify")
    damaged = installation.data / "damaged.tar.gz"
    raw = bytearray(archive.read_bytes())
    raw[len(raw) // 2] ^= 0xFF
    damaged.write_bytes(bytes(raw))
    before = database.read_bytes()
    assert installation.lachan("restore", str(damaged), code=1).count("\n") == 1  # one line, no traceback
    assert database.read_bytes() == before


def test_before_the_tables_are_made_each_command_says_so_in_a_line(tmp_path: Path) -> None:
    fresh = Installation(tmp_path / "data")
    assert "lachan keys make" in fresh.lachan("doctor", code=1)
    fresh.lachan("keys", "make")
    assert "check itself failed" not in fresh.lachan("doctor", code=1)
    for words, code in (
        (("backup",), 1),
        (("serve", "--port", "0"), 78),
        (("move", "--to", f"sqlite:///{tmp_path}/x"), 1),
    ):
        said = fresh.lachan(*words, code=code)
        assert "lachan migrate" in said and said.count("\n") == 1, said


def test_nothing_is_restored_under_a_running_server(installation: Installation) -> None:
    installation.lachan("backup")
    beat = installation.data / "run" / "worker.json"
    beat.parent.mkdir(exist_ok=True)
    beat.write_text(json.dumps({"at": time.time(), "pid": 1}), encoding="utf-8")
    before = {path.name for path in installation.data.iterdir()}
    assert "stop it first" in installation.lachan("restore", code=1)
    assert {path.name for path in installation.data.iterdir()} == before
    assert "whole" in installation.lachan("restore", "--verify")  # looking does no harm
    beat.write_text(json.dumps({"at": time.time() - 60, "pid": 1}), encoding="utf-8")  # it was killed
    assert "restored" in installation.lachan("restore")
    beat.unlink()


def test_each_database_put_aside_is_kept(tmp_path: Path) -> None:
    live = tmp_path / "lachan.sqlite3"
    assert backup._free_name(live).name == "lachan.sqlite3.before-restore"
    (tmp_path / "lachan.sqlite3.before-restore-wal").touch()
    assert backup._free_name(live).name == "lachan.sqlite3.before-restore-2"


@pytest.mark.django_db
def test_an_archive_is_never_readable_by_others(
    installation: Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    modes: list[int] = []
    add = tarfile.TarFile.add

    def watched(self: tarfile.TarFile, *given: Any, **named: Any) -> None:
        modes.append((tmp_path / "x.tar.part").stat().st_mode & 0o077)
        add(self, *given, **named)

    monkeypatch.setattr(tarfile.TarFile, "add", watched)
    monkeypatch.setattr(backup, "folder", lambda: tmp_path)
    monkeypatch.setattr(backup, "_counts", dict)
    monkeypatch.setattr(backup, "_counts_of_sqlite", lambda path: {})
    monkeypatch.setattr(
        backup, "_dump", lambda scratch: _copied(installation.data / "lachan.sqlite3", scratch / "x")
    )
    backup.make(NOW, tmp_path / "x.tar.gz")
    assert modes == [0, 0]


def _copied(source: Path, target: Path) -> Path:
    shutil.copy(source, target)
    return target


def test_keys_only_when_asked_for(installation: Installation, tmp_path: Path) -> None:
    installation.lachan("backup", "--with-keys", "--to", str(tmp_path / "all.tar.gz"))
    with tarfile.open(tmp_path / "all.tar.gz") as content:
        assert "keys/ring.json" in content.getnames()


def test_old_archives_go_and_the_newest_stays(settings: Any, tmp_path: Path) -> None:
    settings.DATA = tmp_path
    (tmp_path / "backups").mkdir()
    ages = {"a": 60, "b": 36, "c": 34}
    for name, days in ages.items():
        path = tmp_path / f"backups/lachan-{name}.tar.gz"
        path.write_bytes(b"x")
        stamp = (NOW - timedelta(days=days)).timestamp()
        os.utime(path, (stamp, stamp))
    assert [path.name for path in backup.prune(NOW, dry_run=True)] == ["lachan-a.tar.gz", "lachan-b.tar.gz"]
    assert len(archives(tmp_path)) == 3
    backup.prune(NOW)
    assert [path.name for path in archives(tmp_path)] == ["lachan-c.tar.gz"]
    backup.prune(NOW + timedelta(days=400))
    assert [path.name for path in archives(tmp_path)] == ["lachan-c.tar.gz"]
