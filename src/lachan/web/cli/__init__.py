"""The command line, `lachan …`. A command is a module here with `register(subparsers)`: copy a neighbour."""

from __future__ import annotations

import argparse
import importlib
import os
import pkgutil
import sys
from collections.abc import Sequence
from pathlib import Path


def setup() -> None:
    """Prepare Django for a command that needs it."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lachan.web.settings")
    import django
    from django.conf import settings

    Path(settings.DATA).mkdir(parents=True, exist_ok=True, mode=0o700)
    django.setup()


def parser() -> argparse.ArgumentParser:
    root = argparse.ArgumentParser(
        prog="lachan", description="Lá Chắn: epidemic-response software for a province"
    )
    commands = root.add_subparsers(dest="command", metavar="COMMAND", required=True)
    for module in sorted(module.name for module in pkgutil.iter_modules(__path__)):
        importlib.import_module(f"{__name__}.{module}").register(commands)
    return root


def main(argv: Sequence[str] | None = None) -> None:
    """Run one command. Its function gets the parsed arguments and may return an exit code."""
    arguments = parser().parse_args(argv)
    sys.exit(arguments.run(arguments) or 0)
