"""`lachan doctor`: look for what could stop this installation."""

from __future__ import annotations

import argparse
import json
from typing import Any

from lachan.web.cli import setup

MARKS = {"ok": "✓", "warn": "!", "fail": "✗"}


def register(commands: Any) -> None:
    doctor = commands.add_parser("doctor", help="check keys, disk, clock, store, worker, backups")
    doctor.add_argument("--json", action="store_true")
    doctor.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    """Exit code 1 if anything fails."""
    setup()
    from dataclasses import asdict

    from lachan.kernel.clock import SystemClock
    from lachan.web.ops.doctor import findings

    found = findings(SystemClock().now())
    if arguments.json:
        print(json.dumps([asdict(one) for one in found], ensure_ascii=False))
    else:
        for one in found:
            print(f"{MARKS[one.state]} {one.check:<9} {one.text}{f'  → {one.remedy}' if one.remedy else ''}")
    return int(any(one.state == "fail" for one in found))
