from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.core.cache import cache

from lachan.base import keys
from lachan.kernel.clock import FixedClock
from lachan.registry.accounts.models import Grant, User
from lachan.registry.units import tree
from lachan.registry.units.models import Unit

NOW = datetime(2021, 7, 15, 3, 0, tzinfo=UTC)
PROVINCE, TOWN, HOA, HAI = "56/", "56/568/", "56/568/22327/", "56/568/22330/"
NAMES = {PROVINCE: "Khánh Hòa", TOWN: "Nha Trang", HOA: "Vĩnh Hòa", HAI: "Vĩnh Hải"}
PASSWORD = "mot cau de nho 21"


@pytest.fixture(autouse=True)
def _fresh(settings: Any) -> Iterator[None]:
    settings.PASSWORD_HASHERS = [
        "django.contrib.auth.hashers.MD5PasswordHasher"
    ]  # the real one takes 0.3 s a password
    keys.make()
    cache.clear()
    tree.forget()
    yield
    tree.forget()


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> FixedClock:
    """The clock that requests get."""
    fixed = FixedClock(NOW)
    monkeypatch.setattr("lachan.base.middleware.CLOCK", fixed)
    return fixed


@pytest.fixture
def units(db: Any) -> None:
    for path, name in NAMES.items():
        parts = path.strip("/").split("/")
        Unit.objects.create(
            path=path,
            code=parts[-1],
            level=len(parts),
            structure="2021",
            parent_id="/".join(parts[:-1]) + "/" if len(parts) > 1 else None,
            name=name,
            full_name=name,
            folded=name.lower(),
            valid_from=date(2020, 1, 1),
        )
    tree.forget()


def person(username: str, *grants: tuple[str, str], **fields: Any) -> User:
    user = User(
        username=username, full_name=fields.pop("full_name", username.title()), created_at=NOW, **fields
    )
    user.set_password(PASSWORD)
    user.save(force_insert=True)
    for role, unit in grants:
        Grant.objects.create(user=user, role=role, unit=unit, valid_from=NOW - timedelta(days=1))
    return user


@pytest.fixture
def admin(units: None) -> User:
    return person("quan.tri", ("province_admin", PROVINCE), mfa_required=False)


@pytest.fixture
def district(units: None) -> User:
    return person("huyen", ("district_officer", TOWN), mfa_required=False)


@pytest.fixture
def worker(units: None) -> User:
    return person("tram.hoa", ("commune_health_worker", HOA), mfa_required=False)
