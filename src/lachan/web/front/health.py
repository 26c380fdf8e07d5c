"""GET /healthz: 200 only when Django, the store and the worker all answer."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from lachan.gate.intake.app import Intake
from lachan.web.front.proxy import Proxy

HEARTBEAT = "worker.json"
STALE = 20.0  # seconds without a sign of life from the worker


class Health:
    """`expected`: the processes that this installation runs beside the front ("django", "worker")."""

    def __init__(self, intake: Intake, proxy: Proxy, run: Path, expected: frozenset[str]) -> None:
        self._intake = intake
        self._proxy = proxy
        self._beat = run / HEARTBEAT
        self._expected = expected

    async def report(self) -> tuple[int, dict[str, Any]]:
        """(HTTP status, what each part says)."""
        parts = {"store": self._store()}
        if "django" in self._expected:
            parts["django"] = "ok" if await self._proxy.alive() else "down"
        if "worker" in self._expected:
            parts["worker"] = worker_state(self._beat, time.time())
        fine = all(state == "ok" for state in parts.values())
        return (200 if fine else 503), {"status": "ok" if fine else "starting or failing", **parts}

    def _store(self) -> str:
        return self._intake.writer.trouble or self._intake.keeper.failing or "ok"


def worker_state(beat: Path, now: float) -> str:
    """What the worker's last sign of life says."""
    try:
        said = json.loads(beat.read_text(encoding="utf-8"))
        age = now - float(said["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return "down"
    return "ok" if age < STALE else "silent"
