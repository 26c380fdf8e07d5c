"""Starts the processes, starts again what falls over, and stops them all within ten seconds."""

from __future__ import annotations

import logging
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

from lachan.web.serve.lifeline import PARENT
from lachan.web.serve.options import Options

log = logging.getLogger("lachan.serve")

FIRST_WAIT, LONGEST_WAIT = 0.2, 10.0
SETTLED = 30.0  # seconds after which a child counts as having started well
GRACE = 8.0  # seconds for a clean stop
HOPELESS = 78
"""A child's exit code (EX_CONFIG) for what starting again can't mend: a taken port, a missing key."""
STOP_ORDER = {"front": 0, "worker": 1, "django": 2}


class Child:
    """One kind of process and its present incarnation."""

    def __init__(self, kind: str, command: list[str]) -> None:
        self.kind = kind
        self.command = command
        self.process: subprocess.Popen[bytes] | None = None
        self.started = 0.0
        self.wait = FIRST_WAIT
        self.due = 0.0

    def start(self) -> None:
        """A session of its own, so that Ctrl-C reaches the supervisor alone and the stop is orderly."""
        environment = {**os.environ, PARENT: str(os.getpid())}
        self.process = subprocess.Popen(self.command, env=environment, start_new_session=True)
        self.started = time.monotonic()

    def ended(self) -> int | None:
        """The exit code, once it has ended."""
        return self.process.poll() if self.process else None

    def signal(self, sign: int) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(sign)

    def kill_group(self) -> None:
        """It and whatever it started."""
        if self.process is None:
            return
        try:
            os.killpg(self.process.pid, signal.SIGKILL)
        except (ProcessLookupError, PermissionError):
            pass


class Supervisor:
    """`run` returns the exit code, after a signal or when starting is hopeless."""

    def __init__(self, children: list[Child], sleep: Callable[[float], None] = time.sleep) -> None:
        self.children = children
        self._sleep = sleep
        self._stopping = False
        self._code = 0

    def run(self) -> int:
        for sign in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            signal.signal(sign, self._asked)
        try:
            for child in self.children:
                child.start()
            while not self._stopping:
                self._look()
                self._sleep(0.1)
        finally:
            self.stop()
        return self._code

    def _asked(self, sign: int, _frame: FrameType | None) -> None:
        self._stopping = True

    def _look(self) -> None:
        now = time.monotonic()
        for child in self.children:
            if child.process is None:
                if now >= child.due:
                    log.warning("starting %s again", child.kind)
                    child.start()
                continue
            code = child.ended()
            if code is not None:
                self._fallen(child, code, now)

    def _fallen(self, child: Child, code: int, now: float) -> None:
        if code == HOPELESS:
            log.error("%s can't start; see the line above", child.kind)
            self._stopping, self._code = True, HOPELESS
            return
        child.kill_group()  # what it may have left behind
        child.wait = FIRST_WAIT if now - child.started > SETTLED else min(child.wait * 2, LONGEST_WAIT)
        child.due = now + child.wait
        child.process = None
        log.error("%s ended with %s; again in %.1f s", child.kind, code, child.wait)

    def stop(self) -> None:
        """The front first, so that what it has queued is written while the store is there; then the others."""
        deadline = time.monotonic() + GRACE
        for child in sorted(self.children, key=lambda each: STOP_ORDER[each.kind]):
            child.signal(signal.SIGTERM)
        for child in self.children:
            if child.process is None:
                continue
            try:
                child.process.wait(max(0.1, deadline - time.monotonic()))
            except subprocess.TimeoutExpired:
                log.error("%s didn't stop in time", child.kind)
            child.kill_group()
            child.process.wait()


def supervise(options: Options) -> int:
    """Run until a signal."""
    logging.basicConfig(level=logging.INFO, format="{asctime} {levelname} {name} {message}", style="{")
    own = [sys.executable, "-m", "lachan.web"]
    if "front" in options.kinds and (trouble := taken(options.host, options.port)):
        log.error("can't listen on %s:%s: %s", options.host, options.port, trouble)
        return HOPELESS
    return Supervisor([Child(kind, own + options.arguments(kind)) for kind in options.children()]).run()


def taken(host: str, port: int) -> str:
    """Why nothing can listen there, or "". The fronts share their port and so wouldn't notice another server of ours."""
    for family, kind, protocol, _name, address in _addresses(host, port):
        with socket.socket(family, kind, protocol) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(address)
            except OSError as error:
                return error.strerror or str(error)
    return ""


def _addresses(host: str, port: int) -> list[Any]:
    """None of a name that can't be resolved: the front says so."""
    try:
        return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)
    except OSError:
        return []
