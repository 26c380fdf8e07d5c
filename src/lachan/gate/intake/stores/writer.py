"""The writer thread: takes what is queued, writes it as one transaction, tells the waiting requests.

While one group commits the next one gathers, so the group grows with the load by itself: a lone declaration waits for
nobody, and at thousands a second a commit carries dozens.

Other kinds of rows have lanes of their own through the same thread (`Lane`): after each group of declarations, one group
of each lane, so that neither waits for long and SQLite has one writer.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any, Generic, TypeVar
from uuid import UUID

from lachan.gate.declarations.prepare import Prepared
from lachan.gate.intake.stores.contract import REFUSED, BadRow, Outcome, Store, Unavailable

log = logging.getLogger(__name__)

MOST = 512
"""Declarations in one transaction: more delays everybody in it and gains little."""
USUAL = 32
"""So many share a commit's cost well enough; the rest waits, so that the loop has answers to send meanwhile."""
RETRY_AFTER = 1.0  # seconds between two tries to open a store that failed
IDLE = 0.25
HOLD = 30.0
"""Seconds for which a failed write is told, unless one succeeds before: that the store opens doesn't say that it writes."""
STUCK = 30.0  # seconds in one group after which /healthz says so; locks and statements give up before

T = TypeVar("T")
R = TypeVar("R")


class Busy(RuntimeError):
    """The queue is full: the request should come again later."""


class Lane(Generic[T, R]):
    """A queue of another kind of rows. `write` runs in the writer's thread with its store: it writes a group durably and
    says what became of each item, or raises Unavailable with nothing written. `most`, `capacity`: rows in a transaction,
    and waiting."""

    def __init__(self, write: Callable[[Store, list[T]], list[R]], most: int, capacity: int) -> None:
        self.write = write
        self._most = most
        self._capacity = capacity
        self._queue: deque[tuple[T, int, asyncio.Future[R]]] = deque()
        self.waiting = 0
        self.closed = False
        self.wake: Callable[[], None] = lambda: None

    def __len__(self) -> int:
        return len(self._queue)

    def put(self, item: T, rows: int) -> asyncio.Future[R]:
        """Queue an item of so many rows, as `GroupWriter.put` does. Raises Busy, Unavailable."""
        if self.closed:
            raise Unavailable("stopped")
        if self.waiting and self.waiting + rows > self._capacity:
            raise Busy
        future: asyncio.Future[R] = asyncio.get_running_loop().create_future()
        self.waiting += rows
        self._queue.append((item, rows, future))
        self.wake()
        return future

    def take(self) -> list[tuple[T, int, asyncio.Future[R]]]:
        """The next group, in the writer's thread."""
        taken: list[tuple[T, int, asyncio.Future[R]]] = []
        size = 0
        while self._queue and (not taken or size + self._queue[0][1] <= self._most):
            taken.append(self._queue.popleft())
            size += taken[-1][1]
        return taken

    def tell(self, taken: list[tuple[T, int, asyncio.Future[R]]], said: list[R] | Unavailable) -> None:
        """The answers of a group, back in the loop's thread."""
        for place, (_item, rows, future) in enumerate(taken):
            self.waiting -= rows
            if future.done():  # the client has gone away
                continue
            if isinstance(said, Unavailable):
                future.set_exception(said)
            else:
                future.set_result(said[place])


class _Job:
    __slots__ = ("future", "look", "rows")

    def __init__(
        self,
        rows: Sequence[Prepared],
        future: asyncio.Future[list[Outcome]],
        look: tuple[UUID, bytes] | None = None,
    ) -> None:
        self.rows = rows
        self.future = future
        self.look = look


class GroupWriter:
    """Owns one store and one thread. All but `_run` and what it calls belongs to the event loop's thread."""

    def __init__(self, store: Store, capacity: int, gather_ms: float = 0.0) -> None:
        self._store = store
        self._capacity = capacity
        self._gather = gather_ms / 1000
        self._queue: deque[_Job] = deque()
        self._lanes: list[Lane[Any, Any]] = []
        self._waiting = 0
        self._wake = threading.Event()
        self._stopping = False
        self._ended = False
        self._opened = False
        self._tried = self._held = self._turned = 0.0
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None
        self.failing: str | None = None
        self.groups = 0
        self.written = 0

    def add(self, lane: Lane[Any, Any]) -> None:
        """Another kind of rows through this writer. Before `start`."""
        lane.wake = self._wake.set
        self._lanes.append(lane)

    def start(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._thread = threading.Thread(target=self._run, name="intake-writer", daemon=True)
        self._thread.start()

    def stop(self, timeout: float = 8.0) -> None:
        """Write what is queued, then close the store."""
        self._stopping = True
        self._wake.set()
        if self._thread:
            self._thread.join(timeout)

    @property
    def waiting(self) -> int:
        """Declarations queued and not yet durable."""
        return self._waiting

    @property
    def trouble(self) -> str | None:
        """Why nothing is written now, in a word: the store fails, the thread is dead or hangs. None if all is well."""
        if self._thread is not None and not self._thread.is_alive():
            return "stopped"
        waits = self._waiting or any(lane.waiting for lane in self._lanes)
        if waits and time.monotonic() - self._turned > STUCK:
            return "stuck"
        return self.failing

    def put(self, rows: Sequence[Prepared]) -> asyncio.Future[list[Outcome]]:
        """Queue rows of one request. The future ends when they are durable, or with Unavailable. Raises Busy, and
        Unavailable when nobody writes any more."""
        if self._ended:
            raise Unavailable("stopped")
        if self._waiting + len(rows) > self._capacity:
            raise Busy
        assert self._loop is not None
        future: asyncio.Future[list[Outcome]] = self._loop.create_future()
        self._waiting += len(rows)
        self._queue.append(_Job(rows, future))
        self._wake.set()
        return future

    def look(self, id: UUID, digest: bytes) -> asyncio.Future[list[Outcome]]:
        """What stands under an id; an empty list if nothing does. Raises Unavailable when nobody reads any more."""
        if self._ended:
            raise Unavailable("stopped")
        assert self._loop is not None
        future: asyncio.Future[list[Outcome]] = self._loop.create_future()
        self._queue.append(_Job((), future, (id, digest)))
        self._wake.set()
        return future

    # the writer's thread

    def _run(self) -> None:
        """Nothing that the store raises ends the thread: whoever waits is told, and the store is opened anew."""
        try:
            self._opened = self._try_open()
            while not (self._stopping and not self._pending()):
                try:
                    self._turn()
                except Exception:
                    log.exception("intake store: unexpected failure")
                    self._give_up("error")
        finally:
            self._close()
            if not self._stopping:  # pragma: no cover - an interpreter at its end
                log.critical("intake store: the writer has ended")
            self._call(self._end, [])

    def _turn(self) -> None:
        """Wait for something to write, and write until nothing waits."""
        self._turned = time.monotonic()
        if not self._pending() and not self._wake.wait(IDLE):  # a failure may have left some behind
            self._keep_house()
            return
        self._wake.clear()
        if self._gather and len(self._queue) < MOST:
            time.sleep(self._gather)
        while self._pending():
            self._turned = time.monotonic()
            self._opened = self._opened or self._try_open()
            if not self._opened:
                self._fail_all()
                break
            if self._one_round():
                self._store.idle()

    def _keep_house(self) -> None:
        """Nothing to write: so that /healthz tells the truth without a declaration, a store that failed is tried."""
        now = self._turned
        if not self._opened and now - self._tried >= RETRY_AFTER:
            self._opened = self._try_open()
        if self._opened:
            self._store.idle()
            if self.failing and now >= self._held:
                self._note(None)

    def _give_up(self, reason: str) -> None:
        """The store failed: it is closed, to be opened anew."""
        self._note(reason)
        self._held = time.monotonic() + HOLD
        self._opened = False
        self._close()

    def _close(self) -> None:
        try:
            self._store.close()
        except Exception:  # what can't be closed is left to the interpreter
            log.exception("intake store: closing failed")

    def _pending(self) -> bool:
        return bool(self._queue) or any(self._lanes)

    def _one_round(self) -> bool:
        """One group of declarations, then one of each lane; False if the store failed and must be opened anew."""
        if self._queue and not self._one_group():
            return False
        return all(self._one_of(lane) for lane in self._lanes if lane)

    def _one_of(self, lane: Lane[Any, Any]) -> bool:
        taken = lane.take()
        try:
            said = lane.write(self._store, [item for item, _rows, _future in taken])
        except Unavailable as error:
            return self._broke(lane, taken, error)
        except Exception:
            log.exception("intake store: unexpected failure of a group of %d", len(taken))
            return self._broke(lane, taken, Unavailable("error"))
        self._note(None)
        self._call(lane.tell, taken, said)
        return True

    def _broke(self, lane: Lane[Any, Any], taken: list[Any], error: Unavailable) -> bool:
        self._note(error.reason)
        self._call(lane.tell, taken, error)
        self._give_up(error.reason)
        return False

    def _try_open(self) -> bool:
        self._tried = time.monotonic()
        try:
            self._store.open()
        except Unavailable as error:
            self._note(error.reason)
            return False
        except Exception:
            log.exception("intake store: opening failed")
            self._note("error")
            return False
        return True

    def _note(self, reason: str | None) -> None:
        if reason != self.failing:
            log.log(logging.ERROR if reason else logging.INFO, "intake store: %s", reason or "writes again")
        self.failing = reason

    def _take(self) -> list[_Job]:
        jobs: list[_Job] = []
        size, most = 0, min(MOST, max(USUAL, self._waiting // 2))
        while self._queue and (not jobs or size + len(self._queue[0].rows) <= most):
            job = self._queue.popleft()
            jobs.append(job)
            size += len(job.rows)
        return jobs

    def _one_group(self) -> bool:
        """Write one group; False if the store must be opened anew."""
        jobs = self._take()
        rows = [row for job in jobs for row in job.rows]
        try:
            outcomes = self._write(rows) if rows else []
            looked = [self._store.find(*job.look) if job.look else None for job in jobs]
        except Unavailable as error:
            return self._lost(jobs, error)
        except Exception:
            log.exception("intake store: unexpected failure of a group of %d", len(rows))
            return self._lost(jobs, Unavailable("error"))
        self._note(None)
        self.groups += 1
        self.written += len(rows)
        self._tell(jobs, outcomes, looked)
        return True

    def _lost(self, jobs: list[_Job], error: Unavailable) -> bool:
        self._note(error.reason)
        self._tell(jobs, error)
        self._give_up(error.reason)
        return False

    def _write(self, rows: Sequence[Prepared]) -> list[Outcome]:
        """A group that the database refuses is halved until the very row is found, so that it harms no neighbour."""
        try:
            return self._store.write(rows)
        except BadRow:
            if len(rows) == 1:
                log.error("intake store: the database refuses declaration %s", rows[0].id)
                return [REFUSED]
            middle = len(rows) // 2
            return self._write(rows[:middle]) + self._write(rows[middle:])

    def _fail_all(self) -> None:
        error = Unavailable(self.failing or "error")
        if self._queue:
            self._tell(self._take(), error)
        for lane in self._lanes:
            self._call(lane.tell, lane.take(), error)
        if not self._pending():
            time.sleep(min(RETRY_AFTER, 0.05))

    def _tell(
        self, jobs: list[_Job], said: list[Outcome] | Unavailable, looked: list[Outcome | None] | None = None
    ) -> None:
        self._call(self._resolve, jobs, said, looked)

    def _call(self, told: Callable[..., None], requests: list[Any], *said: Any) -> None:
        """In the loop's thread."""
        assert self._loop is not None
        try:
            self._loop.call_soon_threadsafe(told, requests, *said)
        except RuntimeError:  # the loop has closed: whoever waited is gone
            log.warning("intake store: %d requests ended before their answer", len(requests))

    # back in the loop's thread

    def _end(self, _nobody: list[Any]) -> None:
        """Nothing is written any more: what still waits, and what comes, is told so."""
        self._ended = True
        error = Unavailable("stopped")
        self._resolve(list(self._queue), error, None)
        self._queue.clear()
        for lane in self._lanes:
            lane.closed = True
            while lane:
                lane.tell(lane.take(), error)

    def _resolve(
        self, jobs: list[_Job], said: list[Outcome] | Unavailable, looked: list[Outcome | None] | None
    ) -> None:
        at = 0
        for place, job in enumerate(jobs):
            size = len(job.rows)
            self._waiting -= size
            if not job.future.done():  # the client may have gone away
                if isinstance(said, Unavailable):
                    job.future.set_exception(said)
                elif job.look is not None:
                    found = looked[place] if looked else None
                    job.future.set_result([found] if found else [])
                else:
                    job.future.set_result(said[at : at + size])
            at += size
