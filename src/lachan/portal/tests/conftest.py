"""Officers of two communes, places, kept counts; the clock stands still."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.test import Client

from lachan.base import alarms, keys
from lachan.gate.declarations.lookup import limits
from lachan.kernel.text import fold
from lachan.registry.accounts.models import Grant, User
from lachan.registry.places.codes import new_codes
from lachan.registry.places.models import Place
from lachan.registry.places.services.write import PHONE_INDEX
from lachan.registry.units import tree

VINH_HOA, VINH_HAI, NHA_TRANG, PROVINCE = "56/568/22327/", "56/568/22330/", "56/568/", "56/"
PHONE = "+84905123456"

MakePlace = Callable[..., Place]
SignIn = Callable[..., Client]


@pytest.fixture(autouse=True)
def _alone(monkeypatch: Any, clock: Any) -> Iterator[None]:
    monkeypatch.setattr("lachan.base.middleware.CLOCK", clock)
    tree.forget()
    alarms.forget()
    limits.CODES_OF_ADDRESS.forget()
    limits.LOOKUPS_OF_PHONE.forget()
    yield
    alarms.forget()


@pytest.fixture
def make_place(db: None, now: datetime) -> MakePlace:
    def make(name: str = "Chợ Đầm", unit: str = VINH_HOA, days_old: int = 30, **fields: Any) -> Place:
        return Place.objects.create(
            **{
                "code": new_codes(1)[0],
                "kind": "market",
                "name": name,
                "folded": fold(name),
                "unit": unit,
                "seed": bytes(16),
                "owner_phone": PHONE,
                "owner_phone_index": keys.keyring().blind(PHONE_INDEX, PHONE),
                "created_at": now - timedelta(days=days_old),
                **fields,
            }
        )

    return make


@pytest.fixture
def sign_in(db: None, now: datetime) -> SignIn:
    def signed_in(role: str, unit: str = PROVINCE, **fields: Any) -> Client:
        user = User.objects.create_user(
            f"{role}.{unit}", full_name="Trần Văn Tài", created_at=now, mfa_required=False
        )
        Grant.objects.create(user=user, role=role, unit=unit, valid_from=now - timedelta(days=1), **fields)
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        client.user = user  # type: ignore[attr-defined]
        return client

    return signed_in
