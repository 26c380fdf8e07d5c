"""Questions about devices."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import Device, DeviceLog, Shift
from lachan.gate.checkpoints.selectors.shifts import MOST, MOST_TYPED, RUNNING, state_of
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.registry.audit.models import Event
from lachan.registry.places.models import Place
from lachan.registry.places.selectors import by_code

REVOKED, SILENT, STALE, WAITING, WELL, RESTING = "revoked", "silent", "stale", "waiting", "well", "resting"
STATES = (SILENT, STALE, WAITING, WELL, RESTING, REVOKED)


@dataclass(frozen=True, slots=True)
class DeviceRow:
    """A device as a list shows it. `state`: the first of STATES that it is in, the worst in front.

    silent: its shift runs and nothing was heard for too long · stale: its rules are old · waiting: it says that scans
    aren't here yet · resting: its shift is over.
    """

    device: Device
    shift: Shift | None
    place: Place | None
    state: str
    stale: bool
    silent: bool
    scans: int

    @property
    def worry(self) -> int:
        return STATES.index(self.state) if self.state != REVOKED else len(STATES)


SORTS: dict[str, Callable[[DeviceRow], Any]] = {
    "worry": lambda row: (row.worry, -row.device.waiting),
    "name": lambda row: row.device.name.casefold(),
    "seen": lambda row: -row.device.last_seen_at.timestamp(),
    "waiting": lambda row: -row.device.waiting,
}


def get(scope: Scope, pk: UUID) -> Device | None:
    """A device, if it lies in the scope."""
    return scope.narrow(Device.objects.filter(pk=pk), "unit").first()


def search(scope: Scope, text: str = "", unit: str = "") -> QuerySet[Device]:
    """Devices of a scope, by a piece of their name or by the code of their place."""
    rows = (scope.intersect(unit) if unit else scope).narrow(Device.objects.all(), "unit")
    if not text.strip():
        return rows
    if "\x00" in text:
        return rows.none()
    found = Q(name__icontains=text.strip()[:MOST_TYPED])
    place = by_code(text)
    return rows.filter(found | Q(place=place.pk) if place else found)


def of_shift(shift: Shift) -> QuerySet[Device]:
    return Device.objects.filter(shift=shift.pk)


def rows_of(found: QuerySet[Device], now: datetime, sort: str = "worry", state: str = "") -> list[DeviceRow]:
    """The newest of them with what is known of them, sorted; only those in a state where one is named."""
    devices = list(found.order_by("-id")[:MOST])
    shifts = Shift.objects.in_bulk({device.shift for device in devices})
    places = Place.objects.in_bulk({device.place for device in devices})
    scans = _scans(devices)
    terms = EdgeTerms.at(local_day(now))
    rows = [
        row_of(
            device, shifts.get(device.shift), places.get(device.place), scans.get(device.pk, 0), terms, now
        )
        for device in devices
    ]
    if state in STATES:
        rows = [row for row in rows if row.state == state]
    return sorted(rows, key=SORTS.get(sort, SORTS["worry"]))


def row_of(
    device: Device, shift: Shift | None, place: Place | None, scans: int, terms: EdgeTerms, now: datetime
) -> DeviceRow:
    """Judge one device at a moment."""
    running = shift is not None and state_of(shift, now) == RUNNING
    silent = running and now - device.last_seen_at > terms.silent_after
    stale = running and (device.bundle_at is None or now - device.bundle_at > terms.bundle_stale)
    state = _state(device, running, silent, stale)
    return DeviceRow(device, shift, place, state, stale, silent, scans)


def _state(device: Device, running: bool, silent: bool, stale: bool) -> str:
    found = (
        (device.revoked_at is not None, REVOKED),
        (silent, SILENT),
        (stale, STALE),
        (device.waiting > 0, WAITING),
        (running, WELL),
    )
    return next((state for is_so, state in found if is_so), RESTING)


def _scans(devices: list[Device]) -> dict[UUID, int]:
    """How many lines of each device's logs have come."""
    counted: dict[UUID, int] = {}
    for device, next_seq in DeviceLog.objects.filter(device__in=[one.pk for one in devices]).values_list(
        "device", "next_seq"
    ):
        counted[device] = counted.get(device, 0) + next_seq - 1
    return counted


def history(device: Device, limit: int = 50) -> list[Event]:
    """What was done to a device, latest first."""
    rows = Event.objects.filter(subject=device.pk, subject_kind="device").exclude(kind="scan.batch")
    return list(rows.order_by("-id")[:limit])
