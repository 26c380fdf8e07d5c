"""`lachan move --to URL`: take everything from SQLite to PostgreSQL, or back."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import Any

from lachan.web.cli import setup


def register(commands: Any) -> None:
    move = commands.add_parser("move", help="copy everything to another store: SQLite to PostgreSQL, or back")
    target = move.add_mutually_exclusive_group(required=True)
    target.add_argument("--to", metavar="URL", help="postgresql://user:password@host/name or sqlite:///file")
    target.add_argument(
        "--to-file",
        type=Path,
        metavar="FILE",
        help="a file that holds the URL, so that no list of processes shows it",
    )
    move.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    setup()
    from lachan.web.ops.move import MoveError, move

    try:
        url = arguments.to or arguments.to_file.read_text(encoding="utf-8").strip()
        moved = move(url, _say)
    except OSError as error:
        print(f"{arguments.to_file}: {error.strerror}", file=sys.stderr)
        return 1
    except MoveError as error:
        print(f"Không chuyển được (not moved): {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Đã dừng, kho mới vẫn trống (stopped; the target is as empty as before).", file=sys.stderr)
        return 130
    print(f"Đã chuyển (moved): {sum(moved.tables.values()):,} dòng (rows), {moved.seconds:.0f} s.")
    print("Kho cũ còn nguyên. Đặt DATABASE_URL rồi mới chạy lại lachan serve.")
    print("(The old store is untouched. Set DATABASE_URL, and only then start lachan serve again.)")
    return 0


def _say(line: str) -> None:
    print(line, flush=True)
