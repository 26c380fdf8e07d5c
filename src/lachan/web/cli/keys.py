"""`lachan keys make|rotate`: the installation's keys."""

from __future__ import annotations

import argparse
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    root = commands.add_parser("keys", help="make or rotate the installation's keys")
    verbs = root.add_subparsers(dest="verb", required=True)
    verbs.add_parser("make", help="make whatever keys are missing").set_defaults(run=make)
    verbs.add_parser("rotate", help="add new current keys; old ones still read").set_defaults(run=rotate)


def make(arguments: argparse.Namespace) -> None:
    setup()
    from lachan.base import keys

    made = keys.make()
    print(f"Keys in {keys.folder()}: {'made' if made else 'already there'}.")
    if made:
        print(
            "Keep a copy of this folder apart from the database: without it nothing personal can be read again."
        )


def rotate(arguments: argparse.Namespace) -> None:
    setup()
    from lachan.base import keys
    from lachan.kernel.clock import SystemClock

    ring = keys.keyring()
    ring.rotate()
    ring.save(keys.folder() / "ring.json")
    keys.keystore().rotate(SystemClock())
    keys.forget()
    print(f"New current keys in {keys.folder()}. Restart `lachan serve`; back the folder up again.")
