"""`lachan purge`: take away what has been kept long enough, now. The worker does the same every night."""

from __future__ import annotations

import argparse
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    purge = commands.add_parser("purge", help="take away data past its term (policies/retention.toml)")
    purge.add_argument("--dry-run", action="store_true", help="only count what would go")
    purge.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    setup()
    from lachan.gate.declarations.services import retention
    from lachan.kernel.clock import SystemClock
    from lachan.web.ops import backup

    now = SystemClock().now()
    kept = retention.days(now)
    counts = retention.purge(now, dry_run=arguments.dry_run)
    counts["backups"] = len(backup.prune(now, dry_run=arguments.dry_run))
    for kind, count in counts.items():
        unit = "months" if kind == "declarations" else "files" if kind == "backups" else "rows"
        print(f"{kind:<14} kept {kept[kind]:>5} days   {count} {unit}")
    print("Nothing was taken away." if arguments.dry_run else "Done; each step stands in the log.")
