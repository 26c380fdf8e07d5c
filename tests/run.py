"""`make test`: every suite, one after another, with a last line that sums them up.

python -m tests.run all | unit | sqlite | postgres | front | load | e2e
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
PYTEST = [sys.executable, "-m", "pytest", "-q", "--color=no"]
QUICK = "not e2e and not load"
SUITES: dict[str, tuple[list[str], dict[str, str]]] = {
    "unit": ([*PYTEST, "-n", "2", "-m", QUICK, "src/lachan/kernel"], {}),
    "sqlite": ([*PYTEST, "-n", "2", "-m", QUICK, "--durations=5", "--ignore=src/lachan/kernel"], {}),
    "postgres": (
        [*PYTEST, "-n", "2", "-m", QUICK, "--ignore=src/lachan/kernel"],
        {"LACHAN_TEST_STORE": "postgres"},
    ),
    "front": (["npm", "test", "--silent"], {}),
    "load": ([*PYTEST, "-m", "load", "tests"], {}),
    "e2e": ([*PYTEST, "-n", "2", "--dist", "loadfile", "-m", "e2e", "--durations=5", "tests/e2e"], {}),
}
COUNT = re.compile(r"(\d+) (passed|failed|error(?:s)?|skipped)")
COLOUR = re.compile(r"\x1b\[[0-9;]*m")


def main(names: list[str]) -> int:
    chosen = list(SUITES) if names in ([], ["all"]) else names
    for name in chosen:
        if name not in SUITES:
            print(f"no suite named {name}; there are: all, {', '.join(SUITES)}")
            return 2
    if missing := lacking(chosen):
        print("\n".join(missing))
        return 2
    total = {"passed": 0, "failed": 0, "skipped": 0}
    for name in chosen:
        passed, failed, skipped = run(name)
        total = {
            "passed": total["passed"] + passed,
            "failed": total["failed"] + failed,
            "skipped": total["skipped"] + skipped,
        }
    print(f"{total['passed']} passed, {total['failed']} failed, {total['skipped']} skipped")
    return int(total["failed"] > 0 or total["passed"] == 0)


def lacking(chosen: list[str]) -> list[str]:
    """What a suite needs and this machine doesn't have, each with what to install."""
    lines = []
    if "e2e" in chosen and not any(map(shutil.which, ("chromium", "chromium-browser"))):
        lines.append(
            "The browser tests need Chromium: apt install chromium (or: .venv/bin/playwright install chromium)"
        )
    if "postgres" in chosen:
        from tests.postgres import binaries

        try:
            binaries()
        except RuntimeError as error:
            lines.append(str(error))
    return lines


def run(name: str) -> tuple[int, int, int]:
    """Run one suite, its output passed on as it comes. A suite that dies without counting counts as one failure."""
    command, extra = SUITES[name]
    folder = ROOT / "frontend" if command[0] == "npm" else ROOT
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    print(f"\n== {name}", flush=True)
    started = time.monotonic()
    process = subprocess.Popen(
        command,
        cwd=folder,
        env={**os.environ, "PATH": path, **extra},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    assert process.stdout is not None
    for line in process.stdout:
        print(line, end="", flush=True)
        counts = counted(COLOUR.sub("", line)) or counts
    code = process.wait()
    if code and not counts["failed"]:
        counts["failed"] = 1
    print(
        f"== {name}: {counts['passed']} passed, {counts['failed']} failed, {time.monotonic() - started:.0f} s",
        flush=True,
    )
    return counts["passed"], counts["failed"], counts["skipped"]


def counted(line: str) -> dict[str, int] | None:
    """The numbers of pytest's and vitest's closing lines; None for any other line."""
    closing = re.search(r"\bin \d+[\d.:]*s?\b", line) or line.strip().startswith("Tests ")
    found = COUNT.findall(line) if closing else []
    if not found:
        return None
    counts = {"passed": 0, "failed": 0, "skipped": 0}
    for number, word in found:
        counts["failed" if word.startswith("error") else word] += int(number)
    return counts


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
