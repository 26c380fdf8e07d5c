from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lachan.registry.units import services, tree

GEO = Path(__file__).resolve().parents[5].parent / "shared" / "data" / "geo"
NOW = datetime(2021, 7, 20, 3, tzinfo=UTC)


def shared_file(name: str) -> bytes:
    """A file of the data beside the project; the test is skipped where it is absent."""
    path = GEO / name
    if not path.exists():
        pytest.skip(f"needs {name} of ../shared/data/geo, which isn't here")
    return path.read_bytes()


@pytest.fixture(autouse=True)
def _fresh_tree(request: pytest.FixtureRequest) -> Iterator[None]:
    """The tree is read anew for each test; but for those on a loaded country only if they change it (test_load.py)."""
    shared = "country" in request.fixturenames and "test_load" not in request.module.__name__
    if not shared:
        tree.forget()
    yield
    if not shared:
        tree.forget()


@pytest.fixture(scope="module")
def country(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """All of Vietnam, loaded once for the tests of a file and taken away after them."""
    from django.db import transaction

    with django_db_blocker.unblock(), transaction.atomic():
        services.load(now=NOW)
        yield
        transaction.set_rollback(True)
    tree.forget()
