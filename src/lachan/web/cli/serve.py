"""`lachan serve`: the whole platform on one port. Ctrl-C stops everything."""

from __future__ import annotations

import argparse
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

from lachan.web import hosts
from lachan.web.serve.options import KINDS, Options


def register(commands: Any) -> None:
    serve = commands.add_parser("serve", help="serve the platform on one port")
    serve.add_argument("--host", default="127.0.0.1")
    serve.add_argument("--port", type=int, default=8000)
    serve.add_argument("--cert", type=Path, help="certificate chain (PEM), for https")
    serve.add_argument("--key", type=Path, help="its private key (PEM)")
    serve.add_argument("--no-worker", action="store_true", help="the worker runs elsewhere")
    serve.add_argument("--only", choices=KINDS, help="run one process here, without a supervisor")
    serve.add_argument("--beside", action="append", choices=KINDS, default=[], help=argparse.SUPPRESS)
    serve.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    if (arguments.cert is None) != (arguments.key is None):
        raise SystemExit("--cert and --key go together")
    hosts.allow(arguments.host)
    if arguments.only:
        return _one(arguments)
    kinds = tuple(kind for kind in KINDS if not (kind == "worker" and arguments.no_worker))
    _refuse_unsafe()
    from lachan.web.serve.supervisor import supervise

    return supervise(replace(_options(arguments, kinds), fronts=_fronts()))


def _refuse_unsafe() -> None:
    """No start with a failed system check (a page that declares no rule), nor in earnest with demo accounts."""
    from lachan.web.cli import setup

    setup()
    from django.core.checks import run_checks
    from django.db import connections

    from lachan.registry.accounts.demo import refuse_in_earnest

    serious = [str(found) for found in run_checks() if found.is_serious()]
    if serious:
        raise SystemExit("\n".join(serious))
    _refuse_old_tables()
    refuse_in_earnest()
    connections.close_all()


def _refuse_old_tables() -> None:
    """A store that doesn't answer is waited for by the processes; tables of another version no waiting mends."""
    from django.db import DatabaseError

    from lachan.web.ops.doctor import behind
    from lachan.web.serve.supervisor import HOPELESS

    try:
        old = behind()
    except DatabaseError:
        return
    if old:
        print("The tables are missing, or of an older version: run `lachan migrate`.", file=sys.stderr)
        raise SystemExit(HOPELESS)


def _fronts() -> int:
    from django.conf import settings

    return int(settings.FRONTS)


def _options(arguments: argparse.Namespace, kinds: tuple[str, ...]) -> Options:
    return Options(arguments.host, arguments.port, arguments.cert, arguments.key, kinds)


def _one(arguments: argparse.Namespace) -> int:
    if arguments.only == "front":
        from lachan.web.serve import front_process

        return front_process.run(_options(arguments, ("front", *arguments.beside)))
    if arguments.only == "django":
        from lachan.web.serve import django_process

        return django_process.run()
    from lachan.web.serve import worker_process

    return worker_process.run()
