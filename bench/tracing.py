"""`lachan bench tracing`: F1 and F2 over 100 million visits, beside DuckDB (by Ibis) and an indexed SQLite in one run. JSON on the last line.

`ratio`: how many times faster F1 is (p95, the same people) than the faster peer. `equal`: every peer's answers are the engine's, all contacts,
places, seconds, moments. `sql_rows`: SQLite holds only visits to places where the people asked about were, which makes it faster.
`pairs_per_s`: meetings found a second on one core, each pair of visits looked at. `rss_mb`: the engine's resident memory, mapped files included;
`rss_own_mb`: without them. `…_cpu_…`, `pairs_per_s`, `ratio_cpu`: in processor time of the question, all threads together, which other work on
the machine hardly tells on. Needs the extra `tracing` (numba, DuckDB, Ibis).
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from bench.tracing_peers.world import FIRST_DAY, World
from lachan.outbreak.tracing.engine import (
    DAY,
    Sources,
    Store,
    Tracer,
    compile_kernels,
    warm_up,
)

LEAST = 15 * 60
TARGET = {
    "target_f1_p95_ms": 10, "target_f1_1000_ms": 200, "target_f1f2_ms": 1000, "target_pairs_per_s": 100_000_000,
    "target_ratio": 10,
}  # fmt: skip


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench tracing")
    parser.add_argument("--visits", type=int, default=100_000_000)
    parser.add_argument("--people", type=int, default=40, help="how many are asked about, of each peer")
    parser.add_argument(
        "--threads", type=int, default=os.cpu_count() or 1, help="for questions about many people"
    )
    parser.add_argument("--folder", type=Path, help="where to build; by default a temporary folder")
    parser.add_argument("--quick", action="store_true", help="a million visits, to see that it works")
    options = parser.parse_args(list(argv))
    if options.quick:
        options.visits, options.people = min(options.visits, 1_000_000), 10
    try:
        from bench.tracing_peers.ask import scratch
    except ImportError as missing:
        raise SystemExit(f"{missing}: pip install -e '.[tracing]'") from missing
    if not compile_kernels():
        raise SystemExit("numba is not installed: pip install -e '.[tracing]'")
    warm_up()
    with scratch() as folder:
        print(
            json.dumps({**measure(World(options.visits), Path(options.folder or folder), options), **TARGET})
        )


def measure(world: World, folder: Path, options: argparse.Namespace) -> dict[str, Any]:
    from bench.tracing_peers.ask import Duck, Engine, Sql

    store = Store(folder / "segments")
    build_s = build(store, world)
    say(f"built in {build_s:.1f} s")
    people = np.random.default_rng(11).choice(world.people, options.people, replace=False)
    size = sum(entry.bytes for entry in store.manifest.days.values())
    found: dict[str, Any] = {
        "visits": world.visits, "build_s": round(build_s, 1), "bytes_per_visit": round(size / world.visits, 2),
        "people": world.people, "places": world.places, "days": world.days,
    }  # fmt: skip
    engine = Engine(store, world, LEAST)
    asked = [*people, *np.random.default_rng(12).choice(world.people, 5 * options.people)]
    found |= percentiles("f1", timed(engine, asked))
    say(f"F1 p95 {found['f1_p95_ms']} ms")
    found |= many(Tracer(store, threads=options.threads), world, people)
    found |= memory()
    own = timed(engine, people)
    answers = own.answers
    found["f1_contacts"] = round(float(np.mean([np.unique(each[:, 0]).size for each in answers])))
    peers: list[tuple[str, Callable[[], Any]]] = [
        ("duckdb", lambda: Duck(folder, store, world, LEAST)),
        ("sql", lambda: Sql(folder, store, world, LEAST, people)),
    ]
    equal = True
    for name, make in peers:
        began = time.perf_counter()
        peer = make()
        say(f"{name}: {peer.rows} rows loaded in {time.perf_counter() - began:.0f} s")
        theirs = timed(peer, people)
        same = [np.array_equal(one, two) for one, two in zip(answers, theirs.answers, strict=True)]
        equal = equal and all(same)
        found |= {**percentiles(f"{name}_f1", theirs), f"{name}_rows": peer.rows}
        say(f"{name}: F1 p95 {found[f'{name}_f1_p95_ms']} ms, {sum(same)} of {len(same)} answers equal")
    again = timed(engine, people)
    for ratio, key, which in (("ratio", "f1_p95_ms", "wall"), ("ratio_cpu", "f1_cpu_p95_ms", "cpu")):
        mine = min(percentile(getattr(each, which), 95) for each in (own, again))
        found[ratio] = round(min(found[f"duckdb_{key}"], found[f"sql_{key}"]) / mine, 1)
    found |= {"equal": equal, "load": round(os.getloadavg()[0], 1)}
    return {**found, "compared_meetings": sum(int(each[:, 5].sum()) for each in answers)}


def build(store: Store, world: World) -> float:
    """Seconds that the segments took, without the drawing of the visits."""
    for ids, count, seed in ((store.subjects, world.people, 1), (store.places, world.places, 2)):
        ids.encode(np.frombuffer(np.random.default_rng(seed).bytes(16 * count), "V16"))
    seconds = 0.0
    for number in range(world.days):
        visits = list(world.touching(number))
        began = time.perf_counter()
        store.build(FIRST_DAY + number, visits, b"bench")
        seconds += time.perf_counter() - began
    return seconds


@dataclass(frozen=True)
class Timed:
    """Milliseconds of each question, by the clock and of the processor, and the answers."""

    wall: list[float]
    cpu: list[float]
    answers: list[Any]


def timed(peer: Any, people: npt.NDArray[Any] | list[Any]) -> Timed:
    """Ask about each, after ten questions that count for nothing."""
    for who in people[:10]:
        peer.f1(int(who))
    return clocked([lambda who=who: peer.f1(int(who)) for who in people])


def clocked(questions: Sequence[Callable[[], Any]]) -> Timed:
    found = Timed([], [], [])
    for ask in questions:
        began, spent = time.perf_counter(), time.process_time()
        found.answers.append(ask())
        found.cpu.append((time.process_time() - spent) * 1000)
        found.wall.append((time.perf_counter() - began) * 1000)
    return found


def percentiles(name: str, times: Timed) -> dict[str, float]:
    return {
        f"{name}_p50_ms": percentile(times.wall, 50), f"{name}_p95_ms": percentile(times.wall, 95),
        f"{name}_cpu_p95_ms": percentile(times.cpu, 95),
    }  # fmt: skip


def many(tracer: Tracer, world: World, people: npt.NDArray[Any]) -> dict[str, Any]:
    """F1 of 1,000, F1 and F2 of one (medians of seven), and meetings a second of two days."""
    cases = np.random.default_rng(13).choice(world.people, min(1000, world.people // 2), replace=False)
    sources = Sources.of([(int(who), world.since, world.until) for who in cases])
    of_many = clocked([lambda: tracer.f1_many(sources, min_overlap_s=LEAST)] * 8)
    one, until = int(people[0]), world.since + min(2, world.days) * DAY
    both = clocked([lambda: tracer.f1f2(one, world.since, world.until, min_overlap_s=LEAST)] * 8)
    pairs = clocked([lambda: tracer.pairs(world.since, until, min_overlap_s=LEAST)] * 2)
    union, f1f2 = of_many.answers[-1][0], both.answers[-1]
    found = {
        "f1_1000_ms": percentile(of_many.wall[1:], 50), "f1_1000_cpu_ms": percentile(of_many.cpu[1:], 50),
        "f1_1000_contacts": len(union), "f1_1000_meetings": int(union.meetings.sum()),
        "f1f2_ms": percentile(both.wall[1:], 50), "f1f2_cpu_ms": percentile(both.cpu[1:], 50),
        "f1f2_f1": len(f1f2.f1.contacts), "f1f2_f2": len(f1f2.f2), "f1f2_meetings": int(f1f2.f2.meetings.sum()),
        "pairs_per_s": round(pairs.answers[-1].meetings / min(pairs.cpu) * 1000), "threads": tracer.threads,
    }  # fmt: skip
    say(f"F1 of {cases.size}: {found['f1_1000_ms']} ms; F1 and F2 of one: {found['f1f2_ms']} ms")
    return found


def percentile(times: list[float], which: float) -> float:
    return round(float(np.percentile(times, which)), 2)


def memory() -> dict[str, int]:
    lines = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    resident, mapped = (int(lines[key].split()[0]) // 1024 for key in ("VmRSS", "RssFile"))
    return {
        "rss_mb": resident,
        "rss_own_mb": resident - mapped,
        "rss_peak_mb": int(lines["VmHWM"].split()[0]) // 1024,
    }


def say(text: str) -> None:
    print(text, file=sys.stderr, flush=True)


if __name__ == "__main__":
    main(sys.argv[1:])
