"""The supervisor with small children: restarts, back-off, an orderly end, no orphans."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from lachan.web.serve import paths
from lachan.web.serve.options import Options
from lachan.web.serve.supervisor import HOPELESS, LONGEST_WAIT, Child, Supervisor, taken
from lachan.web.serve.worker_process import Beat, Worker

SLEEPER = "import time, sys; sys.stdout.flush(); time.sleep(60)"


def child(code: str) -> Child:
    return Child("front", [sys.executable, "-c", code])


def run_for(supervisor: Supervisor, seconds: float) -> int:
    threading.Timer(seconds, lambda: os.kill(os.getpid(), signal.SIGTERM)).start()
    before = {sign: signal.getsignal(sign) for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP)}
    try:
        return supervisor.run()
    finally:
        for sign, handler in before.items():
            signal.signal(sign, handler)


def test_a_fallen_child_is_started_again(tmp_path: Path) -> None:
    log = tmp_path / "starts"
    falls = child(f"open({str(log)!r}, 'a').write('x'); raise SystemExit(3)")
    assert run_for(Supervisor([falls]), 2.0) == 0
    starts = len(log.read_text())
    assert 2 <= starts <= 4, "again, and more slowly each time"


def test_the_wait_grows_and_ends() -> None:
    one = child(SLEEPER)
    supervisor = Supervisor([one])
    waits = []
    for _ in range(8):
        one.started = 100.0
        supervisor._fallen(one, 1, 101.0)
        waits.append(one.wait)
    assert waits == sorted(waits) and waits[-1] == LONGEST_WAIT
    one.started = 100.0
    supervisor._fallen(one, 1, 200.0)
    assert one.wait < 1, "it had run well before"


def test_all_are_stopped_in_time_even_the_deaf() -> None:
    deaf = child("import signal, time; signal.signal(signal.SIGTERM, signal.SIG_IGN); time.sleep(60)")
    polite = child(SLEEPER)
    began = time.monotonic()
    run_for(Supervisor([deaf, polite]), 1.0)
    assert time.monotonic() - began < 11
    assert all(each.process is not None and each.process.poll() is not None for each in (deaf, polite))


def test_what_starting_again_cannot_mend_ends_everything() -> None:
    hopeless, polite = child(f"raise SystemExit({HOPELESS})"), child(SLEEPER)
    assert Supervisor([hopeless, polite]).run() == HOPELESS
    assert polite.process is not None and polite.process.poll() is not None
    for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        signal.signal(sign, signal.SIG_DFL if sign != signal.SIGINT else signal.default_int_handler)


@pytest.mark.skipif(sys.platform != "linux", reason="the kernel's own line")
def test_a_child_dies_with_its_parent(tmp_path: Path) -> None:
    pid_file = tmp_path / "pid"
    tied = f"import os, time; from lachan.web.serve import lifeline; lifeline.tie(); open({str(pid_file)!r}, 'w').write(str(os.getpid())); time.sleep(60)"
    parent = (
        "import os, subprocess, sys, time\n"
        f"subprocess.Popen([sys.executable, '-c', {tied!r}], env={{**os.environ, 'LACHAN_SUPERVISOR_PID': str(os.getpid())}})\n"
        "time.sleep(60)"
    )
    process = subprocess.Popen([sys.executable, "-c", parent])
    deadline = time.monotonic() + 10
    while not (pid_file.exists() and pid_file.read_text()) and time.monotonic() < deadline:
        time.sleep(0.05)
    process.kill()
    process.wait()
    pid = int(pid_file.read_text())
    while time.monotonic() < deadline and _lives(pid):
        time.sleep(0.05)
    assert not _lives(pid)


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except OSError:
        return False


def test_the_children_know_what_runs_beside_them() -> None:
    given = Options(port=8123, kinds=("django", "front")).arguments("front")
    assert given == ["serve", "--only", "front", "--host", "127.0.0.1", "--port", "8123", "--beside=django"]


def test_several_fronts_are_started_of_the_other_kinds_one_each() -> None:
    assert Options(fronts=3).children() == ["django", "front", "front", "front", "worker"]


def test_a_port_that_others_share_is_taken_all_the_same() -> None:
    with socket.socket() as other:
        other.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = int(other.getsockname()[1])
        assert taken("127.0.0.1", port)
    assert not taken("127.0.0.1", port)
    assert not taken("no-such-host.invalid", port), "the front itself says what is wrong with it"


def test_a_deep_data_folder_still_has_a_socket(tmp_path: Path) -> None:
    deep = tmp_path / ("x" * 60) / ("y" * 60)
    deep.mkdir(parents=True)
    assert paths.django_socket(tmp_path) == tmp_path / "run" / "django.sock" or len(str(tmp_path)) > 80
    found = paths.django_socket(deep)
    assert len(str(found)) < 100 and found == paths.django_socket(deep)
    found.parent.rmdir()


def test_the_sign_of_life_stops_when_the_loop_hangs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from lachan.web.serve import worker_process

    monkeypatch.setattr(worker_process, "BEAT", 0.02)
    beat = Beat(tmp_path / "worker.json")
    beat.start()
    time.sleep(0.1)
    assert (tmp_path / "worker.json").exists()
    monkeypatch.setattr(worker_process, "STUCK", 0.0)
    time.sleep(0.1)
    stopped = (tmp_path / "worker.json").stat().st_mtime_ns
    time.sleep(0.1)
    assert (tmp_path / "worker.json").stat().st_mtime_ns == stopped
    beat.end()
    assert not (tmp_path / "worker.json").exists()


def test_a_failing_round_is_survived(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    worker = Worker()
    rounds: list[int] = []

    def once() -> bool:
        rounds.append(1)
        if len(rounds) == 1:
            raise RuntimeError("the database left")
        worker.ask_to_stop()
        return False

    monkeypatch.setattr(worker, "once", once)
    monkeypatch.setattr("lachan.web.serve.worker_process._drop_connections", lambda: None)
    monkeypatch.setattr("lachan.web.serve.worker_process.PAUSE", 0.01)
    worker.run()
    assert len(rounds) == 2 and "a round failed" in caplog.text


@pytest.mark.django_db(transaction=True)
def test_a_round_seals_consumes_and_runs_what_waits(now: object) -> None:
    from datetime import UTC, datetime

    from django.db import transaction

    from lachan.registry.audit.models import EventSeal, PendingSeal
    from lachan.registry.audit.services import record

    with transaction.atomic():
        made = record("test.made", now=datetime(2021, 7, 22, tzinfo=UTC))
    worker = Worker()
    assert worker.once() is True
    assert (
        EventSeal.objects.filter(event=made.pk).exists()
        and not PendingSeal.objects.filter(event=made.pk).exists()
    )
    assert not all(worker.once() for _ in range(5)), "what a round leaves is worked off in a few"
