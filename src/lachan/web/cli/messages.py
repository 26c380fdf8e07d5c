"""`lachan messages`: compile the English catalogues (the Vietnamese text is the source itself)."""

from __future__ import annotations

import argparse
from typing import Any

import polib

from lachan.web.paths import PACKAGE


def register(commands: Any) -> None:
    messages = commands.add_parser("messages", help="compile the translations")
    messages.add_argument("--quiet", action="store_true")
    messages.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> None:
    count = 0
    for source in sorted(PACKAGE.rglob("locale/*/LC_MESSAGES/django.po")):
        target = source.with_suffix(".mo")
        if not target.exists() or target.stat().st_mtime < source.stat().st_mtime:
            polib.pofile(str(source)).save_as_mofile(str(target))
            count += 1
    if not arguments.quiet:
        print(f"{count} catalogues compiled.")
