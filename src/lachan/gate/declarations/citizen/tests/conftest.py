"""The small province of the declarations' tests, and a client on their clock."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from lachan.gate.declarations.tests.conftest import _fresh_tree, province

__all__ = ["_fresh_tree", "province"]


@pytest.fixture
def visitor(province: None, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Client:
    """A citizen's browser that runs no script."""
    from lachan.base import middleware

    monkeypatch.setattr(middleware, "CLOCK", clock)
    return Client()
