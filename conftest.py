"""Fixtures for every test: throw-away keys, a fixed clock, the real data where it is present."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest


def pytest_configure(config: pytest.Config) -> None:
    from lachan.base import keys

    keys.make()


@pytest.fixture(autouse=True)
def _fresh_caches() -> Iterator[None]:
    from lachan.base import period_keys
    from lachan.registry.units import tree

    period_keys.forget()
    tree.forget()
    yield
    tree.forget()


@pytest.fixture(autouse=True)
def _first_language() -> None:
    """A page that a test asked for in English leaves its thread in English; what is said outside of requests isn't."""
    from django.utils import translation

    translation.activate("vi")


@pytest.fixture
def clock() -> Any:
    """Half past eight on 22 July 2021 in Nha Trang."""
    from lachan.kernel.clock import FixedClock

    return FixedClock(datetime(2021, 7, 22, 1, 30, tzinfo=UTC))


@pytest.fixture
def now(clock: Any) -> datetime:
    return clock.now()


@pytest.fixture
def shared() -> Path:
    """The province's real data beside the project, where it is present."""
    folder = Path(__file__).resolve().parent.parent / "shared" / "data"
    if not folder.is_dir():
        pytest.skip("the real data of Khánh Hòa is not beside the project")
    return folder


@pytest.fixture(autouse=True)
def _connection_outlives_responses(monkeypatch: pytest.MonkeyPatch) -> None:
    """A response that a test reads to its end would close the connection that the test's transaction runs on."""
    from django.db.backends.base.base import BaseDatabaseWrapper

    monkeypatch.setattr(BaseDatabaseWrapper, "close_if_unusable_or_obsolete", lambda self: None)


@pytest.fixture(autouse=True)
def _the_tests_transaction_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every test runs in a transaction; who records an event needs one of their own, as they would outside of tests."""
    from lachan.registry.audit import services

    def require_atomic() -> None:
        from django.db import connection

        if all(block._from_testcase for block in connection.atomic_blocks):
            raise services.NotAtomic("an event is recorded in the transaction of the write that it tells of")

    monkeypatch.setattr(services, "_require_atomic", require_atomic)
