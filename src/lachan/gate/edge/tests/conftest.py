from __future__ import annotations

from lachan.gate.intake.tests.conftest import ground

__all__ = ["ground"]
