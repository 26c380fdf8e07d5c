"""The code of a booked hour, as the booking system issues it and a gate reads it (docs/formats/signed-codes.md)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from lachan.kernel.codes.claims import Appointment
from lachan.kernel.codes.keys import SigningKey
from lachan.kernel.codes.lc1 import issue

__all__ = ["WAY", "Booking", "issue_appointment"]

WAY = timedelta(hours=12)
"""How long before and after its hour a code counts, unless said otherwise: long enough to cross the province and back."""


@dataclass(frozen=True, slots=True)
class Booking:
    """`id`: the appointment's. `person`: whose, as a pseudonym. `name`, `unit`: the place's, as everyone may read them."""

    id: UUID
    person: UUID
    place: UUID
    name: str
    unit: str
    starts_at: datetime
    ends_at: datetime


def issue_appointment(booking: Booking, key: SigningKey, way: timedelta = WAY) -> str:
    """The signed text of a booking; nothing about anyone's health is in it.

    Raises InvalidInput: code_claims (hours out of order, a text too long).
    """
    claims = Appointment(
        serial=booking.id.bytes,
        pseudonym=booking.person.bytes,
        place=booking.place,
        name=booking.name,
        unit=booking.unit,
        starts_at=booking.starts_at,
        ends_at=booking.ends_at,
        valid_from=booking.starts_at - way,
        expires_at=booking.ends_at + way,
    )
    return issue(claims, key)
