"""Where the running processes meet: the socket between front and Django, the worker's sign of life."""

from __future__ import annotations

import hashlib
import tempfile
from pathlib import Path

LONGEST = 100
"""A unix socket's path holds 107 bytes on Linux and 103 on macOS."""


def run_folder(data: Path) -> Path:
    """`data/run`, made if missing, for this user only."""
    folder = data / "run"
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return folder


def django_socket(data: Path) -> Path:
    """The socket's path; in the temporary folder where the data folder's own path is too long."""
    path = run_folder(data) / "django.sock"
    if len(bytes(path)) <= LONGEST:
        return path
    name = hashlib.sha256(bytes(path)).hexdigest()[:16]
    folder = Path(tempfile.gettempdir()) / f"lachan-{name}"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder / "django.sock"
