"""The devices that may send, in memory: looked up when one is heard of first, looked at again every two seconds.

One thread asks, with a Django connection of its own; the loop's thread waits for it only for a device it doesn't know.
Enrolments of years stay in the table, so only those are kept that were heard of lately.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.gate.edge.prepare import Site
from lachan.kernel.codes import PublicKey

log = logging.getLogger(__name__)

EVERY = 2.0
PATIENCE = 3.0
MOST = 5000
HEARD_EVERY = 60.0
"""Seconds between two notes in the device's own row that it was heard of."""


@dataclass(frozen=True, slots=True)
class Known:
    """A device as its row stands."""

    id: UUID
    key: PublicKey
    shift: UUID
    site: Site
    enrolled_at: datetime
    revoked_at: datetime | None
    before: Mapping[UUID, Site] = field(default_factory=dict)
    """The shifts for which the same phone was enrolled before."""


class Unready(RuntimeError):
    """The database didn't answer in time: come again."""


Load = Callable[[Collection[UUID]], Iterable[Known]]


class Roster:
    """`find` belongs to the event loop's thread. Each process has its own: what must be once is the database's to say."""

    def __init__(self, load: Load | None = None, every: float = EVERY) -> None:
        self._load = load
        self._every = every
        self._devices: OrderedDict[UUID, Known] = OrderedDict()
        self._heard: dict[UUID, float] = {}
        self._asked: list[tuple[set[UUID], asyncio.Future[None]]] = []
        self._lock = threading.Lock()
        self._wake = threading.Event()
        self._stopping = False
        self._thread: threading.Thread | None = None
        self.failing: str | None = None

    def start(self) -> None:
        from lachan.gate.edge import load

        self._load = self._load or load.devices
        self._thread = threading.Thread(target=self._run, name="edge-roster", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join(5)

    async def find(self, id: UUID) -> Known | None:
        """The device of an id. Raises Unready."""
        if id not in self._devices:
            await self._ask({id})
        return self._devices.get(id)

    def due(self, id: UUID) -> bool:
        """Whether the device's own row should learn that it was heard of."""
        return time.monotonic() - self._heard.get(id, -HEARD_EVERY) >= HEARD_EVERY

    def noted(self, id: UUID) -> None:
        """It has learnt it."""
        if len(self._heard) > 2 * MOST:
            self._heard.clear()
        self._heard[id] = time.monotonic()

    async def _ask(self, ids: set[UUID]) -> None:
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        with self._lock:
            self._asked.append((ids, future))
        self._wake.set()
        try:
            await asyncio.wait_for(future, PATIENCE)
        except TimeoutError:
            raise Unready("slow") from None

    # the roster's thread

    def _run(self) -> None:
        looked = 0.0
        while not self._stopping:
            self._wake.clear()
            with self._lock:
                asked, self._asked = self._asked, []
            if asked:
                self._answer(asked)
            if time.monotonic() - looked >= self._every:
                self._try(self._look_again)
                looked = time.monotonic()
            if not self._stopping and not self._asked:
                self._wake.wait(self._every)

    def _answer(self, asked: list[tuple[set[UUID], asyncio.Future[None]]]) -> None:
        every = {id for ids, _future in asked for id in ids}
        error = self._try(lambda: self._fetch(every))
        for _ids, future in asked:
            future.get_loop().call_soon_threadsafe(_settle, future, error)

    def _fetch(self, ids: set[UUID]) -> None:
        assert self._load is not None
        for known in self._load(ids):
            self._devices[known.id] = known
        while len(self._devices) > MOST:
            self._devices.popitem(last=False)

    def _look_again(self) -> None:
        """Revocations, and devices that are gone."""
        assert self._load is not None
        ids = list(self._devices)
        if not ids:
            return
        found = {known.id: known for known in self._load(ids)}
        for id in ids:
            if id in found:
                self._devices[id] = found[id]
            else:
                self._devices.pop(id, None)

    def _try(self, run: Callable[[], None]) -> Exception | None:
        try:
            run()
        except Exception as error:  # whatever the database says, those who are known go on
            self._note(type(error).__name__)
            _drop_connection()
            return error
        self._note(None)
        return None

    def _note(self, reason: str | None) -> None:
        if reason != self.failing and reason:
            log.error("edge devices: %s", reason, exc_info=True)
        self.failing = reason


def _settle(future: asyncio.Future[None], error: Exception | None) -> None:
    if future.done():
        return
    if error is None:
        future.set_result(None)
    else:
        future.set_exception(Unready(type(error).__name__))


def _drop_connection() -> Any:
    try:
        from django.db import connection

        connection.close()
    except Exception:  # pragma: no cover - without Django there is nothing to drop
        log.debug("no connection to drop")
