"""`lachan doctor`: what could stop this installation, each with what to do about it."""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection

OK, WARN, FAIL = "ok", "warn", "fail"
EARLIEST = datetime(2026, 1, 1, tzinfo=UTC)  # a clock before the software was made is wrong
SEAL_LATE = timedelta(minutes=5)
BACKUP_LATE = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Finding:
    check: str
    state: str  # ok, warn, fail
    text: str
    remedy: str = ""


def findings(now: datetime) -> list[Finding]:
    """Every check's finding; a check that itself breaks is a failure, never silence."""
    found: list[Finding] = []
    ready = _ready()
    for check in CHECKS if ready else (check for check in CHECKS if check not in NEEDS_TABLES):
        try:
            found.extend(check(now))
        except Exception as error:
            found.append(
                Finding(check.__name__, FAIL, f"the check itself failed: {type(error).__name__}: {error}")
            )
    return found


def clock(now: datetime) -> Iterator[Finding]:
    if now < EARLIEST:
        yield Finding(
            "clock",
            FAIL,
            f"the machine's clock says {now:%d/%m/%Y %H:%M}",
            "set the clock (timedatectl set-ntp true)",
        )
        return
    newest = _newest_event() if _ready() else None
    if newest and newest > now + timedelta(minutes=10):
        yield Finding(
            "clock",
            FAIL,
            f"rows exist from {newest:%d/%m/%Y %H:%M}, later than now",
            "the clock has gone back: set it",
        )
    else:
        yield Finding("clock", OK, f"{now:%d/%m/%Y %H:%M} UTC")


def disk(now: datetime) -> Iterator[Finding]:
    free = shutil.disk_usage(settings.DATA).free // 2**20
    if free < settings.DISK_ALARM_MB:
        yield Finding(
            "disk",
            FAIL,
            f"{free} MB free in {settings.DATA}",
            "free some space; intake refuses when it runs out",
        )
    elif free < 4 * settings.DISK_ALARM_MB:
        yield Finding("disk", WARN, f"{free} MB free in {settings.DATA}", "plan for more space")
    else:
        yield Finding("disk", OK, f"{free} MB free")


def keys(now: datetime) -> Iterator[Finding]:
    from lachan.base import keys as installation

    folder = installation.folder()
    try:
        installation.keyring()
        installation.keystore()
    except (OSError, ValueError) as error:
        yield Finding(
            "keys",
            FAIL,
            f"can't be read: {error}",
            f"a new installation: lachan keys make; otherwise put the copy of {folder} back, and never make"
            " new ones over data",
        )
        return
    loose = [
        path.name
        for path in folder.rglob("*")
        if path.is_file() and path.stat().st_mode & 0o077 and path.suffix != ".pub"
    ]
    if loose:
        yield Finding(
            "keys", WARN, f"readable by others: {', '.join(sorted(loose)[:5])}", f"chmod -R go= {folder}"
        )
    else:
        yield Finding("keys", OK, str(folder))


def store(now: datetime) -> Iterator[Finding]:
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA quick_check(1)")
            answer = cursor.fetchone()[0]
            state = OK if answer == "ok" else FAIL
            yield Finding(
                "store", state, f"SQLite: {answer}", "" if state == OK else "restore the last good backup"
            )
        else:
            cursor.execute("SELECT version()")
            yield Finding("store", OK, str(cursor.fetchone()[0]).split(" on ")[0])
    if missing := behind():
        yield Finding("tables", FAIL, f"{missing} changes of the tables are missing", "lachan migrate")


def behind() -> int:
    """How many changes of the tables this version waits for."""
    from django.db.migrations.executor import MigrationExecutor

    executor = MigrationExecutor(connection)
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def _ready() -> bool:
    """Whether the store answers and has this version's tables; the check `store` says what is wrong otherwise."""
    try:
        return not behind()
    except DatabaseError:
        return False


def units(now: datetime) -> Iterator[Finding]:
    from lachan.registry.units.models import Unit

    count = Unit.objects.filter(structure=settings.STRUCTURE).count()
    if count:
        yield Finding("units", OK, f"{count} units of the structure of {settings.STRUCTURE}")
    else:
        yield Finding(
            "units", FAIL, f"no units of the structure of {settings.STRUCTURE}", "lachan units load"
        )


def worker(now: datetime) -> Iterator[Finding]:
    beat = Path(settings.DATA) / "run" / "worker.json"
    if not beat.exists():
        yield Finding("worker", WARN, "has not run yet", "lachan serve starts it")
    elif time.time() - beat.stat().st_mtime > SEAL_LATE.total_seconds():
        yield Finding(
            "worker", FAIL, "has been silent for more than five minutes", "restart lachan serve; read its log"
        )
    else:
        yield Finding("worker", OK, "alive")


def sealing(now: datetime) -> Iterator[Finding]:
    from lachan.registry.audit.models import Event, PendingSeal

    oldest = PendingSeal.objects.order_by("event").values_list("event", flat=True).first()
    event = Event.objects.filter(pk=oldest).first() if oldest else None
    if event and event.recorded_at < now - SEAL_LATE:
        yield Finding(
            "sealing",
            FAIL,
            f"events since {event.recorded_at:%d/%m/%Y %H:%M} await their seal",
            "is the worker running?",
        )
    else:
        yield Finding("sealing", OK, "no event has waited longer than five minutes")


def accounts(now: datetime) -> Iterator[Finding]:
    from lachan.registry.accounts.models import User

    demo = User.objects.filter(is_demo=True, is_active=True).count()
    if demo and not settings.DEMO:
        yield Finding("accounts", FAIL, f"{demo} demo accounts are active", "lachan demo --remove-accounts")
    else:
        yield Finding("accounts", OK, f"{User.objects.filter(is_active=True).count()} active accounts")


def backups(now: datetime) -> Iterator[Finding]:
    from lachan.web.ops.backup import newest

    last = newest()
    if last is None or now - datetime.fromtimestamp(last.stat().st_mtime, UTC) > BACKUP_LATE:
        text = (
            "none yet"
            if last is None
            else f"the newest is of {datetime.fromtimestamp(last.stat().st_mtime, UTC):%d/%m/%Y}"
        )
        yield Finding("backup", WARN, text, "lachan backup, daily; keep a copy on another machine")
    else:
        yield Finding("backup", OK, last.name)


def _newest_event() -> datetime | None:
    from lachan.registry.audit.models import EventSeal

    return EventSeal.objects.order_by("-seq").values_list("sealed_at", flat=True).first()


CHECKS: list[Callable[[datetime], Iterator[Finding]]] = [
    clock,
    disk,
    keys,
    store,
    units,
    worker,
    sealing,
    accounts,
    backups,
]
NEEDS_TABLES = (units, sealing, accounts)
"""Can say nothing before `lachan migrate`."""
