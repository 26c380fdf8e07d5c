"""A declaration that gave a phone, and a browser that has proved one."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID

import pytest
from django.test import Client

from lachan.gate.declarations.lookup import limits
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.services.one_time_code import phone_index
from lachan.kernel.ids import short_code, uuid7
from lachan.messaging.models import Message
from lachan.registry.units import tree

PHONE, OTHER = "+84905123456", "+84905654321"
VINH_HOA = "56/568/22327/"


@pytest.fixture(autouse=True)
def _no_limits() -> Iterator[None]:
    tree.forget()
    for limit in (limits.CODES_OF_ADDRESS, limits.LOOKUPS_OF_PHONE):
        limit.forget()
    yield


@pytest.fixture(autouse=True)
def _at_a_fixed_time(monkeypatch: Any, clock: Any) -> None:
    monkeypatch.setattr("lachan.base.middleware.CLOCK", clock)


Declare = Callable[..., Declaration]


@pytest.fixture
def declare(now: datetime) -> Declare:
    def made(
        phone: str = PHONE, result: int = 2, reasons: str = "contact_case", **fields: Any
    ) -> Declaration:
        own: UUID = uuid7()
        alias = uuid7()
        row = Declaration.objects.create(
            id=own, form="domestic", version="1", channel="web", unit=VINH_HOA, alias=alias,
            phone_index=phone_index(phone), period="2021-07", payload=b"", digest=b"", result=result,
            reasons=reasons, ruleset="2021-05-29", occurred_at=now, recorded_at=now, **fields,
        )  # fmt: skip
        Entry.objects.create(
            declaration=own, code=short_code(own), form="domestic", channel="web", name="Trần Thị Hoa",
            folded="tran thi hoa", alias=alias, residence=VINH_HOA, declared=VINH_HOA, result=result,
            reasons=reasons, occurred_at=now, recorded_at=now,
        )  # fmt: skip
        return row

    return made


def digits_sent(phone: str = PHONE) -> str:
    """The newest code that was sent to a phone, as its owner reads it."""
    newest = next(each for each in Message.objects.order_by("-id") if each.to == phone)
    return next(word.strip(",.") for word in newest.body.split() if word.strip(",.").isdigit())


@pytest.fixture
def citizen_client(client: Client) -> Client:
    """A browser that has proved PHONE."""
    client.post("/tra-cuu/", {"code": short_code(uuid7()), "phone": PHONE})
    client.post("/tra-cuu/ma/", {"digits": digits_sent()})
    return client
