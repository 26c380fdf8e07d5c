"""Hamlets and households."""

from __future__ import annotations

import math
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import clean_line, clean_name, fold
from lachan.registry.audit.services import record
from lachan.registry.households.identity import MOST_ADDRESS, at
from lachan.registry.households.models import Hamlet, Household, Member
from lachan.registry.units.selectors import by_path

MOST_NAME, MOST_NUMBER = 80, 100_000


@transaction.atomic
def ensure_hamlet(unit: str, name: str, *, by: Any = None, now: datetime) -> Hamlet:
    """The hamlet of that name in a commune, made or opened again when it isn't there. Raises InvalidInput."""
    if by_path(unit) is None:
        raise InvalidInput("unit_unknown", field="unit")
    name = at("hamlet", lambda: clean_line(name, MOST_NAME))
    if not name:
        raise InvalidInput("hamlet_name", field="hamlet")
    row, made = Hamlet.objects.get_or_create(unit=unit, folded=fold(name), defaults={"name": name})
    if made or row.closed_at is not None:
        row.closed_at = None
        row.save(update_fields=["closed_at"])
        _tell("hamlet.opened", "hamlet", row, by, now)
    return row


@transaction.atomic
def ensure_household(
    hamlet: Hamlet,
    number: int | None,
    head: str,
    *,
    address: str = "",
    phone: str = "",
    latitude: float | None = None,
    longitude: float | None = None,
    by: Any = None,
    now: datetime,
) -> Household:
    """The household of that number in a hamlet; made (None: the next number) when it isn't there, else left as it is.

    Raises InvalidInput with the field at fault.
    """
    values = _details(head, address, phone, latitude, longitude)
    if number is not None and not 1 <= number <= MOST_NUMBER:
        raise InvalidInput("household_number", field="number", most=MOST_NUMBER)
    if number is None:
        Hamlet.objects.select_for_update().get(pk=hamlet.pk)
        number = (hamlet.households.aggregate(last=Max("number"))["last"] or 0) + 1
    row, made = Household.objects.get_or_create(
        hamlet=hamlet, number=number, defaults={"unit": hamlet.unit, **values}
    )
    if made:
        _tell("household.made", "household", row, by, now)
    return row


@transaction.atomic
def change_household(
    household: Household,
    *,
    head: str,
    address: str,
    phone: str,
    latitude: float | None,
    longitude: float | None,
    by: Any,
    now: datetime,
) -> Household:
    """Whose it is and where. Nothing changed leaves no event. Raises InvalidInput."""
    row = Household.objects.select_for_update().get(pk=household.pk)
    values = _details(head, address, phone, latitude, longitude)
    changed = sorted(key for key, value in values.items() if getattr(row, key) != value)
    for key in changed:
        setattr(row, key, values[key])
    if changed:
        row.save(update_fields=changed)
        _tell("household.changed", "household", row, by, now, fields=changed)
    return row


@transaction.atomic
def close_household(household: Household, *, by: Any, now: datetime) -> bool:
    """Nobody lives there any more. Refused (`household_lived_in`) while somebody does; False when it was closed."""
    row = Household.objects.select_for_update().get(pk=household.pk)
    if Member.objects.filter(household=row, until=None).exists():
        raise InvalidInput("household_lived_in")
    if row.closed_at is not None:
        return False
    row.closed_at = now
    row.save(update_fields=["closed_at"])
    _tell("household.closed", "household", row, by, now)
    return True


def _details(
    head: str, address: str, phone: str, latitude: float | None, longitude: float | None
) -> dict[str, Any]:
    name = at("head", lambda: clean_name(head))
    if (latitude is None) != (longitude is None):
        raise InvalidInput("household_where", field="latitude" if latitude is None else "longitude")
    for field, value, most in (("latitude", latitude, 90), ("longitude", longitude, 180)):
        if value is not None and not (math.isfinite(value) and abs(value) <= most):
            raise InvalidInput("household_where", field=field)
    return {
        "head": name,
        "folded": fold(name),
        "address": at("address", lambda: clean_line(address, MOST_ADDRESS)),
        "phone": at("phone", lambda: parse_phone(phone)) if phone.strip() else "",
        "latitude": latitude,
        "longitude": longitude,
    }


def _tell(kind: str, subject_kind: str, row: Any, by: Any, now: datetime, **data: Any) -> None:
    record(kind, actor=by, subject_kind=subject_kind, subject=row.pk, unit=row.unit, data=data, now=now)
