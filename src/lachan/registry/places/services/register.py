"""Self-registration: whoever proves a phone gets a QR at once, provisional until an officer decides."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from lachan.base import keys
from lachan.kernel.errors import InvalidInput
from lachan.registry.places.details import Details, clean
from lachan.registry.places.models import Place
from lachan.registry.places.services.write import PHONE_INDEX, create

MOST_WAITING = 5
"""Places of one phone that may wait for approval at a time."""

OWN_KINDS = (
    Place.Kind.OFFICE,
    Place.Kind.SHOP,
    Place.Kind.MARKET,
    Place.Kind.SCHOOL,
    Place.Kind.FACTORY,
    Place.Kind.LODGING,
    Place.Kind.TRANSPORT,
    Place.Kind.WORSHIP,
    Place.Kind.OTHER,
)
"""Kinds that an owner may register; checkpoints, isolation sites and clinics are made by staff."""


def self_register(details: Details, *, phone_verified: bool, now: datetime) -> Place:
    """A provisional place with its code and signed poster.

    `phone_verified`: the caller saw the one-time code that was sent to `details.owner_phone`.
    Raises InvalidInput: place_phone_unverified, place_kind, place_too_many, or those of details.clean.
    """
    if not phone_verified:
        raise InvalidInput("place_phone_unverified", field="owner_phone")
    details = check_registration(details)
    with transaction.atomic():
        return create(details, status=Place.Status.PROVISIONAL, kind="place.registered", now=now)


def check_registration(details: Details) -> Details:
    """The details, clean, or the refusal that `self_register` would give: told before a code is sent to the phone."""
    if details.kind not in OWN_KINDS:
        raise InvalidInput("place_kind", field="kind")
    if not details.owner_phone.strip():
        raise InvalidInput("phone_empty", field="owner_phone")
    details = clean(details)
    index = keys.keyring().blind_all(PHONE_INDEX, details.owner_phone)
    waiting = Place.objects.filter(owner_phone_index__in=index, status=Place.Status.PROVISIONAL).count()
    if waiting >= MOST_WAITING:
        raise InvalidInput("place_too_many", field="owner_phone", max=MOST_WAITING)
    return details
