"""How often the page without scripts takes a declaration: the intake's own limits a minute, counted in this process.

A declaration sent by a form is written row by row, so leaving it unlimited would be the cheapest way to fill the table.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.http import HttpRequest

from lachan.base.address import client_address
from lachan.gate.declarations.lookup.limits import Limit
from lachan.registry.places.models import Place

MINUTE = timedelta(minutes=1)
ADDRESSES = Limit(settings.INTAKE_ADDRESS_RATE, MINUTE)
PLACES = Limit(settings.INTAKE_PLACE_RATE, MINUTE)
CARDS = Limit(600, MINUTE)
"""Paper cards that an address asks for: each costs two signatures. A whole shift behind one address stays below it."""


def take(request: HttpRequest, place: Place | None, now: datetime) -> bool:
    """Count one declaration; False where the venue or the caller's address has sent too many. A rate of 0 limits nothing."""
    if place is not None and PLACES.times and not PLACES.take(place.code, now):
        return False
    return not ADDRESSES.times or ADDRESSES.take(client_address(request), now)
