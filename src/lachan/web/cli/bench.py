"""`lachan bench NAME …`: a benchmark of the bench/ folder, beside its peer in the same run; JSON on the last line."""

from __future__ import annotations

import argparse
import importlib
import sys
from typing import Any

from lachan.web.paths import ROOT


def register(commands: Any) -> None:
    bench = commands.add_parser("bench", help="run a benchmark; without a name, list them")
    bench.add_argument("name", nargs="?")
    bench.add_argument("rest", nargs=argparse.REMAINDER)
    bench.set_defaults(run=run)


def run(arguments: argparse.Namespace) -> int:
    folder = ROOT / "bench"
    names = sorted(path.stem for path in folder.glob("*.py") if path.stem != "__init__")
    if arguments.name is None:
        print("\n".join(names))
        return 0
    if arguments.name not in names:
        print(f"no benchmark named {arguments.name}; there are: {', '.join(names)}", file=sys.stderr)
        return 2
    sys.path.insert(0, str(ROOT))
    importlib.import_module(f"bench.{arguments.name}").main(arguments.rest)
    return 0
