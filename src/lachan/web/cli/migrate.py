"""`lachan migrate`: bring the database to this version's tables. `lachan manage …` passes on to Django."""

from __future__ import annotations

import argparse
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    commands.add_parser("migrate", help="create or update the database tables").set_defaults(run=migrate)
    manage = commands.add_parser("manage", help="run one of Django's own commands")
    manage.add_argument("rest", nargs=argparse.REMAINDER)
    manage.set_defaults(run=pass_on)


def migrate(arguments: argparse.Namespace) -> None:
    setup()
    from django.core.management import call_command

    call_command("migrate", interactive=False, verbosity=1)


def pass_on(arguments: argparse.Namespace) -> None:
    setup()
    from django.core.management import execute_from_command_line

    execute_from_command_line(["lachan manage", *arguments.rest])
