"""`lachan bench batch`: declarations a second that arrive a hundred and a thousand in one request, each with the same
work as a single one. One JSON line a store; `rows_per_s_…` counts declarations, `table_rows_per_s_…` the four rows
that each of them writes.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from bench.ground import Installation, free_port, installation, postgres, stop, wait_ready
from bench.intake import entries, load

BATCH = "/api/intake/batch"
TABLES = 4


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench batch")
    parser.add_argument("--store", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--seconds", type=float, default=5)
    parser.add_argument("--connections", type=int, default=4)
    parser.add_argument("--quick", action="store_true", help="a second or two, to see that it works")
    options = parser.parse_args(list(argv))
    options.seconds = 1.5 if options.quick else options.seconds
    for store in options.store or ("sqlite", "postgres"):
        with postgres() if store == "postgres" else nullcontext("") as url, installation(url) as ground:
            report = {"store": store}
            for size in (100, 1000):
                report |= measure(ground, size, options)
            print(json.dumps(report), flush=True)


def measure(ground: Installation, size: int, options: argparse.Namespace) -> dict[str, Any]:
    """One size; what was acknowledged must be what the staff list gained."""
    port, before = free_port(), entries(ground)
    server = ground.serve(port, "--only", "front")
    try:
        wait_ready(f"http://127.0.0.1:{port}/healthz", server)
        count = str(int(25_000 * (options.seconds + 1) / size) + options.connections)
        report = load(
            ground, port, BATCH, options, "--batch", str(size), "--count", count, "--seed", str(size)
        )
    finally:
        stop(server)
    answered = report["statuses"].get("200", 0)
    if entries(ground) - before != answered * size:
        raise SystemExit(f"{answered * size} acknowledged, {entries(ground) - before} written")
    rows = round(report["rps"] * size, 1)
    return {
        f"rows_per_s_{size}": rows,
        f"table_rows_per_s_{size}": round(rows * TABLES, 1),
        f"p99_ms_{size}": report["p99_ms"],
    }


if __name__ == "__main__":
    main(sys.argv[1:])
