"""The worker: seals events, lets consumers read them, sends messages, runs queued jobs, and once a day tidies up."""

from __future__ import annotations

import json
import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

from lachan.kernel.clock import local_day
from lachan.web.front.health import HEARTBEAT
from lachan.web.serve import lifeline, paths

log = logging.getLogger("lachan.worker")

PAUSE = 0.3  # seconds when there was nothing to do
BEAT = 2.0
SEAL = 2000
OFTEN = timedelta(minutes=10)
NIGHT = timedelta(hours=2)  # Vietnam's time: when few people declare
LEAP = timedelta(days=62)
"""Between two nights' work: more is rather a clock that leapt than a machine that slept."""
STUCK = 900.0  # seconds in one step after which the sign of life stops


class Beat(threading.Thread):
    """Writes `worker.json` every two seconds while the loop moves on."""

    def __init__(self, path: Path) -> None:
        super().__init__(name="heartbeat", daemon=True)
        self._path = path
        self._ended = threading.Event()
        self._since = time.monotonic()
        self._doing = "starting"

    def doing(self, step: str) -> None:
        """The loop has come to another step."""
        self._since, self._doing = time.monotonic(), step

    def run(self) -> None:
        while True:
            if time.monotonic() - self._since < STUCK:
                self._write()
            if self._ended.wait(BEAT):
                return

    def _write(self) -> None:
        scratch = self._path.with_suffix(".new")
        try:
            scratch.write_text(json.dumps({"at": time.time(), "pid": os.getpid(), "doing": self._doing}))
            scratch.replace(self._path)
        except OSError as error:  # a full disk must not end the worker
            log.error("sign of life: %s", error.strerror)

    def end(self) -> None:
        self._ended.set()
        self.join(3)
        self._path.unlink(missing_ok=True)


class Worker:
    """`once` goes round once and says whether there was anything to do."""

    def __init__(self, beat: Beat | None = None, clock: Any = None) -> None:
        from lachan.kernel.clock import SystemClock

        self._beat = beat
        self._clock = clock or SystemClock()
        self._stopping = threading.Event()
        self._day: date | None = None
        self._often: datetime | None = None

    def ask_to_stop(self, *_signal: Any) -> None:
        self._stopping.set()

    def run(self) -> None:
        """Until asked to stop. A failing database or step is logged and tried again, ever more slowly."""
        wait = PAUSE
        while not self._stopping.is_set():
            try:
                busy = self.once()
                wait = PAUSE
            except Exception:
                log.exception("worker: a round failed")
                _drop_connections()
                busy, wait = False, min(wait * 2, 10.0)
            if not busy:
                self._stopping.wait(wait)

    def once(self) -> bool:
        from django.db import close_old_connections

        close_old_connections()
        sealed = self._step("sealing", _seal, self._clock.now())
        moved = self._step("consumers", _consume, self._clock.now())
        sent = self._step("messages", _deliver, self._clock.now())
        ran = self._step("jobs", _one_job)
        self._regular(self._clock.now())
        self._daily(self._clock.now())
        return bool(sealed or moved or sent or ran)

    def _daily(self, now: datetime) -> None:
        """Once a day, after two in the morning: one of DAILY that fails is logged and doesn't hold up the rest."""
        due = local_day(now - NIGHT)
        if self._day == due:
            return
        self._day = due
        self._each(DAILY, now)

    def _regular(self, now: datetime) -> None:
        """Every ten minutes; a clock that was set back doesn't stop it."""
        if self._often is not None and timedelta() <= now - self._often < OFTEN:
            return
        self._often = now
        self._each(REGULAR, now)

    def _each(self, jobs: list[tuple[str, Callable[[datetime], None]]], now: datetime) -> None:
        for name, job in jobs:
            try:
                self._step(name, job, now)
            except Exception:
                log.exception("worker: %s failed", name)

    def _step(self, name: str, run: Any, *arguments: Any) -> Any:
        if self._beat:
            self._beat.doing(name)
        return run(*arguments)


def _seal(now: Any) -> int:
    from lachan.registry.audit.sealing import seal_pending

    return seal_pending(now, SEAL)


def _consume(now: Any) -> int:
    from lachan.registry.audit.consumers import run_consumers

    return sum(run_consumers(now).values())


def _deliver(now: Any) -> int:
    from lachan.messaging.services import deliver_waiting

    return deliver_waiting(now)


def _last_purge() -> datetime | None:
    from lachan.gate.declarations.services import retention
    from lachan.registry.audit.models import Event

    last = Event.objects.filter(kind=retention.RUN).order_by("-id").first()
    return last.recorded_at if last else None


def _purge(now: datetime) -> None:
    """What has been kept long enough, unless that was already done today.

    What is taken away never comes back, so a clock that leapt years ahead must not decide it: after a gap longer than
    LEAP nothing goes until an operator, who has looked at the clock, runs `lachan purge`.
    """
    from lachan.gate.declarations.services import retention

    last = _last_purge()
    if last is not None and now - last > LEAP:
        raise RuntimeError(
            f"{(now - last).days} days since the last one: look at the clock, then run `lachan purge`"
        )
    if last is None or local_day(last - NIGHT) < local_day(now - NIGHT):
        retention.purge(now)


def _prune(now: datetime) -> None:
    """Old backups, unless the night's retention was held back: they may be all that is left."""
    from lachan.web.ops import backup

    last = _last_purge()
    if last is None or now - last <= LEAP:
        backup.prune(now)


def _forget_visits(now: datetime) -> None:
    """Check-ins and visitor books past their term, unless the night's retention was held back; and who is inside, anew."""
    from lachan.gate.checkpoints.visits import services as visits

    last = _last_purge()
    if last is None or now - last <= LEAP:
        visits.purge(now)
    visits.recount(now)


def _find_silent(now: datetime) -> None:
    from lachan.outbreak.isolation.services import following

    following.find_silent(now)


def _propose_releases(now: datetime) -> None:
    from lachan.outbreak.isolation.services import release

    release.propose_due(now)


def _end_follow_up(now: datetime) -> None:
    from lachan.outbreak.tracing.services import end_due

    end_due(now)


def _end_zones(now: datetime) -> None:
    from lachan.outbreak.zones import services as zones

    zones.end_due(now)


def _propose_zones(now: datetime) -> None:
    from lachan.outbreak.zones import services as zones

    zones.propose_due(now)


def _build_segments(now: datetime) -> None:
    from lachan.outbreak.tracing import visits

    visits.refresh(now)


def _escalate(now: datetime) -> None:
    """Work that is overdue goes one step up; work whose officer has gone goes back to everybody."""
    from lachan.outbreak.tasks import services as tasks

    tasks.return_lost(now)
    tasks.escalate_due(now)


REGULAR: list[tuple[str, Callable[[datetime], None]]] = [
    ("isolation.silence", _find_silent),
    ("zones.ends", _end_zones),
    ("tasks.escalation", _escalate),
]
"""What the worker does every ten minutes, by name."""

DAILY: list[tuple[str, Callable[[datetime], None]]] = [
    ("retention", _purge),
    ("visits", _forget_visits),
    ("backups", _prune),
    ("isolation.releases", _propose_releases),
    ("tracing.ends", _end_follow_up),
    ("zones.proposals", _propose_zones),
    ("tracing.segments", _build_segments),
]
"""What the worker does once a day, by name; docs/jobs.md describes each."""


def _one_job() -> bool:
    """One queued job of django-tasks, claimed and run the way its own command does."""
    from django_tasks_db.management.commands.db_worker import Worker as Jobs
    from django_tasks_db.models import DBTaskResult

    if (
        not DBTaskResult.objects.ready().exists()
    ):  # claiming takes the write lock: only when there is something
        return False
    Jobs(
        queue_names=["*"], interval=0, batch=True, backend_name="default", startup_delay=False, max_tasks=1,
        worker_id=f"lachan-{os.getpid()}", excluded_queue_names=[],
    ).run()  # fmt: skip
    return True


def _drop_connections() -> None:
    from django.db import connections

    connections.close_all()


def run() -> int:
    """The process."""
    lifeline.tie()
    from lachan.web.cli import setup

    setup()
    from django.conf import settings

    beat = Beat(paths.run_folder(settings.DATA) / HEARTBEAT)
    worker = Worker(beat)
    for sign in (signal.SIGTERM, signal.SIGINT):
        signal.signal(sign, worker.ask_to_stop)
    beat.start()
    try:
        worker.run()
    finally:
        beat.end()
    return 0
