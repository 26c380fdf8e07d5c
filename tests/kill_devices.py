"""Devices that sync while servers die: every acknowledged scan must be there, once, and the heads equal.

They go on scanning and send what they have in batches of any size, again until they are told that it is there; some also
send again what was acknowledged, or send the same batch over two connections at once.
"""

from __future__ import annotations

import asyncio
import json
from base64 import urlsafe_b64decode
from collections import Counter
from collections.abc import Sequence
from typing import Any

from bench.gates.devices import SCANS, SimDevice, compared

DEVICES = 8
MOST_LINES = 60
BACKLOG = 600
"""Who has so many waiting scans no more for now; else the logs outgrow the test while the server is down."""
REPEATS, TWICE = 0.1, 0.1


class Syncing:
    """A device that scans and sends until it is told to end; then it sends the rest."""

    def __init__(self, device: SimDevice, port: int) -> None:
        self.device = device
        self.port = port
        self.acked = 0
        self.answers: Counter[int] = Counter()
        self.torn = 0
        self.wrong: list[str] = []
        self.ending = False

    async def run(self) -> None:
        chance, device = self.device.chance, self.device
        while not (self.ending and self.acked == len(device.lines)) and not self.wrong:
            if not self.ending and len(device.lines) - self.acked < BACKLOG:
                device.scan(chance.randint(1, MOST_LINES))
            first = self.acked + 1
            if self.acked and chance.random() < REPEATS:
                first = chance.randint(1, self.acked)
            last = min(len(device.lines), first + chance.randint(0, 2 * MOST_LINES))
            sends = 2 if chance.random() < TWICE else 1
            await asyncio.gather(*[self._send(first, last) for _ in range(sends)])

    async def _send(self, first: int, last: int) -> None:
        try:
            status, answer = await asyncio.wait_for(self._post(self.device.body(first, last)), 15)
        except (OSError, asyncio.IncompleteReadError, ValueError, TimeoutError):
            self.torn += 1
            return await asyncio.sleep(0.02)
        self.answers[status] += 1
        if status == 200:
            self._acknowledged(json.loads(answer), last)
        elif status in (503, 429):
            await asyncio.sleep(0.05)
        else:  # neither a gap nor a fork can come of it: each batch begins where the log stands, or before
            self.wrong.append(f"{first}-{last}: {status} {answer[:300]!r}")

    def _acknowledged(self, answer: dict[str, Any], last: int) -> None:
        up_to = int(answer["next"]) - 1
        head = self.device.heads[up_to].hex() if up_to < len(self.device.heads) else "none"
        if up_to < last or head != _hex(answer["head"]):
            self.wrong.append(f"acknowledged {answer} after {last}")
        self.acked = max(self.acked, last)

    async def _post(self, body: bytes) -> tuple[int, bytes]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            head = (
                f"POST {SCANS} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\nconnection: close\r\n"
            )
            writer.write(f"{head}content-length: {len(body)}\r\n\r\n".encode() + body)
            line, _, rest = (await reader.readuntil(b"\r\n\r\n")).partition(b"\r\n")
            length = int(rest.lower().split(b"content-length:")[1].split(b"\r\n")[0])
            return int(line.split()[1]), await reader.readexactly(length)
        finally:
            writer.close()


def _hex(text: str) -> str:
    return urlsafe_b64decode(text + "=").hex()


def check(devices: Sequence[Syncing], held: dict[str, Any]) -> None:
    """What the database holds (`bench.gates.devices.report`), against what was told to the devices."""
    acknowledged = {str(one.device.log): one.acked for one in devices}
    assert compared([one.device for one in devices], acknowledged, held) == (0, 0), "lost, doubled"
    rows = {(log, seq): id for id, log, seq in held["scans"]}
    told: dict[str, list[tuple[int, int, int]]] = {}
    for _event, digest, data in held["events"]:
        told.setdefault(data["log"], []).append((data["first"], data["last"], data["count"]))
        device = next(one.device for one in devices if str(one.device.log) == data["log"])
        assert digest == device.heads[data["last"]].hex(), "an event that tells of another head"
    for one in devices:
        device, log = one.device, str(one.device.log)
        assert held["logs"][log] == [len(device.lines) + 1, device.heads[-1].hex()]
        assert [rows[log, seq] for seq in range(1, len(device.lines) + 1)] == device.ids
        batches = sorted(told[log])
        assert [first for first, _, _ in batches] == [1, *(last + 1 for _, last, _ in batches[:-1])]
        assert batches[-1][1] == len(device.lines)
        assert all(count == last - first + 1 for first, last, count in batches)
    events, waiting, sealed = (
        {event for event, _, _ in held["events"]},
        set(held["queued"]),
        set(held["sealed"]),
    )
    assert events <= waiting | sealed and not waiting & sealed, "neither queued nor sealed, or both"
