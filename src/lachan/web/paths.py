"""Where the code stands. Apart from the settings, so that a command can read it before it decides on them."""

from __future__ import annotations

from pathlib import Path

PACKAGE = Path(__file__).resolve().parent.parent
ROOT = PACKAGE.parent.parent
