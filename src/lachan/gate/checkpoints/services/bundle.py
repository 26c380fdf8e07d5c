"""The bundle that a device works by without a network: rules, trust, levels and refusals, signed by the province.

    {"bundle": "<JSON text>", "kid": hex of 4 bytes, "sig": base64url ES256 over b"LCB1" || the text's UTF-8}

Its version is a hash of its content. Times are floored to a slot, so that every process makes the same version, and a
device that stays in touch gets a fresh one well before its own is stale. It names nobody.
"""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from threading import Lock
from typing import Any
from uuid import UUID

from lachan.base import keys
from lachan.gate.checkpoints.models import Device, Shift
from lachan.gate.checkpoints.selectors import bundle as content
from lachan.kernel.clock import FixedClock, local_day
from lachan.kernel.codes import SigningKey, StoredKey, TrustList
from lachan.kernel.edge import EdgeTerms
from lachan.registry.places.models import Place

DOMAIN = b"LCB1"
KEPT = timedelta(minutes=1)
SLOTS = 12  # of the time until a bundle is stale
MOST_KEPT = 500


@dataclass(frozen=True, slots=True)
class Bundle:
    """A signed bundle. `issued`: the start of its slot."""

    version: str
    text: str
    kid: bytes
    signature: bytes
    issued: datetime

    def envelope(self) -> dict[str, str]:
        """As the device gets it."""
        sig = urlsafe_b64encode(self.signature).rstrip(b"=").decode()
        return {"bundle": self.text, "kid": self.kid.hex(), "sig": sig}


_cache: dict[tuple[UUID, bytes], tuple[datetime, Bundle]] = {}
_lock = Lock()


def forget() -> None:
    """Make every bundle anew (between tests, and when something must reach devices at once)."""
    with _lock:
        _cache.clear()


def for_device(device: Device, shift: Shift, now: datetime) -> Bundle:
    """The bundle of a device's place and shift, at most a minute old."""
    return at_shift(shift, signer(device.enrolled_at), now)


def at_shift(shift: Shift, key: SigningKey, now: datetime) -> Bundle:
    """The same, signed by a key that the device got when it enrolled."""
    known = _cache.get((shift.pk, key.kid))
    if known is not None and abs(now - known[0]) < KEPT:
        return known[1]
    made = make(Place.objects.get(pk=shift.place), shift, key, now)
    with _lock:
        if len(_cache) >= MOST_KEPT:
            _cache.clear()
        _cache[shift.pk, key.kid] = (now, made)
    return made


def anchors(now: datetime) -> list[StoredKey]:
    """The keys whose bundles a device enrolled now will believe: those in force, the signing one first."""
    return [
        stored
        for stored in keys.keystore().all()
        if not stored.revoked
        and stored.not_before <= now
        and (stored.not_after is None or now < stored.not_after)
    ]


def signer(enrolled_at: datetime) -> SigningKey:
    """The newest key that was an anchor when a device enrolled, so that a rotation locks nobody out.

    Where all of those were revoked, today's: such a device has to enrol again.
    """
    stored = [one for one in keys.keystore().all() if not one.revoked and one.not_before <= enrolled_at]
    newest = max(stored, key=lambda one: one.not_before, default=None)
    return newest.key if newest else keys.keystore().current


def make(place: Place, shift: Shift, key: SigningKey, now: datetime) -> Bundle:
    """Gather, version and sign."""
    terms = EdgeTerms.at(local_day(now))
    issued = slot(now, terms)
    last = max(shift.ends_at + terms.bundle_stale, issued + timedelta(minutes=1))
    expires = min(issued + terms.bundle_life, last)
    trust = TrustList.of(keys.keystore(), FixedClock(issued), days=7, revoked_serials=content.revoked_bytes())
    body: dict[str, Any] = {
        "v": 1,
        "issued": _unix(issued),
        "stale": min(_unix(issued + terms.bundle_stale), _unix(expires)),
        "expires": _unix(expires),
        **content.gather(place, shift, terms, now),
    }
    version = _version(body, trust)
    text = _written({**body, "version": version, "trust": trust.sign(key)})
    return Bundle(version, text, key.kid, key.sign(DOMAIN + text.encode()), issued)


def slot(now: datetime, terms: EdgeTerms) -> datetime:
    """The start of the slot that `now` lies in, in UTC."""
    size = max(60, int(terms.bundle_stale.total_seconds()) // SLOTS)
    return datetime.fromtimestamp(_unix(now) // size * size, UTC)


def _version(body: dict[str, Any], trust: TrustList) -> str:
    """A signature differs each time, so the list's content stands in for its text."""
    keys_in_force = [
        [entry.kid.hex(), _unix(entry.not_before), entry.not_after and _unix(entry.not_after), entry.revoked]
        for entry in trust.entries
    ]
    return sha256(_written({**body, "trust": keys_in_force}).encode()).hexdigest()[:20]


def _written(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def _unix(moment: datetime) -> int:
    return int(moment.timestamp())
