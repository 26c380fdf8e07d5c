"""`lachan bench verify`: a personal pass (a signed pass with its holder's fresh signature) verified offline on one core,
each pass being of another phone and met for the first time: in Chromium, from the text that the camera gave; and in Python, beside
plain ECDSA of `cryptography` in the same run. JSON on the last line.

Verifying such a pass takes two ECDSA verifications, the issuer's and the holder's: `python_ratio_to_bare` can't pass 0.5.
`python_rps_card` is a paper card's, which takes one. `python_rps_again` is that of passes met before, each under another fresh signature
of its holder: a lorry driver's fifth post. That takes one too, for whether the issuer signed a pass is remembered.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import shutil
import statistics
import subprocess
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any

from bench.ground import ROOT

FRONTEND = ROOT / "frontend"
TARGET = {"target_browser_p95_ms": 15, "target_python_rps": 7000}
FLAGS = [
    "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
PAGE = "http://localhost/bench/"
"""Answered by the benchmark itself; WebCrypto only works where the address is a secure one."""


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench verify")
    parser.add_argument("--passes", type=int, default=2000)
    parser.add_argument("--rounds", type=int, default=5, help="of Python; the median one counts")
    parser.add_argument("--quick", action="store_true", help="200 passes, to see that it works")
    options = parser.parse_args(list(argv))
    if options.quick:
        options.passes, options.rounds = 200, 3
    with one_core():
        world = World(options.passes)
        report = {**browser(world), **python(world, options.rounds), **TARGET, "passes": options.passes}
    print(json.dumps(report), flush=True)


@contextmanager
def one_core() -> Any:
    """This process and all that it starts stay on one processor, where the system can do that."""
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    allowed = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(allowed)})
    try:
        yield
    finally:
        os.sched_setaffinity(0, allowed)


class World:
    """A province with 8 keys, and passes of so many phones, each just shown."""

    def __init__(self, count: int) -> None:
        from lachan.kernel.clock import FixedClock, SystemClock
        from lachan.kernel.codes import (
            CardPass,
            PersonPass,
            SigningKey,
            TrustEntry,
            TrustList,
            issue,
            present,
        )

        now = SystemClock().now().replace(microsecond=0)
        dice = random.Random(7)
        keys = [SigningKey.generate() for _ in range(8)]
        self.clock, self.anchor = FixedClock(now), SigningKey.generate()
        revoked = frozenset(dice.randbytes(16) for _ in range(1000))
        self.trust = TrustList(
            tuple(TrustEntry(key.public) for key in keys), now, now + timedelta(days=7), revoked
        )
        self.passes, self.again, self.cards = [], [], []
        earlier = FixedClock(now - timedelta(seconds=1))
        for _ in range(count):
            phone, key = SigningKey.generate(), dice.choice(keys)
            claims = PersonPass(
                dice.randbytes(16), "green", now - timedelta(hours=1), now + timedelta(days=1), phone.public
            )
            issued = issue(claims, key)
            self.passes.append(present(issued, phone, self.clock))
            self.again.append(present(issued, phone, earlier))
            self.cards.append(issue(CardPass(dice.randbytes(16), now - timedelta(days=1)), key))

    def given(self) -> dict[str, Any]:
        """What the page gets."""
        warm = self.passes[:50]
        jwk = self.anchor.jwk()
        return {
            "anchor": {"x": jwk["x"], "y": jwk["y"]},
            "trust": self.trust.sign(self.anchor),
            "now": int(self.clock.now().timestamp()),
            "warm": warm,
            "passes": self.passes[len(warm) :],
        }


def python(world: World, rounds: int) -> dict[str, Any]:
    """Verifications a second. A round meets every pass for the first time, then every one again under another signature, then
    every card for the first time; nothing is kept from the round before."""
    from lachan.kernel.codes import lc1, read

    def rate(texts: Sequence[str]) -> float:
        return _rate(lambda text: read(text, world.trust, world.clock), texts)

    verify, samples = _bare(len(world.passes))
    found: dict[str, list[float]] = {"bare": [], "rps": [], "again": [], "card": []}
    for _ in range(rounds):
        lc1.forget_codes()
        found["bare"].append(_rate(verify, samples))
        found["rps"].append(rate(world.passes))
        found["again"].append(rate(world.again))
        found["card"].append(rate(world.cards))
    bare, rps, again, card = (statistics.median(found[name]) for name in ("bare", "rps", "again", "card"))
    return {
        "python_rps": round(rps),
        "python_rps_again": round(again),
        "python_rps_card": round(card),
        "python_bare_rps": round(bare),
        "python_ratio_to_bare": round(rps / bare, 3),
        "python_ratio_of_two": round(2 * rps / bare, 3),
    }


def _rate(attempt: Callable[[Any], object], items: Sequence[Any]) -> float:
    begun = time.perf_counter()
    for item in items:
        attempt(item)
    return len(items) / (time.perf_counter() - begun)


def _bare(count: int) -> tuple[Callable[[Any], object], list[tuple[Any, bytes]]]:
    """The peer: ECDSA P-256 over messages of a pass's size, by loaded keys, with nothing else around it."""
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec

    scheme = ec.ECDSA(hashes.SHA256())
    message = random.Random(7).randbytes(150)
    private = [ec.generate_private_key(ec.SECP256R1()) for _ in range(count)]
    samples = [(key.public_key(), key.sign(message, scheme)) for key in private]
    return lambda sample: sample[0].verify(sample[1], message, scheme), samples


def browser(world: World) -> dict[str, Any]:
    """Median and p95 in Chromium, or why it wasn't measured."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    node = shutil.which("node") or shutil.which("node", path=str(ROOT / ".venv" / "bin"))
    if chromium is None or node is None:
        return _skipped("no chromium on this machine" if chromium is None else "no node on this machine")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        return _skipped("playwright isn't installed")
    with tempfile.TemporaryDirectory(prefix="lachan-bench-") as folder, sync_playwright() as playwright:
        script = _built(node, Path(folder))
        started = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        try:
            taken = sorted(_measured(started, script, world.given()))
            version = started.version
        finally:
            started.close()
    return {
        "browser": f"Chromium {version}",
        "browser_median_ms": round(statistics.median(taken), 2),
        "browser_p95_ms": round(taken[int(len(taken) * 0.95)], 2),
    }


def _skipped(why: str) -> dict[str, Any]:
    print(f"browser skipped: {why}", flush=True)
    return {"browser": None, "browser_median_ms": None, "browser_p95_ms": None}


def _built(node: str, folder: Path) -> str:
    vite = FRONTEND / "node_modules" / "vite" / "bin" / "vite.js"
    if not vite.exists():
        raise SystemExit("frontend/node_modules is missing: run `make install`")
    command = [node, str(vite), "build", "-c", "vite.bench.config.ts", "--outDir", str(folder)]
    done = subprocess.run(command, cwd=FRONTEND, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-2000:])
    return (folder / "verify.js").read_text(encoding="utf-8")


def _measured(started: Any, script: str, given: dict[str, Any]) -> list[float]:
    page = started.new_page()
    page.route(
        "**/*",
        lambda route: route.fulfill(body="<!doctype html><title>bench</title>", content_type="text/html"),
    )
    page.goto(PAGE)
    page.add_script_tag(content=script, type="module")
    page.wait_for_function("() => 'measure' in globalThis")
    taken: list[float] = page.evaluate("given => measure(given)", given)
    return taken


if __name__ == "__main__":
    main()
