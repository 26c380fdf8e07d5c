from __future__ import annotations

from lachan.gate.declarations.tests.conftest import _fresh_tree, at, officer, province

__all__ = ["_fresh_tree", "at", "officer", "province"]
