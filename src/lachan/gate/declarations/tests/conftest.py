"""A small province for the tests of declarations: three communes, two places, officers by role."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lachan.gate.declarations.tests import small


@pytest.fixture(autouse=True)
def _fresh_tree() -> Iterator[None]:
    from lachan.registry.units import tree

    tree.forget()
    yield
    tree.forget()


@pytest.fixture
def province(db: None, now: datetime) -> None:
    small.units(date(2020, 1, 1))
    small.places(now)


@pytest.fixture
def officer(province: None, now: datetime) -> Callable[..., Any]:
    """`officer("tram", "commune_health_worker", small.HOA)`: an account with one role in one unit."""

    def make(username: str, role: str, unit: str) -> Any:
        return small.officer(username, role, unit, now - timedelta(days=30))

    return make


@pytest.fixture
def at(client: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """`at(user)`: a client signed in as that account, on the tests' clock."""
    from lachan.base import middleware

    monkeypatch.setattr(middleware, "CLOCK", clock)

    def sign_in(user: Any) -> Any:
        client.force_login(user)
        return client

    return sign_in
