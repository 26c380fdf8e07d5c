"""Questions about devices."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Case, Exists, IntegerField, OuterRef, Q, QuerySet, Value, When
from django.db.models.functions import Lower

from lachan.base.paging import SIZE, Page, by_keys
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import Device, DeviceLog, Shift
from lachan.gate.checkpoints.selectors.shifts import MOST_TYPED, RUNNING, state_of
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


SORTS: dict[str, tuple[str, ...]] = {
    "worry": ("worry", "-waiting", "-id"),
    "name": ("lowered", "-id"),
    "seen": ("-last_seen_at", "-id"),
    "waiting": ("-waiting", "-id"),
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


def judged(found: QuerySet[Device], now: datetime) -> QuerySet[Device]:
    """Devices with their `worry`: the place of their state in STATES. As `row_of` judges one, told to the database."""
    terms = EdgeTerms.at(local_day(now))
    shift = Shift.objects.filter(pk=OuterRef("shift"), closed_at=None, starts_at__lte=now, ends_at__gt=now)
    old = Q(bundle_at=None) | Q(bundle_at__lt=now - terms.bundle_stale)
    return found.annotate(running=Exists(shift)).annotate(
        worry=Case(
            When(revoked_at__isnull=False, then=_worry(REVOKED)),
            When(running=True, last_seen_at__lt=now - terms.silent_after, then=_worry(SILENT)),
            When(Q(running=True) & old, then=_worry(STALE)),
            When(waiting__gt=0, then=_worry(WAITING)),
            When(running=True, then=_worry(WELL)),
            default=_worry(RESTING),
            output_field=IntegerField(),
        ),
        lowered=Lower("name"),
    )


def _worry(state: str) -> Value:
    return Value(STATES.index(state))


def in_state(found: QuerySet[Device], state: str, now: datetime) -> QuerySet[Device]:
    """Those in a state of STATES; all of them for anything else."""
    rows = judged(found, now)
    return rows.filter(**{"worry": STATES.index(state)}) if state in STATES else rows


def page(found: QuerySet[Device], sort: str, cursor: str, size: int = SIZE) -> Page[Device]:
    """One page of judged devices in an order of SORTS."""
    return by_keys(found, SORTS.get(sort, SORTS["worry"]), cursor, size=size)


def sorted_rows(found: QuerySet[Device], now: datetime, sort: str = "worry") -> list[DeviceRow]:
    """All of them, for a shift's page."""
    return rows_of(judged(found, now).order_by(*SORTS.get(sort, SORTS["worry"])), now)


def rows_of(found: Iterable[Device], now: datetime) -> list[DeviceRow]:
    """Devices with what is known of them, in the order given."""
    devices = list(found)
    shifts = Shift.objects.in_bulk({device.shift for device in devices})
    places = Place.objects.in_bulk({device.place for device in devices})
    scans = _scans(devices)
    terms = EdgeTerms.at(local_day(now))
    return [
        row_of(
            device, shifts.get(device.shift), places.get(device.place), scans.get(device.pk, 0), terms, now
        )
        for device in devices
    ]


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
