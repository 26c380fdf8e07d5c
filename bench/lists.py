"""`lachan bench lists`: the staff list of declarations over HTTP, by jurisdiction, with a million people and five million
declarations: the newest page, filtered pages, a search by folded name. Also the import of 5,000 places.

The world is made up once and kept under data/bench/, so that a second run measures at once. JSON on the last line.
"""

from __future__ import annotations

import argparse
import http.client
import json
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any
from urllib.parse import quote

from bench.ground import ROOT, Installation, free_port, postgres, stop, wait_ready

SCOPES = {"commune": "tramyte.vinhhai", "district": "huyen.nhatrang", "province": "quantri"}
LIST = "/cb/to-khai/"
TARGET_MS = 100.0
NAMES = (
    "hoa", "nguyen van an", "thi thu trang", "minh", "tran", "huynh ngoc", "vo thi kim lien", "quoc huy", "bao chau",
    "nguyen", "khanh", "thi ut",
)  # fmt: skip
"""What officers type: a given name, the end of a name, a whole name, a surname that a third of the people bear."""


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench lists")
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--declarations", type=int, default=5_000_000)
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--rounds", type=int, default=12, help="how often each page is asked for")
    parser.add_argument("--quick", action="store_true", help="5,000 people and 20,000 declarations")
    parser.add_argument("--again", action="store_true", help="make the world anew")
    options = parser.parse_args(list(argv))
    if options.quick:
        options.people, options.declarations, options.rounds = 5000, 20_000, 3
    with postgres(fsync=False) if options.store == "postgres" else nullcontext("") as url:
        world = _world(options, url)
        print(json.dumps(measure(world, options)), flush=True)


class World:
    """An installation with the province in it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self._installation = Installation(folder, url)
        self._installation.environment |= {"LACHAN_DEMO": "1", "LACHAN_DJANGO_THREADS": "2"}

    def run(self, stage: str, *arguments: str) -> str:
        """A stage of `bench.stages` in a process of this installation; what it printed last."""
        command = [sys.executable, "-m", "bench.stages", stage, *arguments]
        done = subprocess.Popen(
            command, env=self._installation.environment, cwd=ROOT, stdout=subprocess.PIPE, text=True
        )
        last = ""
        assert done.stdout is not None
        for line in done.stdout:
            last = line.strip()
            if not last.startswith("{"):
                print(line, end="", flush=True)
        if done.wait():
            raise SystemExit(f"bench stage {stage} failed")
        return last

    @contextmanager
    def served(self) -> Iterator[int]:
        """The port of a running `lachan serve` (without its worker, which has nothing to do here)."""
        port = free_port()
        process = self._installation.serve(port, "--no-worker")
        try:
            wait_ready(f"http://127.0.0.1:{port}/tai-khoan/login/", process)
            yield port
        finally:
            stop(process)


def _world(options: argparse.Namespace, url: str) -> World:
    """From data/bench/, or made now. PostgreSQL's is thrown away with its server."""
    folder = ROOT / "data" / "bench" / f"lists-{options.store}-{options.people}-{options.declarations}"
    world, made = World(folder, url), folder / "made.json"
    if url or options.again or not made.exists():
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        for old in folder.glob("lachan.sqlite3*"):
            old.unlink()
        made.write_text(world.run("load", str(options.people), str(options.declarations)))
    return world


def measure(world: World, options: argparse.Namespace) -> dict[str, Any]:
    """p50 and p95 by jurisdiction and kind of page; the figures without a scope are those of the worst one."""
    made = json.loads((world.folder / "made.json").read_text())
    sessions = json.loads(world.run("sessions", *SCOPES.values()))
    by_scope: dict[str, dict[str, float]] = {}
    with world.served() as port:
        for scope, username in SCOPES.items():
            by_scope[scope] = _scope(port, sessions[username], made, options.rounds)
            print(f"  {scope}: {json.dumps(by_scope[scope])}", flush=True)
    worst = {
        kind: max(found[f"{kind}_p95_ms"] for found in by_scope.values())
        for kind in ("list", "filtered", "search")
    }
    imported = json.loads(world.run("import", "5000" if not options.quick else "500"))
    return {
        "store": options.store,
        "people": made["people"],
        "declarations": made["declarations"],
        "load_rows_per_s": made["rows_per_s"],
        **{f"{kind}_p95_ms": value for kind, value in worst.items()},
        "target_ms": TARGET_MS,
        "by_scope": by_scope,
        "import_5000_s": imported["seconds"],
        "import_rows": imported["rows"],
    }


def _scope(port: int, session: dict[str, str], made: dict[str, Any], rounds: int) -> dict[str, float]:
    """One account's pages, each asked for `rounds` times after once to warm up."""
    first, last, unit = made["first"], made["last"], quote(session["unit"])
    kinds = {
        "list": [LIST, f"{LIST}?cursor={made['middle']}"],
        "filtered": [
            f"{LIST}?kq=flagged", f"{LIST}?kq=2", f"{LIST}?tu={first}&den={first}", f"{LIST}?tu={first}&den={last}&kq=flagged",
            f"{LIST}?mau=checkpoint", f"{LIST}?ben=residence&mau=facility", f"{LIST}?don_vi={unit}&kq=1",
            f"{LIST}?ben=destination", f"{LIST}?diem={session['place']}", f"{LIST}?kq=2&mau=checkpoint&den={first}",
        ],
        "search": [f"{LIST}?q={quote(name)}" for name in NAMES] + [f"{LIST}?q={session['phone']}", f"{LIST}?q={session['code']}"],
    }  # fmt: skip
    found: dict[str, float] = {}
    for kind, addresses in kinds.items():
        taken = {address: _times(port, session["cookie"], address, rounds) for address in addresses}
        pooled = sorted(ms for times in taken.values() for ms in times)
        found[f"{kind}_p50_ms"], found[f"{kind}_p95_ms"] = _share(pooled, 0.5), _share(pooled, 0.95)
        slowest = max(taken, key=lambda address: _share(sorted(taken[address]), 0.5))
        print(f"    {kind}: slowest {slowest} {_share(sorted(taken[slowest]), 0.5)} ms", flush=True)
    return found


def _times(port: int, cookie: str, address: str, rounds: int) -> list[float]:
    """Milliseconds of each request on one connection. Anything but 200 ends the benchmark."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    taken = []
    for _ in range(rounds + 1):
        begun = time.perf_counter()
        connection.request("GET", address, headers={"Cookie": f"lc_session={cookie}"})
        answer = connection.getresponse()
        body = answer.read()
        taken.append((time.perf_counter() - begun) * 1000)
        if answer.status != 200 or b"<main" not in body:
            raise SystemExit(f"{address}: {answer.status} {answer.getheader('Location') or ''}")
    connection.close()
    return taken[1:]


def _share(ordered: list[float], share: float) -> float:
    return round(ordered[min(len(ordered) - 1, int(len(ordered) * share))], 1)
