"""SIGKILL at random moments under load, on each store: what was acknowledged is there, once, whole.

Clients number their declarations and send each until it is acknowledged, as phones do; some give up after a torn
connection, and then the declaration may be there or not, but never half. Beside them devices bring their scans
(`kill_devices`). Most rounds kill the front process, some the supervisor, whose children must die with it.
"""

from __future__ import annotations

import asyncio
import json
import os
import random
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from bench.gates.devices import enrolled, report
from bench.ground import Installation, bodies, free_port, installation, stop

from tests import kill_devices
from tests.kill_devices import DEVICES, Syncing
from tests.postgres import throwaway_postgres

pytestmark = pytest.mark.load

ROUNDS = 22
WHOLE = {5, 11, 17}
"""Rounds in which the supervisor and all its processes are killed."""
CHANCE = random.Random(20210722)
CLIENTS = 16
GIVES_UP = 0.1
PATH = "/api/intake/declarations"

REPORT = """
import json
from hashlib import sha256
from lachan.web.cli import setup; setup()
from django.db.models import Count
from lachan.gate.declarations.models import Declaration, Entry
from lachan.registry.audit.models import Event, EventSeal, PendingSeal
from lachan.base.period_keys import data_key
from lachan.kernel.clock import SystemClock
now = SystemClock().now()
rows = {}
for row in Declaration.objects.all().iterator():
    opened = data_key(row.period, now).open(bytes(row.payload), row.id.bytes)
    rows[str(row.id)] = [bytes(row.digest).hex(), sha256(bytes(row.payload)).hexdigest(), json.loads(opened)["answers"]["name"]]
entries = [str(each) for each in Entry.objects.values_list("declaration", flat=True)]
events = {str(event.subject): [str(event.id), bytes(event.digest).hex()] for event in Event.objects.filter(kind="declaration.received")}
queued = [str(each) for each in PendingSeal.objects.values_list("event", flat=True)]
sealed = [str(each) for each in EventSeal.objects.values_list("event", flat=True)]
count = Event.objects.filter(kind="declaration.received").count()
print(json.dumps({"rows": rows, "entries": entries, "events": events, "event_count": count, "queued": queued, "sealed": sealed}))
"""


class Clients:
    """Phones that send until they are told that it is recorded."""

    def __init__(self, port: int, chance: random.Random, count: int) -> None:
        self.port = port
        self.chance = chance
        self.bodies = bodies(count, 7)
        self.sent: dict[str, bytes] = {}
        self.acknowledged: dict[str, int] = {}
        self.again = 0
        self.refused: list[str] = []
        self.ending = False

    async def one(self) -> None:
        while not self.ending:
            body = next(self.bodies)
            id = json.loads(body)["id"]
            self.sent[id] = body
            await self._until_acknowledged(id, body)

    async def _until_acknowledged(self, id: str, body: bytes) -> None:
        while True:
            try:
                status, answer = await asyncio.wait_for(self._post(body), 15)
            except (OSError, asyncio.IncompleteReadError, ValueError, TimeoutError):
                if self.ending or self.chance.random() < GIVES_UP:
                    return
                self.again += 1
                await asyncio.sleep(0.02)
                continue
            if status in (200, 201):
                assert json.loads(answer)["id"] == id
                self.acknowledged[id] = status
                return
            if status not in (503, 429):
                self.refused.append(f"{status} {answer[:300]!r}")
                return
            await asyncio.sleep(0.05)

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = (
                f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n"
            )
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            line, _, rest = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
            length = int(rest.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            return int(line.split()[1]), await reader.readexactly(length)
        finally:
            writer.close()


@pytest.fixture(params=["sqlite", "postgres"])
def ground(request: pytest.FixtureRequest) -> Iterator[Installation]:
    with ExitStack() as stack:
        url = stack.enter_context(throwaway_postgres()) if request.param == "postgres" else ""
        yield stack.enter_context(installation(url))


def family(pid: int) -> set[int]:
    """A process and all below it."""
    found = {pid}
    for task in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in task.read_text().split():
            found |= family(int(child))
    return found


def gone(pids: set[int], seconds: float = 10) -> bool:
    """Whether all of them end in time (zombies have ended)."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if not any(_lives(pid) for pid in pids):
            return True
        time.sleep(0.05)
    return False


def _lives(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state not in ("Z", "X")


async def accepted(clients: Clients, devices: Sequence[Syncing], process: subprocess.Popen[bytes]) -> None:
    """Until a declaration and a scan more are acknowledged: the server is up and under load."""
    declared, scanned = len(clients.acknowledged), sum(one.acked for one in devices)
    deadline = time.monotonic() + 40
    while len(clients.acknowledged) <= declared or sum(one.acked for one in devices) <= scanned:
        assert not any(one.wrong for one in devices), [one.wrong for one in devices]
        assert time.monotonic() < deadline and process.poll() is None, "the server doesn't come up"
        await asyncio.sleep(0.02)


@asynccontextmanager
async def running(clients: Clients, devices: Sequence[Syncing]) -> AsyncIterator[None]:
    """People declare and devices sync; at the end each device sends the rest."""
    phones = [asyncio.create_task(clients.one()) for _ in range(CLIENTS)]
    syncing = [asyncio.create_task(one.run()) for one in devices]
    yield
    clients.ending = True
    for one in devices:
        one.ending = True
    await asyncio.gather(*phones)
    await asyncio.wait_for(asyncio.gather(*syncing), 90)


async def rounds(ground: Installation, clients: Clients, devices: Sequence[Syncing], port: int) -> int:
    """How many processes were killed."""
    worker = ground.start("lachan.web", "worker")  # a second writer, which nobody kills
    last: subprocess.Popen[bytes] | None = None
    try:
        async with running(clients, devices):
            for number in range(ROUNDS):
                await killed(ground, clients, devices, port, whole=number in WHOLE)
            last = ground.serve(port, "--only", "front")
            await accepted(clients, devices, last)
    finally:
        for process in (last, worker):
            if process is not None:
                stop(process)
    return ROUNDS


async def killed(
    ground: Installation, clients: Clients, devices: Sequence[Syncing], port: int, whole: bool
) -> None:
    """A server comes up, works for a moment, and dies with all that it started."""
    process = ground.serve(port, *(() if whole else ("--only", "front")))
    pids = {process.pid}
    try:
        await accepted(clients, devices, process)
        await asyncio.sleep(CHANCE.uniform(0.02, 0.7))
        pids = family(process.pid)
    finally:
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert await asyncio.get_running_loop().run_in_executor(None, gone, pids), "orphans"


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")
def test_nothing_acknowledged_is_lost_and_nothing_is_there_twice(ground: Installation) -> None:
    port = free_port()
    clients = Clients(port, random.Random(1), 200_000)
    devices = [Syncing(device, port) for device in enrolled(ground, DEVICES, seed=3)]
    kills = asyncio.run(rounds(ground, clients, devices, port))
    log = (ground.folder / "log.txt").read_text()[-3000:]
    assert kills >= 20 and not clients.refused, (kills, clients.refused[:3], log)
    assert len(clients.acknowledged) > 500 and clients.again > 20, (len(clients.acknowledged), clients.again)
    assert sum(one.torn for one in devices) > 20 and sum(one.acked for one in devices) > 2000
    check_all(ground, clients, devices)


def check_all(ground: Installation, clients: Clients, devices: Sequence[Syncing]) -> None:
    assert not any(one.wrong for one in devices), [one.wrong for one in devices]
    check(clients, json.loads(ground.python(REPORT).splitlines()[-1]))
    kill_devices.check(devices, report(ground))


FALLS = 6


async def falls(ground: Installation, clients: Clients, devices: Sequence[Syncing], port: int) -> int:
    """One of two fronts is killed, again and again; the other goes on, and the supervisor starts it anew. A device's
    batches come to either of them, also the same one to both."""
    ground.environment["LACHAN_FRONTS"] = "2"
    chance, kills = random.Random(7), 0
    process = ground.serve(port)
    try:
        async with running(clients, devices):
            await accepted(clients, devices, process)
            while kills < FALLS:
                await asyncio.sleep(chance.uniform(0.5, 1.0))
                if len(fronts := _fronts(process.pid)) == 2:
                    os.kill(chance.choice(fronts), signal.SIGKILL)
                    kills += 1
                    await accepted(clients, devices, process)
    finally:
        stop(process)
    return kills


def _fronts(supervisor: int) -> list[int]:
    return [pid for pid in family(supervisor) if b"front\0" in _command(pid)]


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


@pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="reads Linux's /proc")
def test_two_fronts_on_one_port_lose_nothing_when_one_falls(ground: Installation) -> None:
    port = free_port()
    clients = Clients(port, random.Random(2), 200_000)
    devices = [Syncing(device, port) for device in enrolled(ground, DEVICES, seed=4)]
    kills = asyncio.run(falls(ground, clients, devices, port))
    assert kills == FALLS and not clients.refused, clients.refused[:3]
    assert len(clients.acknowledged) > 300 and clients.again, (len(clients.acknowledged), clients.again)
    assert sum(one.acked for one in devices) > 500
    check_all(ground, clients, devices)


def check(clients: Clients, report: dict[str, Any]) -> None:
    rows = report["rows"]
    assert clients.acknowledged.keys() - rows.keys() == set(), "acknowledged and lost"
    assert rows.keys() - clients.sent.keys() == set(), "never sent"
    assert len(report["entries"]) == len(set(report["entries"])) == len(rows)
    assert set(report["entries"]) == rows.keys() == report["events"].keys()
    assert report["event_count"] == len(rows), "an event twice"
    events = {event for event, _digest in report["events"].values()}
    waiting, sealed = set(report["queued"]), set(report["sealed"])
    assert events <= waiting | sealed and not waiting & sealed, "neither queued nor sealed, or both"
    for id, (_digest, payload, name) in rows.items():
        assert json.loads(clients.sent[id])["answers"]["name"] == name
        assert report["events"][id][1] == payload, "an event that tells of another content"
