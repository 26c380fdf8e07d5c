"""`lachan backup` and `lachan restore [--verify] FILE`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    backup = commands.add_parser("backup", help="write an archive of the database while it goes on running")
    backup.add_argument("--to", type=Path, help="file to write; default: the data folder's backups/")
    backup.add_argument(
        "--with-keys", action="store_true", help="also the keys: such a file opens everything"
    )
    backup.set_defaults(run=make)
    restore = commands.add_parser("restore", help="put an archive back, or only verify it")
    restore.add_argument("file", type=Path, nargs="?", help="default: the newest backup")
    restore.add_argument("--verify", action="store_true", help="only unpack, check and count; change nothing")
    restore.set_defaults(run=put_back)


def make(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.kernel.clock import SystemClock
    from lachan.web.ops import backup

    try:
        path = backup.make(SystemClock().now(), arguments.to, with_keys=arguments.with_keys)
        manifest = backup.verify(path)
    except backup.BackupError as error:
        print(error, file=sys.stderr)
        return 1
    print(f"{path}  {path.stat().st_size // 1024} KB, verified: {counted(manifest)}")
    if not arguments.with_keys:
        print(
            "The keys are not in it. Keep a copy of their folder in another place: without the keys nobody can read"
            " what is sealed in the backup."
        )
    return 0


def put_back(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.web.ops import backup

    path = arguments.file or backup.newest()
    if path is None:
        print("There is no backup yet: lachan backup", file=sys.stderr)
        return 1
    try:
        manifest = backup.verify(path) if arguments.verify else backup.restore(path)
    except backup.BackupError as error:
        print(error, file=sys.stderr)
        return 1
    print(
        f"{path}: {'whole' if arguments.verify else 'restored'}, of {made_at(manifest)}: {counted(manifest)}"
    )
    if not arguments.verify:
        print("Next: lachan migrate, lachan audit verify, then start the server and run lachan doctor.")
    return 0


def counted(manifest: dict[str, Any]) -> str:
    """Rows by table, the app's name left out."""
    return ", ".join(f"{table.partition('_')[2]} {rows:,}" for table, rows in manifest["counts"].items())


def made_at(manifest: dict[str, Any]) -> str:
    from datetime import datetime

    from lachan.kernel.clock import VN

    return f"{datetime.fromisoformat(manifest['made_at']).astimezone(VN):%d/%m/%Y %H:%M}"
