"""The state of the machine as its operator sees it: worker, keys, backups, consumers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from django.conf import settings

from lachan.base import keys
from lachan.base.models import PeriodKey
from lachan.portal.checks import CONSUMERS
from lachan.registry.audit import consumers
from lachan.registry.audit.models import PendingSeal, StuckEvent

SILENT = timedelta(minutes=5)
FOUNDED = 1971  # a store's first key counts from the beginning of time
MOST_BACKUPS = 10


@dataclass(frozen=True, slots=True)
class Worker:
    """`beat`: when it last wrote its sign of life; None if it never ran."""

    beat: datetime | None
    late: bool


@dataclass(frozen=True, slots=True)
class Key:
    """`since` None: the first key of the installation."""

    kid: str
    since: datetime | None
    until: datetime | None
    revoked: bool
    current: bool


@dataclass(frozen=True, slots=True)
class Backup:
    name: str
    made_at: datetime
    megabytes: float


@dataclass(frozen=True, slots=True)
class Lag:
    consumer: str
    behind: int


def worker(now: datetime) -> Worker:
    """By the file that the worker touches."""
    try:
        beat = datetime.fromtimestamp((Path(settings.DATA) / "run" / "worker.json").stat().st_mtime, UTC)
    except OSError:
        return Worker(None, True)
    return Worker(beat, now - beat > SILENT)


def signing_keys() -> list[Key]:
    """The province's signing keys, the current one first; empty where the folder can't be read."""
    try:
        store = keys.keystore()
        return [
            _key(row.key.kid, row.not_before, row.not_after, row.revoked, store.current.kid)
            for row in store.all()
        ]
    except (OSError, ValueError):
        return []


def _key(kid: bytes, since: datetime, until: datetime | None, revoked: bool, current: bytes) -> Key:
    return Key(kid.hex(), since if since.year >= FOUNDED else None, until, revoked, kid == current)


def ring_changed() -> datetime | None:
    """When the encryption ring's file was last written."""
    try:
        return datetime.fromtimestamp((keys.folder() / "ring.json").stat().st_mtime, UTC)
    except OSError:
        return None


def periods() -> list[PeriodKey]:
    """The data keys of the months, newest first."""
    return list(PeriodKey.objects.defer("wrapped").order_by("-period")[:MOST_BACKUPS])


def backups() -> list[Backup]:
    """The newest archives in the backup folder."""
    folder = Path(settings.DATA) / "backups"
    files = sorted(folder.glob("lachan-*.tar.gz"), key=lambda path: path.stat().st_mtime, reverse=True)
    return [_backup(path) for path in files[:MOST_BACKUPS]]


def _backup(path: Path) -> Backup:
    about = path.stat()
    return Backup(path.name, datetime.fromtimestamp(about.st_mtime, UTC), about.st_size / 2**20)


def lags() -> list[Lag]:
    """How far behind the sealed log each consumer is, by name."""
    return [Lag(consumer_name(name), behind) for name, behind in sorted(consumers.lag().items())]


def consumer_name(name: str) -> str:
    """A consumer in words; its own name where it has none here."""
    return str(CONSUMERS.get(name, name))


def unsealed() -> int:
    return PendingSeal.objects.count()


def stuck() -> list[StuckEvent]:
    """Events set aside, oldest first."""
    return list(consumers.alarms())


def version() -> str:
    from importlib.metadata import PackageNotFoundError
    from importlib.metadata import version as of

    try:
        return of("lachan")
    except PackageNotFoundError:
        return ""
