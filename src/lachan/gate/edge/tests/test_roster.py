"""Devices in memory: looked up at once when unknown, seen again when they change."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Collection
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from lachan.gate.checkpoints.models import Device
from lachan.gate.edge import load
from lachan.gate.edge.prepare import Site
from lachan.gate.edge.roster import Known, Roster, Unready
from lachan.gate.edge.tests.sim import NOW, PLACE, SHIFT, UNIT, Sim
from lachan.kernel.ids import uuid7


class Table:
    def __init__(self, *devices: Sim) -> None:
        self.rows = {one.id: one.known() for one in devices}
        self.asked = 0
        self.trouble: Exception | None = None

    def load(self, ids: Collection[UUID]) -> list[Known]:
        self.asked += 1
        if self.trouble:
            raise self.trouble
        return [self.rows[id] for id in ids if id in self.rows]


def run(table: Table, test: Any, every: float = 0.05) -> Any:
    async def whole() -> Any:
        roster = Roster(table.load, every)
        roster.start()
        try:
            return await test(roster)
        finally:
            roster.stop()

    return asyncio.run(whole())


def test_a_device_enrolled_a_moment_ago_is_known_at_once() -> None:
    one, stranger = Sim(), uuid7()
    table = Table()

    async def test(roster: Roster) -> None:
        assert await roster.find(stranger) is None
        table.rows[one.id] = one.known()
        began = time.monotonic()
        found = await roster.find(one.id)
        assert found is not None and found.key == one.key.public and time.monotonic() - began < 1

    run(table, test, every=60)


def test_a_revocation_is_seen_soon() -> None:
    one = Sim()
    table = Table(one)

    async def test(roster: Roster) -> None:
        before = await roster.find(one.id)
        assert before is not None and before.revoked_at is None
        table.rows[one.id] = replace(table.rows[one.id], revoked_at=NOW)
        for _ in range(100):
            await asyncio.sleep(0.02)
            found = await roster.find(one.id)
            if found is not None and found.revoked_at == NOW:
                return
        raise AssertionError("still not seen")

    run(table, test)


def test_a_database_in_trouble_is_no_unknown_device() -> None:
    one = Sim()
    table = Table(one)

    async def test(roster: Roster) -> None:
        table.trouble = RuntimeError("locked")
        with pytest.raises(Unready):
            await roster.find(one.id)
        table.trouble = None
        assert await roster.find(one.id) is not None

    run(table, test, every=60)


def test_the_devices_row_is_due_once_a_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    roster, one = Roster(), uuid7()
    assert roster.due(one)
    roster.noted(one)
    assert not roster.due(one) and roster.due(uuid7())
    later = time.monotonic() + 61
    monkeypatch.setattr(time, "monotonic", lambda: later)
    assert roster.due(one)


def test_rows_are_read_as_they_stand(db: None) -> None:
    one = Sim()
    Device.objects.create(
        pk=one.id, place=PLACE, unit=UNIT, shift=SHIFT, name="Máy", public_key=one.key.public.raw, enrolled_at=NOW,
        enrolled_by=SHIFT, last_seen_at=NOW, revoked_at=NOW,
    )  # fmt: skip
    (known,) = load.devices([one.id, uuid7()])
    assert (known.id, known.key, known.site.place, known.revoked_at) == (one.id, one.key.public, PLACE, NOW)
    assert known.before == {}


def test_a_phone_enrolled_anew_keeps_the_shifts_of_before(db: None) -> None:
    made, was = [], None
    for number in range(3):
        row = Device.objects.create(
            place=uuid7(), unit=UNIT, shift=uuid7(), name=f"Máy {number}", public_key=Sim().key.public.raw, was=was,
            enrolled_at=NOW, enrolled_by=SHIFT, last_seen_at=NOW,
        )  # fmt: skip
        made.append(row)
        was = row.pk
    first, second, last = made
    found = {known.id: known.before for known in load.devices([first.pk, last.pk])}
    assert found[first.pk] == {}
    assert found[last.pk] == {one.shift: Site(one.place, UNIT) for one in (first, second)}
