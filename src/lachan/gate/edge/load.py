"""Reading devices for the roster; unlike the rest of `edge` it needs Django."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from uuid import UUID

from lachan.gate.checkpoints.models import Device
from lachan.gate.edge.prepare import Site
from lachan.gate.edge.roster import Known
from lachan.kernel.codes import PublicKey

SLICE = 500
"""Ids a query: SQLite bears no more than some thousands."""
MOST_BEFORE = 40
"""Enrolments that are followed back: a phone at work twice a day leaves nothing unsent for weeks."""


def devices(ids: Collection[UUID]) -> Iterator[Known]:
    """Devices as they stand; unknown ids are left out."""
    found = list(_rows(ids))
    before = _before(found)
    for one in found:
        site, key = Site(one.place, one.unit), PublicKey.from_raw(bytes(one.public_key))
        yield Known(one.pk, key, one.shift, site, one.enrolled_at, one.revoked_at, _shifts(one.was, before))


def _before(found: Iterable[Device]) -> Mapping[UUID, Device]:
    """The devices that the same phones were before, as far back as is followed."""
    known: dict[UUID, Device] = {}
    wanted = {one.was for one in found if one.was}
    for _ in range(MOST_BEFORE):
        rows = {one.pk: one for one in _rows(wanted - known.keys())}
        if not rows:
            break
        known.update(rows)
        wanted = {one.was for one in rows.values() if one.was}
    return known


def _shifts(was: UUID | None, known: Mapping[UUID, Device]) -> dict[UUID, Site]:
    shifts: dict[UUID, Site] = {}
    for _ in range(MOST_BEFORE):
        one = known.get(was) if was else None
        if one is None:
            break
        shifts[one.shift] = Site(one.place, one.unit)
        was = one.was
    return shifts


def _rows(ids: Collection[UUID]) -> Iterator[Device]:
    every = list(ids)
    for at in range(0, len(every), SLICE):
        yield from Device.objects.filter(pk__in=every[at : at + SLICE]).only(
            "public_key", "shift", "place", "unit", "enrolled_at", "revoked_at", "was"
        )
