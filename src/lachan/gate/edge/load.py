"""Reading devices and shifts for the roster; unlike the rest of `edge` it needs Django."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from uuid import UUID

from lachan.gate.checkpoints.models import Device, Shift
from lachan.gate.edge.prepare import Site
from lachan.gate.edge.roster import Known
from lachan.kernel.codes import PublicKey

SLICE = 500
"""Ids a query: SQLite bears no more than some thousands."""


def devices(ids: Collection[UUID]) -> Iterator[Known]:
    """Devices as they stand; unknown ids are left out."""
    columns = ("id", "public_key", "shift", "place", "unit", "enrolled_at", "revoked_at")
    for some in _slices(ids):
        for id, key, shift, place, unit, at, revoked in Device.objects.filter(pk__in=some).values_list(
            *columns
        ):
            yield Known(id, PublicKey.from_raw(bytes(key)), shift, Site(place, unit), at, revoked)


def sites(ids: Collection[UUID]) -> Mapping[UUID, Site]:
    """Where shifts stand; unknown ids are left out."""
    found: dict[UUID, Site] = {}
    for some in _slices(ids):
        for id, place, unit in Shift.objects.filter(pk__in=some).values_list("id", "place", "unit"):
            found[id] = Site(place, unit)
    return found


def _slices(ids: Collection[UUID]) -> Iterator[list[UUID]]:
    every = list(ids)
    for at in range(0, len(every), SLICE):
        yield every[at : at + SLICE]
