"""Making and changing places, and signing their posters."""

from __future__ import annotations

import json
import secrets
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.base import keys
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.registry.audit.rows import event_row
from lachan.registry.audit.services import record, record_rows
from lachan.registry.places import codes
from lachan.registry.places.details import Details, clean
from lachan.registry.places.models import Place, RetiredSeed

PHONE_INDEX = "place.owner_phone"
_SIGNED = ("name", "unit")  # fields that the poster's signature covers


def build(details: Details, code: str, status: str, by: UUID | None, now: datetime) -> Place:
    """An unsaved place, signed. `details` must be clean."""
    place = Place(
        code=code,
        status=status,
        seed=secrets.token_bytes(codes.SEED_BYTES),
        created_at=now,
        created_by=by,
        **columns(details),
    )
    place.venue_code = codes.sign(place, now)
    return place


def columns(details: Details) -> dict[str, Any]:
    """The table's columns of clean details."""
    return {
        "name": details.name,
        "folded": fold(details.name)[:160],
        "kind": details.kind,
        "unit": details.unit,
        "address": details.address,
        "form": details.form,
        "owner_name": details.owner_name,
        "owner_phone": details.owner_phone,
        "owner_phone_index": phone_index(details.owner_phone),
        "capacity": details.capacity,
        "latitude": details.latitude,
        "longitude": details.longitude,
        "agency": details.agency,
        "note": details.note,
    }


def phone_index(phone: str) -> bytes | None:
    """The blind index of an E.164 phone, None for no phone."""
    return keys.keyring().blind(PHONE_INDEX, phone) if phone else None


def create(
    details: Details,
    *,
    status: str = Place.Status.ACTIVE,
    by: Any = None,
    kind: str = "place.created",
    now: datetime,
) -> Place:
    """A place with a fresh code. Raises InvalidInput with the field (see details.clean)."""
    details = clean(details)
    with transaction.atomic():
        place = build(details, codes.new_codes(1)[0], status, _id(by), now)
        place.save(force_insert=True)
        tell(kind, place, by, now)
    return place


def create_many(rows: Sequence[Details], *, by: Any, now: datetime) -> list[Place]:
    """Places of an import, all or none; each leaves its event. `rows` must be clean."""
    fresh = codes.new_codes(len(rows))
    with transaction.atomic():
        places = [
            build(details, code, Place.Status.ACTIVE, _id(by), now)
            for details, code in zip(rows, fresh, strict=True)
        ]
        Place.objects.bulk_create(places, batch_size=500)
        record_rows(_imported(place, by, now) for place in places)
    return places


def _imported(place: Place, by: Any, now: datetime) -> Any:
    return event_row(
        "place.imported",
        now=now,
        actor=_id(by),
        subject_kind="place",
        subject=place.pk,
        unit=place.unit,
        data=told(place),
        written=written(place),
    )


def update(place: Place, details: Details, *, by: Any, now: datetime) -> Place:
    """Change what is said about a place. A new name or unit is signed again; posters that hang already still count.

    Raises InvalidInput with the field, place_state for a closed place.
    """
    details = clean(details)
    with transaction.atomic():
        place = locked(place, Place.Status.PROVISIONAL, Place.Status.ACTIVE, Place.Status.SUSPENDED)
        values = columns(details)
        changed = sorted(name for name, value in values.items() if _differs(getattr(place, name), value))
        for name, value in values.items():
            setattr(place, name, value)
        if set(changed) & set(_SIGNED):
            place.venue_code = codes.sign(place, now)
        place.save()
        tell(
            "place.changed", place, by, now, changed=[name for name in changed if name != "owner_phone_index"]
        )
    return place


def _differs(old: Any, new: Any) -> bool:
    return (bytes(old) if isinstance(old, memoryview) else old) != new


def reissue(place: Place, *, by: Any, now: datetime) -> Place:
    """A new poster under the same code, after one was copied or stolen: the old signature no longer counts."""
    with transaction.atomic():
        place = locked(place, Place.Status.PROVISIONAL, Place.Status.ACTIVE, Place.Status.SUSPENDED)
        RetiredSeed.objects.create(seed=bytes(place.seed), place=place.pk, retired_at=now)
        place.seed = secrets.token_bytes(codes.SEED_BYTES)
        place.venue_code = codes.sign(place, now)
        place.save()
        tell("place.reissued", place, by, now)
    return place


def locked(place: Place, *states: str) -> Place:
    """The place's row, locked until the transaction ends. Raises InvalidInput("place_state") in another state."""
    row = Place.objects.select_for_update().get(pk=place.pk)
    if row.status not in states:
        raise InvalidInput("place_state")
    return row


def told(place: Place) -> dict[str, Any]:
    """What an event says about a place: codes only."""
    return {"code": place.code, "kind": place.kind, "status": place.status}


def written(place: Place) -> bytes:
    """What the event's digest covers."""
    phone = bytes(place.owner_phone_index or b"").hex()
    values = [place.code, place.name, place.kind, place.status, place.unit, place.address, place.form, phone]
    return json.dumps([*values, place.owner_name, place.note, place.venue_code], ensure_ascii=False).encode()


def tell(kind: str, place: Place, by: Any, now: datetime, **more: Any) -> None:
    """Append the event of a write to a place."""
    record(
        kind,
        actor=by,
        subject_kind="place",
        subject=place.pk,
        unit=place.unit,
        data={**told(place), **more},
        written=written(place),
        now=now,
    )


def _id(by: Any) -> UUID | None:
    found: UUID | None = getattr(by, "pk", by)
    return found
