"""The load generator: keeps 64 connections busy from a process of its own, and costs as little as Python can.

`python -m bench.client --port P --path /… --connections 64 --seconds 5 --seed 1` prints one JSON line.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import sys
import time
from collections import Counter
from itertools import islice
from typing import cast

import uvloop

from bench.ground import bodies


def request(path: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nhost: bench\r\ncontent-type: application/json\r\ncontent-length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Connection(asyncio.Protocol):
    """Sends a request, waits for its whole answer, sends the next."""

    def __init__(self, load: Load) -> None:
        self.load = load
        self.buffer = b""
        self.sent = 0.0
        self.transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = cast(asyncio.Transport, transport)
        self.send()

    def send(self) -> None:
        assert self.transport is not None
        body = self.load.next()
        if body is None:
            self.transport.close()
            return
        self.sent = time.perf_counter()
        self.transport.write(body)

    def data_received(self, data: bytes) -> None:
        buffer = self.buffer + data if self.buffer else data
        end = buffer.find(b"\r\n\r\n")
        if end < 0 or len(buffer) < (whole := end + 4 + _length(buffer[:end])):
            self.buffer = buffer
            return
        self.buffer = b""
        self.load.note(buffer[9:12], time.perf_counter() - self.sent, buffer[end + 4 : whole])
        self.send()

    def connection_lost(self, error: Exception | None) -> None:
        self.load.closed()


def _length(head: bytes) -> int:
    at = head.lower().find(b"content-length:")
    return int(head[at + 15 :].split(b"\r\n", 1)[0]) if at >= 0 else 0


class Load:
    """`warm` answers at the start are not measured."""

    def __init__(self, requests: list[bytes], seconds: float, cycle: bool, warm: float) -> None:
        self.requests = requests
        self.cycle = cycle
        self.seconds = seconds
        self.warm = warm
        self.at = 0
        self.statuses: Counter[str] = Counter()
        self.times: list[float] = []
        self.began = self.ends = self.measured_from = 0.0
        self.open = 0
        self.other = b""
        self.finished = asyncio.Event()

    def next(self) -> bytes | None:
        if time.perf_counter() >= self.ends:
            return None
        if self.at >= len(self.requests):
            if not self.cycle:
                return None
            self.at = 0
        self.at += 1
        return self.requests[self.at - 1]

    def note(self, status: bytes, took: float, body: bytes) -> None:
        self.statuses[status.decode()] += 1
        if time.perf_counter() >= self.measured_from:
            self.times.append(took)
        if status not in (b"200", b"201"):
            self.other = body[:300]

    def closed(self) -> None:
        self.open -= 1
        if not self.open:
            self.finished.set()

    async def run(self, port: int, connections: int) -> dict[str, object]:
        loop = asyncio.get_running_loop()
        self.began = time.perf_counter()
        self.measured_from = self.began + self.warm
        self.ends = self.measured_from + self.seconds
        self.open = connections
        for _ in range(connections):
            await loop.create_connection(lambda: Connection(self), "127.0.0.1", port)
        async with asyncio.timeout(self.warm + self.seconds + 20):  # an answer that never comes is a failure
            await self.finished.wait()
        took = time.perf_counter() - self.measured_from
        return self.summary(took)

    def summary(self, took: float) -> dict[str, object]:
        times = sorted(self.times)
        count = len(times)
        return {
            "rps": round(count / took, 1),
            "p50_ms": round(times[count // 2] * 1000, 2) if times else None,
            "p99_ms": round(times[min(count - 1, int(count * 0.99))] * 1000, 2) if times else None,
            "max_ms": round(times[-1] * 1000, 1) if times else None,
            "statuses": dict(self.statuses),
            "exhausted": self.at >= len(self.requests) and not self.cycle,
            "other": self.other.decode("utf-8", "replace"),
        }


def batches(count: int, size: int, seed: int) -> list[bytes]:
    """Bodies of `size` declarations each."""
    source = bodies(count * size, seed)
    return [b'{"items":[' + b",".join(islice(source, size)) + b"]}" for _ in range(count)]


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--path", required=True)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--warm", type=float, default=0.5)
    parser.add_argument("--count", type=int, default=40_000, help="distinct bodies")
    parser.add_argument("--batch", type=int, default=0, help="declarations in a body")
    parser.add_argument("--cycle", action="store_true", help="send bodies again when all were sent")
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    made = (
        batches(options.count, options.batch, options.seed)
        if options.batch
        else bodies(options.count, options.seed)
    )
    requests = [request(options.path, body) for body in made]
    gc.collect()
    gc.freeze()
    gc.disable()
    load = Load(requests, options.seconds, options.cycle, options.warm)
    json.dump(uvloop.run(load.run(options.port, options.connections)), sys.stdout)


if __name__ == "__main__":
    main()
