"""The load of an outage's end: every device sends its log, a batch at a time, while people go on declaring.

`python -m bench.gates.client --port P --load FILE --rate 100` prints one JSON line. The file, a pickle that the benchmark made:
{"rounds": [[[body, …] of a device, …], …], "live": [body, …]}. Declarations come at set moments, whoever is late: an
answer's time counts from when it was due.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import pickle
import sys
import time
from collections import Counter
from pathlib import Path
from typing import Any

import uvloop

from bench.gates.devices import SCANS

DECLARATIONS = "/api/intake/declarations"
LIVE_CONNECTIONS = 32
REST = 0.3  # seconds of quiet between two rounds


class Line:
    """One connection, one request at a time."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._streams: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None

    async def post(self, path: str, body: bytes) -> tuple[int, bytes, float]:
        """(status, body, seconds of Retry-After)."""
        reader, writer = self._streams = self._streams or await asyncio.open_connection(
            "127.0.0.1", self._port, limit=2**20
        )
        head = f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
        writer.write(head.encode() + body)
        top = (await reader.readuntil(b"\r\n\r\n")).lower()
        answer = await reader.readexactly(_number(top, b"content-length:"))
        return int(top[9:12]), answer, float(_number(top, b"retry-after:"))

    def close(self) -> None:
        if self._streams:
            self._streams[1].close()


def _number(head: bytes, name: bytes) -> int:
    at = head.find(name)
    return int(head[at + len(name) :].split(b"\r\n", 1)[0]) if at >= 0 else 0


class Run:
    def __init__(self, port: int, path: str) -> None:
        self.port = port
        self.path = path
        self.statuses: Counter[int] = Counter()
        self.other = b""
        self.times: list[float] = []
        self.quiet: list[float] = []
        self.syncing = False
        self.live_statuses: Counter[int] = Counter()
        self.acknowledged: dict[str, int] = {}

    async def device(self, bodies: list[bytes]) -> None:
        """Send a log to its end; what the server has no time for is sent again."""
        line = Line(self.port)
        for body in bodies:
            while True:
                status, answer, wait = await line.post(self.path, body)
                self.statuses[status] += 1
                if status == 200:
                    self._acknowledge(body, json.loads(answer))
                    break
                self.other = answer[:300]
                if status not in (429, 503):
                    return line.close()
                await asyncio.sleep(wait or 1)
        line.close()

    def _acknowledge(self, body: bytes, answer: dict[str, Any]) -> None:
        log = body.partition(b'"log":"')[2][:36].decode()
        self.acknowledged[log] = max(self.acknowledged.get(log, 0), int(answer["next"]) - 1)

    async def round(self, devices: list[list[bytes]]) -> float:
        """Seconds until the last line of the last device is acknowledged."""
        self.syncing, began = True, time.perf_counter()
        await asyncio.gather(*[self.device(bodies) for bodies in devices if bodies])
        took, self.syncing = time.perf_counter() - began, False
        return took

    async def live(self, bodies: list[bytes], rate: float) -> None:
        """People who declare, evenly."""
        free: asyncio.Queue[Line] = asyncio.Queue()
        for _ in range(LIVE_CONNECTIONS):
            free.put_nowait(Line(self.port))
        began, tasks = time.perf_counter(), set()
        for number, body in enumerate(bodies):
            due = began + number / rate
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            task = asyncio.create_task(self._declare(free, body, due))
            tasks.add(task)
            task.add_done_callback(tasks.discard)

    async def _declare(self, free: asyncio.Queue[Line], body: bytes, due: float) -> None:
        syncing, line = self.syncing, await free.get()
        status, _answer, _wait = await line.post(DECLARATIONS, body)
        self.live_statuses[status] += 1
        (self.times if syncing or self.syncing else self.quiet).append(time.perf_counter() - due)
        free.put_nowait(line)


async def run(port: int, path: str, load: dict[str, Any], rate: float) -> dict[str, Any]:
    one, seconds = Run(port, path), []
    people = asyncio.create_task(one.live(load["live"], rate)) if rate else None
    await asyncio.sleep(1.0 if rate else 0)
    for devices in load["rounds"]:
        seconds.append(await one.round(devices))
        await asyncio.sleep(REST)
    if people is not None:
        if people.done():
            raise SystemExit("the load generator ran out of declarations")
        people.cancel()
    return {
        "seconds": [round(each, 3) for each in seconds], "statuses": {str(k): v for k, v in one.statuses.items()},
        "live_statuses": {str(k): v for k, v in one.live_statuses.items()}, "live": summary(one.times),
        "quiet": summary(one.quiet), "acknowledged": one.acknowledged, "other": one.other.decode("utf-8", "replace"),
    }  # fmt: skip


def summary(times: list[float]) -> dict[str, Any]:
    """Milliseconds."""
    found = sorted(times)

    def at(part: float) -> float | None:
        return round(found[min(len(found) - 1, int(len(found) * part))] * 1000, 1) if found else None

    return {"count": len(found), "p50_ms": at(0.5), "p99_ms": at(0.99), "max_ms": at(1.0)}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", default=SCANS)
    parser.add_argument("--load", type=Path, required=True)
    parser.add_argument("--rate", type=float, default=0)
    options = parser.parse_args()
    load = pickle.loads(options.load.read_bytes())
    gc.collect()
    gc.freeze()
    gc.disable()
    json.dump(uvloop.run(run(options.port, options.path, load, options.rate)), sys.stdout)


if __name__ == "__main__":
    main()
