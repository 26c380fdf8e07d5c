"""The people's pages: two communes, officers by role, on the tests' clock. (Accounts stand above people, so only tests know both.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, timedelta
from typing import Any

import pytest

HOA, HAI = "56/568/22327/", "56/568/22330/"


@pytest.fixture(autouse=True)
def _fresh_tree() -> Iterator[None]:
    from lachan.registry.units import tree

    tree.forget()
    yield
    tree.forget()


@pytest.fixture
def communes(db: None) -> None:
    from lachan.registry.units.models import Unit

    for path, name in (
        ("56/", "Khánh Hòa"),
        ("56/568/", "Nha Trang"),
        (HOA, "Phường Vĩnh Hòa"),
        (HAI, "Phường Vĩnh Hải"),
    ):
        Unit.objects.create(
            path=path, code=path.split("/")[-2], level=path.count("/"), structure="2021", name=name, full_name=name,
            folded=name.lower(), valid_from=date(2020, 1, 1),
        )  # fmt: skip


@pytest.fixture
def officer(communes: None, now: Any) -> Callable[..., Any]:
    """`officer("tram", "commune_health_worker", HOA)`."""
    from django.contrib.auth import get_user_model

    def make(username: str, role: str, unit: str) -> Any:
        since = now - timedelta(days=1)
        user = get_user_model().objects.create_user(
            username, full_name=username, created_at=since, mfa_required=False
        )
        user.grants.create(role=role, unit=unit, valid_from=since)
        return user

    return make


@pytest.fixture
def at(client: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A client signed in as an account."""
    from lachan.base import middleware

    monkeypatch.setattr(middleware, "CLOCK", clock)

    def sign_in(user: Any) -> Any:
        client.force_login(user)
        return client

    return sign_in
