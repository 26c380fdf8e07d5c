"""Opening what a declaration carries. Callers audit the read; the worker's own linking does not leave the machine."""

from __future__ import annotations

from datetime import datetime
from typing import Any, TypedDict

import msgspec

from lachan.base import period_keys
from lachan.gate.declarations.models import Declaration


class Payload(TypedDict):
    """`answers`: {linkId: value}; `record`: {role: value} as the form's items say."""

    answers: dict[str, Any]
    record: dict[str, Any]


def opened(declaration: Declaration, now: datetime) -> Payload:
    """The decrypted answers and record. Raises InvalidInput: sealed_broken where the row was altered,
    period_purged after its time of keeping.
    """
    key = period_keys.existing_key(declaration.period)
    plain = key.open(bytes(declaration.payload), declaration.id.bytes)
    payload: Payload = msgspec.json.decode(plain)
    return payload
