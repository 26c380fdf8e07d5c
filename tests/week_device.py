"""A device of the seven-day simulation: a process of its own that scans, keeps its log on the disk and sends it when it can.

It may be killed at any moment; the next process goes on from what the disk has:

    lines   one line of the log each, appended and synced before anything is sent
    acked   how many the province has, as far as this device has heard; may lag behind

python -m tests.week_device FOLDER PORT DAY [finish]
"""

from __future__ import annotations

import http.client
import json
import os
import random
import sys
import time
from base64 import urlsafe_b64decode
from pathlib import Path
from typing import Any
from uuid import UUID

from bench.gates.devices import SCANS, SimDevice

PER_DAY = 60
PACE = 0.04
"""Seconds between two scans, so that on a fast machine too there is time to be killed."""
DAY = 24 * 3600
MOST_SENT = 90
SEND = 0.12
FORGETFUL = 0.2
"""How often an answer isn't noted, as when the battery dies between the answer and the note."""


class Kept:
    """A device with its log on the disk."""

    def __init__(self, folder: Path) -> None:
        from lachan.kernel.codes import SigningKey

        said = json.loads((folder / "device.json").read_text())
        chance = random.Random(os.urandom(8))
        key = SigningKey.from_pem(said["key"])
        self.folder = folder
        self.sim = SimDevice(key, UUID(said["id"]), UUID(said["log"]), said["place"], said["shift"], chance)
        self._recover()
        noted = folder / "acked"
        self.acked = min(int(noted.read_text()) if noted.exists() else 0, len(self.sim.lines))

    def _recover(self) -> None:
        """What was written whole; a line that was cut off was never sent, and goes."""
        from lachan.kernel.scanlog import step

        path = self.folder / "lines"
        raw = path.read_bytes() if path.exists() else b""
        whole = raw[: raw.rfind(b"\n") + 1]
        if len(whole) < len(raw):
            os.truncate(path, len(whole))
        for line in whole.splitlines():
            self.sim.lines.append(line)
            self.sim.ids.append(json.loads(line)["id"])
            self.sim.heads.append(step(self.sim.heads[-1], line))

    def scan(self, ago: float) -> None:
        self.sim.scan(1, ago)
        with (self.folder / "lines").open("ab", buffering=0) as file:
            half = len(self.sim.lines[-1]) // 2
            file.write(self.sim.lines[-1][:half])  # in two, so that a kill may come between
            file.write(self.sim.lines[-1][half:] + b"\n")
            os.fsync(file.fileno())

    def send(self, port: int) -> str:
        """One batch. "done", "more", or what stood in the way."""
        first = self.acked + 1
        last = min(len(self.sim.lines), self.acked + self.sim.chance.randint(1, MOST_SENT))
        if last < first:
            return "done"
        try:
            status, answer = _post(port, self.sim.body(first, last))
        except (OSError, http.client.HTTPException, ValueError):
            return "no network"
        if status in (429, 503):
            return "busy"
        if status != 200 and not (status == 409 and answer["error"] == "gap"):
            raise SystemExit(f"{first}-{last}: {status} {answer}")
        self._heard(int(answer["next"]) - 1, answer["head"])
        return "more"

    def _heard(self, there: int, head: str) -> None:
        """The province's head must be the one of this log there."""
        if there > len(self.sim.lines) or self.sim.heads[there] != urlsafe_b64decode(head + "="):
            raise SystemExit(f"the province has {there} lines up to {head}, which aren't mine")
        self.acked = there
        if self.sim.chance.random() >= FORGETFUL:
            scratch = self.folder / "acked.new"
            scratch.write_text(str(there))
            scratch.replace(self.folder / "acked")


def _post(port: int, body: bytes) -> tuple[int, dict[str, Any]]:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=15)
    try:
        line.request("POST", SCANS, body, {"content-type": "application/json"})
        answer = line.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        line.close()


def main(folder: str, port: str, day: str, *finish: str) -> None:
    device, number = Kept(Path(folder)), int(day)
    while len(device.sim.lines) < PER_DAY * (number + 1):
        done = len(device.sim.lines) / PER_DAY
        device.scan((7 - done) * DAY)
        if device.sim.chance.random() < SEND:
            device.send(int(port))
        time.sleep(PACE)
    deadline = time.monotonic() + 60
    while finish and device.send(int(port)) != "done":
        if time.monotonic() > deadline:
            raise SystemExit("the log doesn't empty")
        time.sleep(0.02)


if __name__ == "__main__":
    main(*sys.argv[1:])
