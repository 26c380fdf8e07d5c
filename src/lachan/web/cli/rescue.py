"""`lachan rescue USERNAME`: a one-time sign-in for whoever is locked out and may run commands on this machine."""

from __future__ import annotations

import argparse
import sys
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    rescue = commands.add_parser("rescue", help="make a one-time sign-in for an account that is locked out")
    rescue.add_argument("username")
    rescue.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.base.messages import text_of
    from lachan.kernel.clock import SystemClock
    from lachan.kernel.errors import InvalidInput
    from lachan.registry.accounts.services import rescue_link

    try:
        link = rescue_link(arguments.username, SystemClock().now())
    except InvalidInput as error:
        print(text_of(error.code, error.params), file=sys.stderr)
        return 1
    print(f"{link}\nOpen it within fifteen minutes; it works once. That it was made stands in the log.")
    return 0
