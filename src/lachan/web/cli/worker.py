"""`lachan worker`: seals events, runs consumers and queued jobs; `lachan serve` runs one beside the rest."""

from __future__ import annotations

import argparse
from typing import Any


def register(commands: Any) -> None:
    worker = commands.add_parser("worker", help="seal events, run consumers and jobs")
    worker.add_argument("--once", action="store_true", help="one round, then stop")
    worker.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    from lachan.web.serve import worker_process

    if not arguments.once:
        return worker_process.run()
    from lachan.web.cli import setup

    setup()
    worker_process.Worker().once()
    return 0
