"""A place's own code (8 characters of Crockford's base 32) and its signed poster."""

from __future__ import annotations

import secrets
from collections.abc import Iterable
from datetime import datetime
from urllib.parse import quote

from django.conf import settings

from lachan.base import keys
from lachan.kernel.clock import local_day
from lachan.kernel.codes import VenuePass, issue
from lachan.kernel.errors import InvalidInput
from lachan.registry.places.models import Place

ALPHABET = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 8
SEED_BYTES = 16
MOST_NAME_BYTES = 300  # of a VenuePass
_FORGIVEN = str.maketrans({"O": "0", "I": "1", "L": "1", " ": None, "-": None, "–": None, ".": None})
# Base 45 in a fragment: only these two of its characters aren't allowed there as they are (RFC 3986, 3.5).
_SAFE_IN_FRAGMENT = "$*+-./:"


def new_codes(count: int, taken: Iterable[str] = ()) -> list[str]:
    """Fresh random codes, different from each other, from those in `taken` and from every place there ever was."""
    fresh: set[str] = set()
    used = set(taken)
    while len(fresh) < count:
        wanted = {_random() for _ in range(count - len(fresh))} - used
        used.update(_present(wanted))
        fresh |= wanted - used
    return sorted(fresh, key=lambda _: secrets.randbits(32))


def _random() -> str:
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))


def _present(codes: set[str]) -> set[str]:
    found: set[str] = set()
    ordered = sorted(codes)
    for start in range(0, len(ordered), 500):
        found.update(
            Place.objects.filter(code__in=ordered[start : start + 500]).values_list("code", flat=True)
        )
    return found


def parse_code(text: str) -> str:
    """A code as someone typed it, in the stored form; forgives case, spaces, hyphens, and O, I, L for 0, 1, 1.

    Raises InvalidInput("place_code").
    """
    code = text[:40].strip().upper().translate(_FORGIVEN)
    if len(code) != LENGTH or any(character not in ALPHABET for character in code):
        raise InvalidInput("place_code", field="code")
    return code


def shown(code: str) -> str:
    """ "7K2M 9QXT", to be read out."""
    return f"{code[:4]} {code[4:]}"


def sign(place: Place, now: datetime) -> str:
    """The place's LC1 text under the province's current key."""
    claims = VenuePass(
        place=place.id,
        name=_shortened(place.name),
        unit=place.unit,
        seed=bytes(place.seed),
        issued_on=local_day(now),
    )
    return issue(claims, keys.keystore().current)


def _shortened(name: str) -> str:
    return name.encode()[:MOST_NAME_BYTES].decode(errors="ignore")


def short_address(code: str) -> str:
    """The address in letters: `khaibao.example.vn/q/7K2M9QXT`."""
    return f"{settings.PUBLIC_URL.partition('://')[2]}/q/{code}"


def address(place: Place) -> str:
    """What the poster's QR holds: an address that any camera opens, the signed code behind its `#`, where no server
    sees it and a checkpoint without signal can verify it."""
    return f"{settings.PUBLIC_URL}/q/{place.code}#{quote(place.venue_code, safe=_SAFE_IN_FRAGMENT)}"
