"""The doctor finds what is wrong, says what to do, and never stays silent."""

from __future__ import annotations

import json
import os
from collections import namedtuple
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import OperationalError, transaction

from lachan.registry.accounts.models import User
from lachan.registry.audit import services as audit
from lachan.registry.audit.models import EventSeal
from lachan.web.ops import doctor

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 24, 3, tzinfo=UTC)
Usage = namedtuple("Usage", "total used free")


def only(check: Any, now: datetime = NOW) -> doctor.Finding:
    [found] = list(check(now))
    return found


@pytest.fixture
def data(settings: Any, tmp_path: Path) -> Path:
    settings.DATA = tmp_path
    return tmp_path


def test_a_clock_before_the_software_was_made() -> None:
    found = only(doctor.clock, datetime(1970, 1, 1, tzinfo=UTC))
    assert found.state == doctor.FAIL and "timedatectl" in found.remedy


def test_a_clock_that_has_gone_back() -> None:
    EventSeal.objects.create(
        seq=1, event="0197" + "0" * 28, hash=b"x" * 32, sealed_at=NOW + timedelta(minutes=11)
    )
    assert only(doctor.clock).state == doctor.FAIL
    assert only(doctor.clock, NOW + timedelta(minutes=5)).state == doctor.OK


@pytest.mark.parametrize(
    ("free", "state"), [(1023, doctor.FAIL), (1024, doctor.WARN), (4095, doctor.WARN), (4096, doctor.OK)]
)
def test_the_disk(monkeypatch: pytest.MonkeyPatch, settings: Any, free: int, state: str) -> None:
    settings.DISK_ALARM_MB = 1024
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Usage(0, 0, free * 2**20))
    assert only(doctor.disk).state == state


def test_keys_that_are_gone(settings: Any, tmp_path: Path) -> None:
    settings.KEYS = tmp_path / "nothing"
    found = only(doctor.keys)
    assert found.state == doctor.FAIL and "never make new ones over data" in found.remedy
    assert "lachan keys make" in found.remedy


def test_keys_that_others_may_read(settings: Any, tmp_path: Path) -> None:
    from lachan.base import keys

    settings.KEYS = tmp_path / "keys"
    keys.make()
    assert only(doctor.keys).state == doctor.OK
    (tmp_path / "keys/ring.json").chmod(0o644)
    found = only(doctor.keys)
    assert found.state == doctor.WARN and "ring.json" in found.text


def test_a_worker_that_fell_silent(data: Path) -> None:
    assert only(doctor.worker).state == doctor.WARN
    beat = data / "run/worker.json"
    beat.parent.mkdir()
    beat.write_text("{}")
    assert only(doctor.worker).state == doctor.OK
    os.utime(beat, (0, 0))
    assert only(doctor.worker).state == doctor.FAIL


def test_events_that_wait_for_their_seal() -> None:
    with transaction.atomic():
        audit.record("otp.sent", now=NOW)
    assert only(doctor.sealing, NOW + timedelta(minutes=4)).state == doctor.OK
    assert only(doctor.sealing, NOW + timedelta(minutes=6)).state == doctor.FAIL


def test_demo_accounts_in_earnest(settings: Any) -> None:
    User.objects.create_user("quantri", full_name="Nguyễn Văn Thử", created_at=NOW, is_demo=True)
    settings.DEMO = False
    assert only(doctor.accounts).state == doctor.FAIL
    settings.DEMO = True
    assert only(doctor.accounts).state == doctor.OK


def test_backups_grow_old(data: Path) -> None:
    assert only(doctor.backups).state == doctor.WARN
    archive = data / "backups/lachan-20261124-010000.tar.gz"
    archive.parent.mkdir()
    archive.write_bytes(b"x")
    for age, state in ((timedelta(days=1), doctor.OK), (timedelta(days=3), doctor.WARN)):
        stamp = (NOW - age).timestamp()
        os.utime(archive, (stamp, stamp))
        assert only(doctor.backups).state == state


def test_no_units() -> None:
    assert only(doctor.units).remedy == "lachan units load"


def test_before_the_tables_are_made_only_what_can_be_told_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(doctor, "behind", lambda: 57)
    found = {one.check: one for one in doctor.findings(NOW)}
    assert found["tables"].remedy == "lachan migrate" and found["clock"].state == doctor.OK
    assert not {"units", "sealing", "accounts"} & set(found)
    assert not [one for one in found.values() if "check itself" in one.text]


def test_a_store_that_does_not_answer_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    def down() -> int:
        raise OperationalError("connection refused")

    monkeypatch.setattr(doctor, "behind", down)
    broken = [one.check for one in doctor.findings(NOW) if "refused" in one.text]
    assert broken == ["store"]


def test_a_check_that_breaks_is_a_failure(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(now: datetime) -> Any:
        raise OSError("gone")

    monkeypatch.setattr(doctor, "CHECKS", [broken])
    [found] = doctor.findings(NOW)
    assert found.state == doctor.FAIL and "gone" in found.text


def test_the_command_tells_by_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    from lachan.web.cli import parser

    arguments = parser().parse_args(["doctor", "--json"])
    assert arguments.run(arguments) == 1  # no units in a test's database
    found = json.loads(capsys.readouterr().out)
    assert {"clock", "disk", "store", "units"} <= {one["check"] for one in found}
