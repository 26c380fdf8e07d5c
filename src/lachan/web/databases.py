"""The store from DATABASE_URL: empty for SQLite in the data folder, or postgresql://user:password@host:port/name."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from lachan.web.env import BadSetting

SQLITE_OPTIONS: dict[str, Any] = {
    "transaction_mode": "IMMEDIATE",
    "timeout": 20,
    "init_command": (
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; PRAGMA busy_timeout=20000;"
        "PRAGMA cache_size=-65536; PRAGMA temp_store=MEMORY; PRAGMA mmap_size=268435456;"
    ),
}


def unmapped(database: dict[str, Any]) -> None:
    """For the front process, before it connects: it reads SQLite's file instead of mapping it. A page that is missing
    from a mapped file (cut short, copied over, a failing disk) ends the process by SIGBUS; from a read one it is an error.
    """
    if database["ENGINE"].endswith("sqlite3"):
        command = database["OPTIONS"]["init_command"]
        database["OPTIONS"] = {**database["OPTIONS"], "init_command": f"{command} PRAGMA mmap_size=0;"}


def from_url(url: str, data: Path) -> dict[str, Any]:
    """Django's DATABASES entry for the given address; an unknown scheme stops the start."""
    if not url or url.startswith("sqlite:"):
        path = (
            Path(url.removeprefix("sqlite:").removeprefix("//"))
            if url.startswith("sqlite:")
            else data / "lachan.sqlite3"
        )
        return {"ENGINE": "django.db.backends.sqlite3", "NAME": str(path), "OPTIONS": SQLITE_OPTIONS}
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        raise BadSetting(
            f"DATABASE_URL: unknown scheme {parts.scheme!r}; use postgresql:// or leave it empty for SQLite"
        )
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", parts.hostname or "")
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 60,
        "CONN_HEALTH_CHECKS": True,
        # pgbouncer in transaction mode keeps no prepared statements or server cursors.
        "DISABLE_SERVER_SIDE_CURSORS": True,
        "OPTIONS": {"prepare_threshold": None, **options},
    }
