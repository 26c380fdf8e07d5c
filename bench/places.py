"""`lachan bench places`: importing a table of 5,000 places (upload, report, apply) into a province. JSON on the last line."""

from __future__ import annotations

import argparse
import json
import shutil
import tempfile
from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path

from bench.ground import postgres
from bench.lists import World

TARGET_S = 20.0


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench places")
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rows", type=int, default=5000)
    parser.add_argument("--quick", action="store_true", help="500 rows")
    options = parser.parse_args(list(argv))
    rows = 500 if options.quick else options.rows
    folder = Path(tempfile.mkdtemp(prefix="lachan-bench-"))
    try:
        with postgres() if options.store == "postgres" else nullcontext("") as url:
            world = World(folder, url)
            world.run("load", "300", "600")
            imported = json.loads(world.run("import", str(rows)))
        print(
            json.dumps(
                {
                    "store": options.store,
                    "import_5000_s": imported["seconds"],
                    "rows": rows,
                    "target_s": TARGET_S,
                }
            )
        )
    finally:
        shutil.rmtree(folder, ignore_errors=True)
