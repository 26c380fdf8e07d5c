"""Keeps the world of the front process fresh: a thread looks every two seconds, and at once when someone asks."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Callable

from lachan.gate.declarations.prepare import World
from lachan.kernel.clock import Clock, SystemClock

log = logging.getLogger(__name__)

EVERY = 2.0
AT_ONCE_EVERY = 0.25  # seconds between two looks that unknown places cause
PATIENCE = 3.0

Load = Callable[..., World]


def _load() -> Load:
    from lachan.gate.declarations.prepare.load import current_world

    return current_world


class Keeper:
    """`world` is None until the first look succeeded. `failing` says why the last look failed."""

    def __init__(self, load: Load | None = None, clock: Clock | None = None, every: float = EVERY) -> None:
        self._load = load
        self._clock = clock or SystemClock()
        self._every = every
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self._waiters: list[tuple[asyncio.AbstractEventLoop, asyncio.Future[None]]] = []
        self._lock = threading.Lock()
        self._asked_at = 0.0
        self.world: World | None = None
        self.failing: str | None = "starting"

    def start(self) -> None:
        self._thread = threading.Thread(target=self._run, name="intake-world", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join(5)

    async def look_again(self) -> bool:
        """Wait for a look that began now; False if the last one was just a moment ago, or it takes too long."""
        if self._thread is None or time.monotonic() - self._asked_at < AT_ONCE_EVERY:
            return False
        self._asked_at = time.monotonic()
        loop = asyncio.get_running_loop()
        future: asyncio.Future[None] = loop.create_future()
        with self._lock:
            self._waiters.append((loop, future))
        self._wake.set()
        try:
            await asyncio.wait_for(future, PATIENCE)
        except TimeoutError:
            return False
        return True

    def _run(self) -> None:
        while not self._stopping:
            self._wake.clear()
            with self._lock:
                waiters, self._waiters = self._waiters, []
            self._look()
            for loop, future in waiters:
                loop.call_soon_threadsafe(_settle, future)
            if not self._stopping:
                self._wake.wait(self._every if self.world else 0.5)

    def _look(self) -> None:
        try:
            self._load = self._load or _load()
            self.world = self._load(self._clock.now(), fresh=True)
            self._note(None)
        except Exception as error:  # whatever the database says, the last world goes on serving
            self._note(type(error).__name__)
            _drop_connection()

    def _note(self, reason: str | None) -> None:
        if reason != self.failing and reason:
            log.error("intake world: %s", reason, exc_info=True)
        self.failing = reason


def _settle(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _drop_connection() -> None:
    try:
        from django.db import connection

        connection.close()
    except Exception:  # pragma: no cover - without Django there is nothing to drop
        log.debug("no connection to drop")
