"""Declarations for the stores to write."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from lachan.gate.declarations.prepare import (
    Prepared,
    Submission,
    World,
    prepare,
)
from lachan.gate.intake.tests.conftest import ALIAS
from lachan.kernel.codes import SigningKey
from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.ids import uuid7

NOW = datetime(2021, 7, 22, 1, 30, 0, 123456, tzinfo=UTC)
HOME = "56/568/22327/"
WORLD = World(
    Keyring.generate(), SigningKey.generate(), {"2021-07": DataKey.generate()}, units=frozenset({HOME, "56/"})
)
ANSWERS: dict[str, Any] = {
    "name": "Trần Thị Bưởi", "birth": "1985", "sex": "female", "nationality": "VN", "national_id": "056185123456",
    "phone": "0905123456", "residence": HOME, "address": "1 Lê Lợi", "no_symptoms": True, "no_contact": True,
    "pledge": True,
}  # fmt: skip


def prepared(name: str = "Trần Thị Bưởi", id: Any = None) -> Prepared:
    said = Submission(id=id or uuid7(), form="domestic", answers={**ANSWERS, "name": name}, occurred_at=NOW)
    return prepare(said, WORLD, NOW)


def rows(model: Any) -> Any:
    return model.objects.using(ALIAS)
