"""The real product on a throw-away data folder, as `make run` starts it, for tests that drive a browser."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
READY_WITHIN = 180


@dataclass(frozen=True)
class Product:
    url: str
    data: Path
    log: Path


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def running(people: int = 400) -> Iterator[Product]:
    """Keys, tables, units, a small demo outbreak, and all three processes; stopped by the signal that Ctrl-C sends."""
    data = Path(tempfile.mkdtemp(prefix="lachan-e2e-"))
    log = data / "server.log"
    environment = {**os.environ, "LACHAN_DATA": str(data), "LACHAN_LOG": "INFO"}
    environment.pop("LACHAN_TEST_DATA", None)
    environment.pop("DATABASE_URL", None)
    port = free_port()
    with log.open("w") as out:
        process = subprocess.Popen(
            [sys.executable, "-m", "lachan.web", "run", "--port", str(port), "--people", str(people)],
            cwd=ROOT,
            env=environment,
            stdout=out,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    product = Product(f"http://127.0.0.1:{port}", data, log)
    try:
        wait_until_ready(product, process)
        yield product
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
        shutil.rmtree(data, ignore_errors=True)


def wait_until_ready(product: Product, process: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY_WITHIN
    while time.monotonic() < until:
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{product.url}/healthz", timeout=5) as answer:
                if answer.status == 200:
                    return
        except OSError:
            time.sleep(0.3)
    raise RuntimeError(f"the product did not start:\n{product.log.read_text()[-3000:]}")
