"""`lachan bench sync`: the end of an outage. 30 devices bring a day of 20,000 scans at once, prepared and signed beforehand,
while people go on declaring; beside a django-ninja endpoint that writes row by row, in one run. One JSON line a store.

`rows_per_s` and `seconds` are of the median round, each round another day of the same devices. `live_p99_ms`: declarations
answered while a round ran, each from the moment when it was due. `lost`, `doubled`: counted in the database. On a machine
that others use too, `cpu_us_per_row` (the front process's, its declarations included) and `ratio` say more than the rest;
`load` is how many processes wanted its cores.
"""

from __future__ import annotations

import argparse
import json
import os
import pickle
import statistics
import subprocess
import sys
from collections.abc import Sequence
from contextlib import nullcontext
from typing import Any

from bench.gates.devices import SCANS, SimDevice, compared, enrolled, report
from bench.ground import (
    ROOT,
    Installation,
    bodies,
    cpu_seconds,
    free_port,
    installation,
    postgres,
    stop,
    wait_ready,
)

DAY = 20 * 3600.0
SECONDS_A_ROUND = 30
"""Declarations are made for so long; a busy machine with a worker beside needs most of it."""
TARGET = {"target_rows_per_s": 20_000, "target_live_p99_ms": 50}


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench sync")
    parser.add_argument("--store", choices=("sqlite", "postgres"), action="append")
    parser.add_argument("--scans", type=int, default=20_000, help="of a day, over all devices")
    parser.add_argument("--devices", type=int, default=30)
    parser.add_argument("--rounds", type=int, default=5, help="days, one after the other")
    parser.add_argument("--rate", type=float, default=100, help="declarations a second meanwhile")
    parser.add_argument("--peer-scans", type=int, default=4000)
    parser.add_argument("--worker", action="store_true", help="the worker reads what is written meanwhile")
    parser.add_argument("--quick", action="store_true", help="a tenth, to see that it works")
    options = parser.parse_args(list(argv))
    if options.quick:
        options.scans, options.rounds, options.peer_scans = options.scans // 10, 2, 600
    for store in options.store or ("sqlite", "postgres"):
        with postgres() if store == "postgres" else nullcontext("") as url, installation(url) as ground:
            print(json.dumps({"store": store, **measure(ground, options), **TARGET}), flush=True)


def measure(ground: Installation, options: argparse.Namespace) -> dict[str, Any]:
    """The peer, then ours, each alone with the load generator."""
    peer = _peer(ground, options)
    devices = enrolled(ground, options.devices, seed=1)
    found = _ours(ground, devices, options)
    if set(found["statuses"]) - {"200", "503"} or set(found["live_statuses"]) - {"201"}:
        raise SystemExit(f"answered {found}\n{(ground.folder / 'log.txt').read_text()[-3000:]}")
    held = report(ground)
    mine = {str(one.log) for one in devices}
    held["scans"] = [row for row in held["scans"] if row[1] in mine]
    lost, doubled = compared(devices, found["acknowledged"], held)
    heads = all(held["logs"][str(one.log)] == [len(one.lines) + 1, one.heads[-1].hex()] for one in devices)
    seconds = statistics.median(found["seconds"])
    rows = options.scans // options.devices * options.devices
    return {
        "rows_per_s": round(rows / seconds), "seconds": seconds, "all_seconds": found["seconds"],
        "live_p99_ms": found["live"]["p99_ms"], "live": found["live"], "live_quiet": found["quiet"], "lost": lost,
        "doubled": doubled, "heads_equal": heads, "busy": found["statuses"].get("503", 0),
        "baseline_rows_per_s": peer, "ratio": round(rows / seconds / peer, 1), "scans": len(held["scans"]),
        "cpu_us_per_row": round(found["cpu"] / len(held["scans"]) * 1e6, 1), "load": found["load"],
        "devices": options.devices, "rate": options.rate, "worker": options.worker,
    }  # fmt: skip


def _ours(ground: Installation, devices: list[SimDevice], options: argparse.Namespace) -> dict[str, Any]:
    load = {
        "rounds": _days(devices, options.scans // options.devices, options.rounds),
        "live": list(bodies(int(options.rate * SECONDS_A_ROUND * (2 + options.rounds)), 5)),
    }
    port = free_port()
    server = ground.serve(port, "--only", "front")
    worker = ground.start("lachan.web", "worker") if options.worker else None
    try:
        wait_ready(f"http://127.0.0.1:{port}/healthz", server)
        before = cpu_seconds(server.pid)
        found = _client(ground, port, SCANS, load, options.rate)
        return {**found, "cpu": cpu_seconds(server.pid) - before, "load": round(os.getloadavg()[0], 1)}
    finally:
        stop(server)
        if worker is not None:
            stop(worker)


def _days(devices: list[SimDevice], each: int, days: int) -> list[list[list[bytes]]]:
    """For each day, each device's batches."""
    rounds = []
    for _ in range(days):
        starts = [len(one.lines) + 1 for one in devices]
        for one in devices:
            one.scan(each, since=DAY)
        rounds.append([list(one.batches(start)) for one, start in zip(devices, starts, strict=True)])
    return rounds


def _peer(ground: Installation, options: argparse.Namespace) -> float:
    """Rows a second of the endpoint that one would write first."""
    devices = enrolled(ground, options.devices, seed=1000)
    load = {"rounds": _days(devices, options.peer_scans // options.devices, 1), "live": []}
    port = free_port()
    server = ground.start("bench.peers.ninja_scans", str(port))
    try:
        wait_ready(f"http://127.0.0.1:{port}/docs", server)
        found = _client(ground, port, "/scans", load, 0)
    finally:
        stop(server)
    if set(found["statuses"]) != {"200"}:
        raise SystemExit(f"the peer answered {found}\n{(ground.folder / 'log.txt').read_text()[-3000:]}")
    rows = options.peer_scans // options.devices * options.devices
    return round(rows / found["seconds"][0], 1)


def _client(ground: Installation, port: int, path: str, load: dict[str, Any], rate: float) -> dict[str, Any]:
    """The load generator's own report."""
    file = ground.folder / "load.pickle"
    file.write_bytes(pickle.dumps(load))
    command = [
        sys.executable, "-m", "bench.gates.client", "--port", str(port), "--path", path, "--load", str(file), "--rate",
        str(rate),
    ]  # fmt: skip
    done = subprocess.run(
        command, env=ground.environment, cwd=ROOT, capture_output=True, text=True, timeout=600
    )
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    found: dict[str, Any] = json.loads(done.stdout)
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
