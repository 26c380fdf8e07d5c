"""What the board shows, read from the kept counts: today, this hour, the hours behind, devices, and reasons."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, fields
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import Device, GateResult, PlaceHour, Scan, Shift
from lachan.kernel.clock import VN, day_bounds, local_day
from lachan.registry.places.models import Place

HOUR = timedelta(hours=1)
MOST_REASON_ROWS = 20_000
"""Scans read for the reasons of one place's day; a busier day is told from its newest."""


@dataclass(slots=True)
class Flow:
    """Kept counts of some hours. `unscanned`: let through uncounted by code, as the officer counted them."""

    passed: int = 0
    advised: int = 0
    held: int = 0
    referred: int = 0
    unscanned: int = 0
    turned_back: int = 0
    sent_to_test: int = 0
    handed_over: int = 0
    overridden: int = 0

    @property
    def through(self) -> int:
        """Everyone who came, whatever was decided."""
        return self.passed + self.advised + self.held + self.referred + self.unscanned

    @property
    def stopped(self) -> int:
        return self.held + self.referred

    def add(self, row: Any) -> None:
        for name in COUNTED:
            setattr(self, name, getattr(self, name) + getattr(row, name))


COUNTED = tuple(one.name for one in fields(Flow))


@dataclass(slots=True)
class Post:
    """One checkpoint on the board. `hours`: its day hour by hour; `silent`: devices not heard of for too long."""

    place: Place
    today: Flow = field(default_factory=Flow)
    hours: list[Flow] = field(default_factory=list)
    devices: list[Device] = field(default_factory=list)
    silent: list[Device] = field(default_factory=list)
    on_shift: bool = False
    last_at: datetime | None = None

    @property
    def waiting(self) -> int:
        """Scans that its devices say aren't at the province yet."""
        return sum(one.waiting for one in self.devices)

    @property
    def worry(self) -> int:
        """What puts it on top of the board: silent devices first, then people held or referred."""
        return len(self.silent) * 1_000_000 + self.today.stopped


def posts(scope: Scope, day: date, now: datetime, silent_after: timedelta) -> list[Post]:
    """The checkpoints of a jurisdiction that have a shift, a device or a scan on that day; what worries most first."""
    start, end = day_bounds(day)
    rows = list(scope.narrow(PlaceHour.objects.filter(hour__gte=start, hour__lt=end), "unit"))
    shifts = list(scope.narrow(Shift.objects.filter(starts_at__lt=end, ends_at__gte=start), "unit"))
    devices = list(
        scope.narrow(Device.objects.filter(revoked_at__isnull=True), "unit").filter(
            shift__in=[shift.id for shift in shifts]
        )
    )
    ids = {row.place for row in rows} | {shift.place for shift in shifts}
    found = {place.id: Post(place) for place in scope.narrow(Place.objects.filter(pk__in=ids), "unit")}
    _fill_hours(found, rows, start)
    _fill_devices(found, shifts, devices, now, silent_after)
    return sorted(found.values(), key=lambda post: (-post.worry, post.place.folded, post.place.code))


def _fill_hours(found: dict[UUID, Post], rows: Iterable[PlaceHour], start: datetime) -> None:
    for post in found.values():
        post.hours = [Flow() for _ in range(24)]
    for row in rows:
        if (one := found.get(row.place)) is None:
            continue
        one.today.add(row)
        one.hours[min(23, max(0, int((row.hour - start) / HOUR)))].add(row)
        one.last_at = max(one.last_at or row.hour, row.hour)


def _fill_devices(
    found: dict[UUID, Post],
    shifts: Iterable[Shift],
    devices: Iterable[Device],
    now: datetime,
    silent_after: timedelta,
) -> None:
    running = {
        shift.id: shift for shift in shifts if shift.starts_at <= now < shift.ends_at and not shift.closed_at
    }
    for shift in running.values():
        if shift.place in found:
            found[shift.place].on_shift = True
    for device in devices:
        post = found.get(device.place)
        if post is None:
            continue
        post.devices.append(device)
        post.last_at = max(post.last_at or device.last_seen_at, device.last_seen_at)
        if device.shift in running and now - device.last_seen_at > silent_after:
            post.silent.append(device)


def total(found: Iterable[Post]) -> Flow:
    """The sum of the posts shown."""
    flow = Flow()
    for post in found:
        flow.add(post.today)
    return flow


def by_hour(found: Iterable[Post]) -> list[Flow]:
    """24 hours of all of them together."""
    hours = [Flow() for _ in range(24)]
    for post in found:
        for flow, more in zip(hours, post.hours, strict=False):
            flow.add(more)
    return hours


def reasons(place: UUID, day: date) -> list[tuple[str, int]]:
    """Rule ids of those held or referred at a place on a day, most frequent first."""
    start, end = day_bounds(day)
    rows = (
        Scan.objects.filter(place=place, occurred_at__gte=start, occurred_at__lt=end)
        .filter(result__gte=GateResult.HOLD)
        .order_by("-id")
        .values_list("reasons", flat=True)[:MOST_REASON_ROWS]
    )
    counted = Counter(rule for text in rows for rule in text.split())
    return sorted(counted.items(), key=lambda pair: (-pair[1], pair[0]))


def hour_now(now: datetime) -> int:
    """The hour of the day in Vietnam."""
    return now.astimezone(VN).hour


def is_today(day: date, now: datetime) -> bool:
    return day == local_day(now)
