"""The demo's places as rows, made by the services that staff and owners use."""

from __future__ import annotations

from datetime import datetime, timedelta

import numpy as np

from lachan.registry.accounts.models import User
from lachan.registry.places import services
from lachan.registry.places.details import Details, clean
from lachan.web.demo import names
from lachan.web.demo.geography import Commune
from lachan.web.demo.population import PREFIXES
from lachan.web.demo.sites import Site

OWN = Site("Quán cơm Sáu", "shop", "domestic", 0, "15 Điện Biên Phủ", 25.0)
OWN_COMMUNE = "22327"
OWNER = "Đỗ Thị Sáu"
"""The place of the demo's owner account stands first in its commune."""


def create(rng: np.random.Generator, made: list[Site], found: list[Commune], by: User, now: datetime) -> None:
    """Write the places and put each one's code into its Site. Provisional ones are registered by their owners."""
    active = [one for one in made if not one.provisional]
    rows = services.create_many([clean(_details(rng, one, found)) for one in active], by=by, now=now)
    for one, row in zip(active, rows, strict=True):
        one.code = row.code
    later = now + timedelta(days=2)
    for one in made:
        if one.provisional:
            row = services.self_register(_details(rng, one, found), phone_verified=True, now=later)
            one.code, later = row.code, later + timedelta(hours=7)


def with_own(made: list[Site], found: list[Commune]) -> list[Site]:
    """The places with the owner account's one at the head."""
    at = next((at for at, one in enumerate(found) if one.path.endswith(f"/{OWN_COMMUNE}/")), None)
    if at is None:
        return made
    own = Site(OWN.name, OWN.kind, OWN.form, at, OWN.address, OWN.pull)
    return [own, *made]


def _details(rng: np.random.Generator, one: Site, found: list[Commune]) -> Details:
    commune = found[one.commune]
    public = one.kind in {"checkpoint", "facility", "transport"}
    phone = f"0{PREFIXES[int(rng.integers(0, len(PREFIXES)))]}{int(rng.integers(0, 10_000_000)):07d}"
    near = rng.normal(0, 0.004, 2)
    return Details(
        name=one.name,
        kind=one.kind,
        unit=commune.path,
        address=one.address,
        form=one.form,
        owner_name="" if public else OWNER if one.name == OWN.name else _owner(rng),
        owner_phone="" if public else phone,
        capacity=int(rng.integers(10, 400)),
        latitude=round(commune.latitude + float(near[0]), 6) if commune.latitude else None,
        longitude=round(commune.longitude + float(near[1]), 6) if commune.longitude else None,
    )


def _owner(rng: np.random.Generator) -> str:
    male, age = rng.random(1) < 0.5, rng.integers(25, 65, 1)
    return names.full_names(rng, names.surnames(rng, 1), male, age)[0]
