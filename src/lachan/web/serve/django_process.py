"""The Django process: Granian's WSGI server with a fixed number of threads on a unix socket."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterable
from typing import Any

from lachan.web.serve import lifeline, paths

SPAWNER = "LACHAN_GRANIAN_PID"
"""Tells Granian's worker whom to die with; not a setting."""
StartResponse = Callable[..., Any]


def run() -> int:
    """Serve until SIGTERM."""
    lifeline.tie()
    from granian import Granian
    from granian.constants import Interfaces
    from granian.log import LogLevels

    from lachan.web import settings

    socket = paths.django_socket(settings.DATA)
    socket.unlink(missing_ok=True)
    os.environ[SPAWNER] = str(os.getpid())
    Granian(
        "lachan.web.serve.django_process:application",
        uds=socket,
        uds_permissions=0o600,
        interface=Interfaces.WSGI,
        workers=1,
        blocking_threads=settings.DJANGO_THREADS,
        backpressure=settings.DJANGO_THREADS * 16,
        websockets=False,
        respawn_failed_workers=True,
        workers_kill_timeout=6,
        factory=True,
        log_access=False,
        log_level=LogLevels.warning,
    ).serve()
    return 0


def application() -> Callable[[dict[str, Any], StartResponse], Iterable[bytes]]:
    """In Granian's worker: tied to Granian's main process, then Django, with its own health check."""
    lifeline.tie(int(os.environ.get(SPAWNER, "0")), signal.SIGKILL)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lachan.web.settings")
    from lachan.web.wsgi import application as django

    def serve(environ: dict[str, Any], start_response: StartResponse) -> Iterable[bytes]:
        if environ.get("PATH_INFO") == "/healthz":
            return _health(start_response)
        answer: Iterable[bytes] = django(environ, start_response)
        return answer

    return serve


def _health(start_response: StartResponse) -> list[bytes]:
    from django.db import DatabaseError, connection

    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        connection.close()
        start_response("503 Service Unavailable", [("Content-Type", "text/plain")])
        return [b"database\n"]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [b"ok\n"]
