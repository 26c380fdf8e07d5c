"""What Django pages and the worker do meanwhile: an event a transaction, and the sealer's rounds, in the same database."""

from __future__ import annotations

import sys
import time
from pathlib import Path


def main(seconds: float) -> None:
    from lachan.web.cli import setup

    setup()
    from django.conf import settings
    from django.db import transaction

    from lachan.kernel.clock import SystemClock
    from lachan.registry.audit.sealing import seal_pending
    from lachan.registry.audit.services import record

    clock, rows, ends, sealed = SystemClock(), 0, time.monotonic() + seconds, 0.0
    began = time.monotonic()
    while time.monotonic() < ends:
        with transaction.atomic():
            record("bench.page", subject_kind="bench", now=clock.now())
        rows += 1
        if time.monotonic() - sealed > 0.3:
            seal_pending(clock.now(), 2000)
            sealed = time.monotonic()
        time.sleep(0.005)
    Path(settings.DATA, "beside.txt").write_text(str(round(rows / (time.monotonic() - began), 1)))


if __name__ == "__main__":
    main(float(sys.argv[1]))
