from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from lachan.base import alarms
from lachan.kernel.ids import uuid7
from lachan.portal import checks
from lachan.portal.selectors import machine
from lachan.portal.tests.conftest import SignIn
from lachan.registry.audit import consumers
from lachan.registry.audit.models import Event, StuckEvent

pytestmark = pytest.mark.django_db


@pytest.fixture
def operator(sign_in: SignIn, settings: Any, tmp_path: Path) -> Client:
    settings.DATA = tmp_path
    return sign_in("it_officer")


def test_the_doctors_checks_are_registered_and_have_words() -> None:
    assert {"clock", "disk", "keys", "store", "units", "worker", "sealing", "accounts", "backups"} <= set(
        alarms._checks
    )
    assert [name for name, (_, slow) in alarms._checks.items() if slow] == ["store"]
    assert {"clock", "disk", "keys", "store", "units", "worker", "sealing", "accounts", "backup"} <= set(
        checks.NAMES
    )


def test_the_page_shows_findings_in_the_readers_words(operator: Client) -> None:
    page = operator.get("/cb/he-thong/").content.decode()
    assert "Bản sao dự phòng" in page
    assert "Chạy lachan backup mỗi ngày" in page
    assert "chưa đọc toàn bộ kho dữ liệu" in page


def test_checking_everything_is_audited(operator: Client) -> None:
    page = operator.post("/cb/he-thong/", follow=True).content.decode()
    assert "Kho dữ liệu" in page
    assert "chưa đọc toàn bộ kho dữ liệu" not in page
    assert Event.objects.filter(kind="system.checked", actor=operator.user.pk).count() == 1  # type: ignore[attr-defined]


@pytest.mark.parametrize("role", ["district_officer", "province_leader", "auditor"])
def test_only_operators_come_in(sign_in: SignIn, role: str) -> None:
    client = sign_in(role)
    assert client.get("/cb/he-thong/").status_code == 403
    assert client.post("/cb/he-thong/1/chay-lai/").status_code == 403


def test_a_broken_check_is_a_failure(monkeypatch: Any, now: datetime) -> None:
    def broken(now: datetime) -> Any:
        raise OSError("no disk")

    monkeypatch.setattr(alarms, "_checks", {"disk": (broken, False), "store": (broken, True)})
    [finding] = alarms.report(now).raised
    assert (finding.check, finding.state, finding.text) == ("disk", "fail", "OSError: no disk")
    assert len(alarms.report(now, slow=True).findings) == 2


def test_a_report_is_kept_for_two_minutes(monkeypatch: Any, clock: Any) -> None:
    runs: list[datetime] = []
    monkeypatch.setattr(alarms, "_checks", {"x": (lambda now: runs.append(now) or [], False)})
    first = alarms.recent(clock.now())
    assert alarms.recent(clock.now()) is first
    clock.advance(alarms.FRESH)
    assert alarms.recent(clock.now()) is not first
    assert len(runs) == 2


def test_worker_backups_and_keys(settings: Any, tmp_path: Path, now: datetime) -> None:
    settings.DATA = tmp_path
    assert machine.worker(now) == machine.Worker(None, True)
    assert machine.backups() == []
    (tmp_path / "run").mkdir()
    beat = tmp_path / "run" / "worker.json"
    beat.write_text("{}")
    written = datetime.fromtimestamp(beat.stat().st_mtime, UTC)
    assert machine.worker(written) == machine.Worker(written, False)
    assert machine.worker(written + machine.SILENT * 2).late
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / "lachan-20210722-010000.tar.gz").write_bytes(bytes(2**20))
    [backup] = machine.backups()
    assert (backup.name, backup.megabytes) == ("lachan-20210722-010000.tar.gz", 1.0)
    [key] = machine.signing_keys()
    assert key.current and key.since is None and not key.revoked


@pytest.fixture
def stuck(now: datetime) -> StuckEvent:
    return StuckEvent.objects.create(
        consumer="declarations.counters", seq=7, event=uuid7(), kind="declaration.received", tries=5,
        error="ValueError: x", first_at=now, last_at=now, set_aside_at=now,
    )  # fmt: skip


def test_an_event_set_aside_is_shown_and_run_again(
    operator: Client, stuck: StuckEvent, monkeypatch: Any
) -> None:
    assert "ValueError: x" in operator.get("/cb/he-thong/").content.decode()
    monkeypatch.setattr(
        consumers, "replay", lambda one, now: StuckEvent.objects.filter(pk=one.pk).update(settled_at=now)
    )
    operator.post(f"/cb/he-thong/{stuck.pk}/chay-lai/")
    assert Event.objects.filter(kind="system.event_replayed", subject=stuck.event).exists()
    assert operator.post(f"/cb/he-thong/{stuck.pk}/chay-lai/").status_code == 404


def test_the_second_of_two_clicks_is_told_and_leaves_no_trace(
    operator: Client, stuck: StuckEvent, monkeypatch: Any
) -> None:
    monkeypatch.setattr(consumers, "replay", lambda one, now: False)
    page = operator.post(f"/cb/he-thong/{stuck.pk}/chay-lai/", follow=True).content.decode()
    assert "đã được người khác chạy lại" in page
    assert not Event.objects.filter(kind="system.event_replayed").exists()


def test_an_event_that_fails_again_stays(operator: Client, stuck: StuckEvent, monkeypatch: Any) -> None:
    def fails(one: StuckEvent, now: datetime) -> bool:
        raise RuntimeError

    monkeypatch.setattr(consumers, "replay", fails)
    page = operator.post(f"/cb/he-thong/{stuck.pk}/chay-lai/", follow=True).content.decode()
    assert "Vẫn chưa được: RuntimeError" in page
    assert not Event.objects.filter(kind="system.event_replayed").exists()
    assert consumers.alarms().count() == 1


def test_every_finding_can_be_told() -> None:
    for state in ("ok", "warn", "fail", "?"):
        told = checks.told(alarms.Broken("something new", "detail", state=state, remedy="do this"))
        assert told.name == "something new"
        assert told.detail == "detail"
