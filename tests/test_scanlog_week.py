"""Seven days on roads with hardly a signal: devices and the server are killed again and again, and both sides end alike.

The week is lived on each store, both at once: it is mostly waiting.
"""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from bench.gates.devices import enrolled, report
from bench.ground import ROOT, Installation, free_port, installation, stop

from tests.postgres import throwaway_postgres
from tests.week_device import PER_DAY, Kept

pytestmark = pytest.mark.load

DAYS = 7
DEVICES = 4
DEATHS = 1
"""Of each device on each day; with those of the server more than twenty a store."""
NIGHTS = {2, 5}
"""Days on which there is no server at all."""
BACKDATE = """
from lachan.web.cli import setup; setup()
from datetime import timedelta
from lachan.gate.checkpoints.models import Device, Shift
from lachan.kernel.clock import SystemClock
now = SystemClock().now()
Device.objects.update(enrolled_at=now - timedelta(days=8))
Shift.objects.update(starts_at=now - timedelta(days=8))
"""
PAYLOADS = """
import json, sys
from hashlib import sha256
from lachan.web.cli import setup; setup()
from lachan.base.period_keys import data_key
from lachan.gate.checkpoints.models import Scan
from lachan.kernel.clock import SystemClock
now, found = SystemClock().now(), {}
for scan in Scan.objects.order_by("log", "seq"):
    body = data_key(scan.period, now).open(bytes(scan.payload), scan.pk.bytes)
    found.setdefault(str(scan.log), []).append([str(scan.pk), bytes(scan.digest).hex(), sha256(body).hexdigest(), scan.flags])
print(json.dumps(found))
"""


class Road:
    """The devices' processes and the server, each of which may die at any moment."""

    def __init__(self, ground: Installation, folders: list[Path], seed: int) -> None:
        self.ground, self.folders = ground, folders
        self.port = free_port()
        self.chance = random.Random(seed)
        self.server: subprocess.Popen[bytes] | None = None
        self.killed = {"device": 0, "server": 0}

    def device(self, folder: Path, day: int, *finish: str) -> subprocess.Popen[bytes]:
        command = [sys.executable, "-m", "tests.week_device", str(folder), str(self.port), str(day), *finish]
        with (folder / "said.txt").open("ab") as said:
            return subprocess.Popen(command, cwd=ROOT, env=self.ground.environment, stdout=said, stderr=said)

    def serve(self) -> None:
        if self.server is None:
            self.server = self.ground.serve(self.port, "--only", "front")

    def kill_server(self) -> None:
        if self.server is not None:
            self.server.send_signal(signal.SIGKILL)
            stop(self.server)
            self.server = None
            self.killed["server"] += 1

    def kill_device(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.kill()
            process.wait()
            self.killed["device"] += 1

    def day(self, number: int) -> None:
        """Everyone scans the day's share, through deaths of their own and of the server's."""
        running = {folder: self.device(folder, number) for folder in self.folders}
        deaths = dict.fromkeys(self.folders, DEATHS)
        deadline = time.monotonic() + 120
        while running:
            assert time.monotonic() < deadline, "a day that doesn't end"
            time.sleep(self.chance.uniform(0.05, 0.4))
            if number not in NIGHTS and self.chance.random() < 0.5:
                self.serve()
            elif self.chance.random() < 0.25:
                self.kill_server()
            folder = self.chance.choice(list(running))
            if deaths[folder] and self.chance.random() < 0.5:
                deaths[folder] -= 1
                self.kill_device(running[folder])
            running = {
                folder: self._going(folder, process, number)
                for folder, process in running.items()
                if process.poll() != 0
            }

    def _going(self, folder: Path, process: subprocess.Popen[bytes], number: int) -> subprocess.Popen[bytes]:
        """The same, or another one in place of a killed one. A device that gave up by itself is a fault."""
        if process.poll() is None:
            return process
        assert process.returncode == -signal.SIGKILL, (folder / "said.txt").read_text()[-2000:]
        return self.device(folder, number)

    def close(self) -> None:
        if self.server is not None:
            stop(self.server)


def on_disk(folder: Path, device: Any) -> Path:
    folder.mkdir()
    said = {
        "key": device.key.to_pem(), "id": str(device.id), "log": str(device.log), "place": device.place, "shift": device.shift,
    }  # fmt: skip
    (folder / "device.json").write_text(json.dumps(said))
    return folder


def test_a_week_ends_with_equal_counts_and_hashes(tmp_path: Path) -> None:
    with ThreadPoolExecutor(2) as both:
        for week in [both.submit(lived, store, tmp_path / store) for store in ("sqlite", "postgres")]:
            week.result()


def lived(store: str, folder: Path) -> None:
    with ExitStack() as stack:
        url = stack.enter_context(throwaway_postgres()) if store == "postgres" else ""
        week(stack.enter_context(installation(url)), folder)


def week(ground: Installation, folder: Path) -> None:
    folder.mkdir()
    devices = enrolled(ground, DEVICES, seed=7)
    folders = [on_disk(folder / str(at), device) for at, device in enumerate(devices)]
    ground.python(BACKDATE)
    road = Road(ground, folders, seed=20210724)
    try:
        for number in range(DAYS):
            road.day(number)
        road.serve()
        last = [road.device(folder, DAYS - 1, "finish") for folder in folders]
        assert [process.wait(90) for process in last] == [0] * DEVICES, [
            (folder / "said.txt").read_text()[-800:] for folder in folders
        ]
    finally:
        road.close()
    assert road.killed["device"] + road.killed["server"] >= 20, road.killed
    assert road.killed["device"] >= DEVICES * DAYS // 2 and road.killed["server"] >= 3, road.killed
    compare(ground, [Kept(folder) for folder in folders])


def compare(ground: Installation, devices: list[Kept]) -> None:
    from hashlib import sha256

    held, bodies = report(ground), json.loads(ground.python(PAYLOADS).splitlines()[-1])
    assert len(held["scans"]) == DEVICES * DAYS * PER_DAY == sum(len(each.sim.lines) for each in devices)
    for each in devices:
        sim, log = each.sim, str(each.sim.log)
        assert held["logs"][log] == [len(sim.lines) + 1, sim.heads[-1].hex()]
        assert bodies[log] == [
            [id, head.hex(), sha256(line).hexdigest(), flags]
            for id, head, line, (*_, flags) in zip(
                sim.ids, sim.heads[1:], sim.lines, bodies[log], strict=True
            )
        ]
        assert not [flags for *_, flags in bodies[log] if flags], (
            "scans of the week are neither late nor broken"
        )
        told = sorted((data["first"], data["last"]) for _, _, data in held["events"] if data["log"] == log)
        assert [first for first, _ in told] == [1, *(last + 1 for _, last in told[:-1])] and told[-1][
            1
        ] == len(sim.lines)
