"""A hamlet with a household, and officers by role. (Accounts stand above households, so only tests know both.)"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lachan.base import middleware
from lachan.registry.households import services
from lachan.registry.households.models import Hamlet, Household
from lachan.registry.households.tests import small
from lachan.registry.units import tree


@pytest.fixture(autouse=True)
def _fresh_tree() -> Iterator[None]:
    tree.forget()
    yield
    tree.forget()


@pytest.fixture
def province(db: None) -> None:
    small.units()


@pytest.fixture
def officer(province: None, now: datetime) -> Callable[..., Any]:
    """`officer("tram", "commune_health_worker", small.HOA)`."""
    from django.contrib.auth import get_user_model

    def make(username: str, role: str, unit: str) -> Any:
        since = now - timedelta(days=30)
        user = get_user_model().objects.create_user(
            username, full_name=f"Cán bộ {username}", created_at=since, mfa_required=False
        )
        user.grants.create(role=role, unit=unit, valid_from=since)
        return user

    return make


@pytest.fixture
def at(client: Any, clock: Any, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Any]:
    """A client signed in as an account, on the tests' clock."""
    monkeypatch.setattr(middleware, "CLOCK", clock)

    def sign_in(user: Any) -> Any:
        client.force_login(user)
        return client

    return sign_in


@pytest.fixture
def hamlet(province: None, now: datetime) -> Hamlet:
    return services.ensure_hamlet(small.HOA, "Tổ dân phố 3", now=now)


@pytest.fixture
def house(hamlet: Hamlet, now: datetime) -> Household:
    return services.ensure_household(hamlet, 1, "Trần Văn Bình", address="5 Lê Lợi", now=now)


@pytest.fixture
def lives(now: datetime) -> Any:
    """`lives(house, "Trần Văn Bình", number="056075001234")`: someone who moved in on 1 January 2020."""

    def make(house: Household, name: str, **typed: Any) -> Any:
        risk = {key: typed.pop(key) for key in ("pregnant", "chronic") if key in typed}
        since = typed.pop("since", date(2020, 1, 1))
        return services.add_person(
            house, {"name": name, "birth": "1975-03-02", **typed}, since=since, now=now, **risk
        )

    return make
