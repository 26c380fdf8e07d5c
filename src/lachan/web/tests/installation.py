"""An installation of its own for a test of the command line."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


class Installation:
    """A data folder of its own, used through the command line as an officer would."""

    def __init__(self, data: Path) -> None:
        self.data = data
        kept = {
            name: value for name, value in os.environ.items() if not name.startswith(("LACHAN_", "DATABASE_"))
        }
        self.environment = {**kept, "LACHAN_DATA": str(data)}

    def lachan(self, *words: str, code: int = 0, given: str = "") -> str:
        """What a command printed. `given`: its standard input."""
        done = subprocess.run(
            [sys.executable, "-m", "lachan.web", *words],
            env=self.environment, capture_output=True, text=True, timeout=120, input=given,
        )  # fmt: skip
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr
