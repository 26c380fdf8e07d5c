"""A citizen's session: for half an hour after a one-time code, this browser speaks for one phone.

The session holds the phone's blind indexes (one for each index key, so that older rows are found too; declarations
and places have indexes of their own) and a masked form to show; never the number.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from uuid import UUID

from lachan.base import keys
from lachan.base.http import Request
from lachan.kernel.phones import mask_phone
from lachan.registry.places.services.write import PHONE_INDEX

KEY = "citizen"
LIFE = timedelta(minutes=30)
MOST_OPENED = 20


@dataclass(frozen=True, slots=True)
class Citizen:
    """`phones`, `owner`: blind indexes of the phone as declarations and as places keep it; `hint`: 091*****78;
    `opened`: declarations that she named by their codes."""

    phones: tuple[UUID, ...]
    owner: tuple[UUID, ...]
    hint: str
    until: datetime
    opened: tuple[UUID, ...] = ()

    def owns(self, index: bytes | memoryview | None) -> bool:
        """Whether a place's `owner_phone_index` is that of her phone."""
        return index is not None and len(index) == 16 and UUID(bytes=bytes(index)) in self.owner


def indexes(phone: str, kind: str = "phone") -> tuple[UUID, ...]:
    """Every blind index under which rows of an E.164 phone may stand."""
    return tuple(UUID(bytes=index) for index in keys.keyring().blind_all(kind, phone))


def sign_in(request: Request, phone: str) -> Citizen:
    """After the right code. The session gets a new id, so that one fixed beforehand is worth nothing."""
    request.session.cycle_key()
    until = request.clock.now() + LIFE
    citizen = Citizen(indexes(phone), indexes(phone, PHONE_INDEX), mask_phone(phone), until)
    _keep(request, citizen)
    return citizen


def of(request: Request) -> Citizen | None:
    """Who speaks in this session; None without a code, or half an hour after it."""
    kept = request.session.get(KEY)
    if not isinstance(kept, dict):
        return None
    citizen = Citizen(
        _ids(kept["phones"]),
        _ids(kept["owner"]),
        kept["hint"],
        datetime.fromisoformat(kept["until"]),
        _ids(kept["opened"]),
    )
    if citizen.until <= request.clock.now():
        sign_out(request)
        return None
    return citizen


def opened(request: Request, citizen: Citizen, declaration: UUID) -> None:
    """Remember that she named this declaration."""
    rest = [each for each in citizen.opened if each != declaration]
    _keep(request, replace(citizen, opened=(declaration, *rest)[:MOST_OPENED]))


def sign_out(request: Request) -> None:
    request.session.pop(KEY, None)


def _keep(request: Request, citizen: Citizen) -> None:
    request.session[KEY] = {
        "phones": [index.hex for index in citizen.phones],
        "owner": [index.hex for index in citizen.owner],
        "hint": citizen.hint,
        "until": citizen.until.isoformat(),
        "opened": [each.hex for each in citizen.opened],
    }


def _ids(texts: Iterable[str]) -> tuple[UUID, ...]:
    return tuple(UUID(text) for text in texts)
