"""A child never outlives its supervisor, not even one that was killed without warning."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
import time

PARENT = "LACHAN_SUPERVISOR_PID"
"""Set by the supervisor for its children only; not a setting."""
_PR_SET_PDEATHSIG = 1


def tie(parent: int | None = None, sign: int = signal.SIGTERM) -> None:
    """End this process when its parent ends. `parent`: its pid, from the environment if not given; without either,
    nothing is tied. On Linux the kernel sends `sign`; elsewhere a thread looks every second."""
    parent = parent or int(os.environ.get(PARENT, "0"))
    if not parent:
        return
    if sys.platform == "linux":
        ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, sign)
    else:  # pragma: no cover - other systems
        threading.Thread(target=_watch, args=(parent, sign), daemon=True).start()
    if os.getppid() != parent:  # it was gone before the line was tied
        os.kill(os.getpid(), sign)


def _watch(parent: int, sign: int) -> None:  # pragma: no cover - other systems
    while os.getppid() == parent:
        time.sleep(1)
    os.kill(os.getpid(), sign)
