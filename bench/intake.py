"""`lachan bench intake`: durable single declarations a second over HTTP, beside a django-ninja endpoint doing the same
work row by row and beside an empty ASGI answer, in one run; on SQLite and on PostgreSQL. One JSON line a store.

With `--beside`, Django pages' and the worker's kind of writing goes on in the same database meanwhile.
"""

from __future__ import annotations

import argparse
import json
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from bench.ground import ROOT, Installation, free_port, installation, postgres, stop, wait_ready

INTAKE = "/api/intake/declarations"


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench intake")
    parser.add_argument("--store", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--seconds", type=float, default=6)
    parser.add_argument("--connections", type=int, default=64)
    parser.add_argument(
        "--beside", action="store_true", help="another process writes to the same database meanwhile"
    )
    parser.add_argument("--quick", action="store_true", help="a second or two, to see that it works")
    options = parser.parse_args(list(argv))
    options.seconds = 1.5 if options.quick else options.seconds
    for store in options.store or ("sqlite", "postgres"):
        with postgres() if store == "postgres" else nullcontext("") as url, installation(url) as ground:
            print(json.dumps({"store": store, **measure(ground, options)}), flush=True)


def measure(ground: Installation, options: argparse.Namespace) -> dict[str, Any]:
    """The three servers one after the other, each alone with the load generator; counts are checked in the database."""
    hello = _hello(ground, options)
    peer = _peer(ground, options)
    before = entries(ground)
    ours = _ours(ground, options)
    written = entries(ground) - before
    acknowledged = ours["statuses"].get("201", 0)
    if written != acknowledged or set(ours["statuses"]) != {"201"}:
        raise SystemExit(f"{acknowledged} acknowledged, {written} written: {ours}")
    return {
        "rps": ours["rps"],
        "p50_ms": ours["p50_ms"],
        "p99_ms": ours["p99_ms"],
        "max_ms": ours["max_ms"],
        "baseline_rps": peer["rps"],
        "baseline_p99_ms": peer["p99_ms"],
        "ratio": round(ours["rps"] / peer["rps"], 2),
        "hello_rps": hello["rps"],
        "hello_ratio": round(ours["rps"] / hello["rps"], 3),
        "beside": options.beside,
        **({"beside_rows_per_s": ours["beside"]} if options.beside else {}),
    }


def entries(ground: Installation) -> int:
    """How many the staff list can see."""
    code = "from lachan.web.cli import setup; setup()\nfrom lachan.gate.declarations.models import Entry\nprint(Entry.objects.count())"
    return int(ground.python(code).split()[-1])


def load(
    ground: Installation, port: int, path: str, options: argparse.Namespace, *more: str
) -> dict[str, Any]:
    """The load generator's own report."""
    command = [
        sys.executable, "-m", "bench.client", "--port", str(port), "--path", path, "--seconds", str(options.seconds),
        "--connections", str(options.connections), *more,
    ]  # fmt: skip
    done = subprocess.run(
        command, env=ground.environment, cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    report: dict[str, Any] = json.loads(done.stdout)
    if report["exhausted"]:
        raise SystemExit("the load generator ran out of bodies; give --count")
    return report


def _hello(ground: Installation, options: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    server = ground.start("bench.peers.hello", str(port))
    try:
        wait_ready(f"http://127.0.0.1:{port}/", server)
        return load(ground, port, "/", options, "--count", "5000", "--cycle")
    finally:
        stop(server)


def _peer(ground: Installation, options: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    server = ground.start("bench.peers.ninja_intake", str(port))
    try:
        wait_ready(f"http://127.0.0.1:{port}/docs", server)
        report = load(ground, port, "/declarations", options, "--seed", "2")
        if set(report["statuses"]) != {"201"}:
            raise SystemExit(f"the peer answered {report}\n{(ground.folder / 'log.txt').read_text()[-3000:]}")
        return report
    finally:
        stop(server)


def _ours(ground: Installation, options: argparse.Namespace) -> dict[str, Any]:
    port = free_port()
    server = ground.serve(port, "--only", "front")
    beside = ground.start("bench.peers.beside", str(options.seconds + 4)) if options.beside else None
    try:
        wait_ready(f"http://127.0.0.1:{port}/healthz", server)
        count = str(int(12_000 * (options.seconds + 1)))
        report = load(ground, port, INTAKE, options, "--seed", "3", "--count", count)
        report["beside"] = _written_beside(beside, ground)
        return report
    finally:
        stop(server)


def _written_beside(beside: subprocess.Popen[bytes] | None, ground: Installation) -> float | None:
    if beside is None:
        return None
    beside.wait(60)
    return float((ground.folder / "beside.txt").read_text())


if __name__ == "__main__":
    main(sys.argv[1:])
