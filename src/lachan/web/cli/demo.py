"""`lachan demo`: a made-up outbreak in an empty database; or the demo's accounts taken away again."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from lachan.web.cli import setup
from lachan.web.demo import limits


def register(commands: Any) -> None:
    demo = commands.add_parser("demo", help="fill an empty database with a made-up outbreak")
    demo.add_argument("--people", type=int, default=3000, help="how many people (default 3000)")
    demo.add_argument("--seed", type=int, default=56, help="the same seed makes the same people and outbreak")
    demo.add_argument("--days", type=int, default=14, help="days of declarations up to now (default 14)")
    demo.add_argument("--reset", action="store_true", help="empty the demo's database first")
    demo.add_argument(
        "--remove-accounts", action="store_true", help="close every demo account, and do nothing else"
    )
    demo.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.registry.accounts.demo import remove_demo_accounts

    now = SystemClock().now()
    if arguments.remove_accounts:
        print(f"{remove_demo_accounts(now)} demo accounts closed.")
        return 0
    problem = _unfit(arguments)
    if problem:
        print(problem, file=sys.stderr)
        return 2
    return _fill(arguments, now)


def _unfit(arguments: argparse.Namespace) -> str:
    from django.conf import settings

    if not settings.DEMO:
        return "A demo is made only where LACHAN_DEMO=1 is set: its accounts' password is public."
    return limits.unfit(arguments.people, arguments.days)


def _fill(arguments: argparse.Namespace, now: Any) -> int:
    from lachan.web.demo import fill, reset

    if arguments.reset:
        refused = reset.empty()
        if refused:
            print(refused, file=sys.stderr)
            return 1
    try:
        plan = fill.Plan.of(arguments.people, arguments.seed, arguments.days)
        made = fill.once(print, plan=plan, now=now)
    except LookupError as error:
        print(f"{error}: run `lachan units load` first", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Stopped; nothing was kept.", file=sys.stderr)
        return 130
    if not made:
        print("There is data already. `lachan demo --reset` begins anew with an empty demo.", file=sys.stderr)
    return 0 if made else 1
