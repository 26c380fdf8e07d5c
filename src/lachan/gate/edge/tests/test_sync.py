"""A batch and all that may become of it, through the endpoint, with the real store behind it."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import connections
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.gate.checkpoints.models import Device, DeviceLog, Scan
from lachan.gate.declarations.prepare import Submission, prepare
from lachan.gate.edge.prepare import Site
from lachan.gate.edge.tests.sim import (
    NOW,
    PERSON,
    PLACE,
    SHIFT,
    UNIT,
    WORLD,
    Answer,
    Server,
    Sim,
    empty,
    holds,
    opened,
    rows,
    serving,
    store_at,
    stored,
    text,
)
from lachan.kernel.codes import SigningKey
from lachan.kernel.ids import uuid7
from lachan.kernel.scanlog import GENESIS
from lachan.registry.audit.models import Event, PendingSeal


def run(ground: str, devices: list[Sim], test: Callable[[Server], Awaitable[Any]], **more: Any) -> Any:
    for one in devices:
        one.enrol()
    store = store_at(ground)

    async def whole() -> Any:
        async with serving(store, devices, **more) as server:
            return await test(server)

    return asyncio.run(whole())


def answers(ground: str, devices: list[Sim], *bodies: dict[str, Any] | bytes, **more: Any) -> list[Answer]:
    async def each(server: Server) -> list[Answer]:
        return [await server.post(body) for body in bodies]

    found: list[Answer] = run(ground, devices, each, **more)
    return found


def test_columns_are_those_of_the_model() -> None:
    from lachan.gate.edge.rows import SCAN_COLUMNS

    assert tuple(field.column for field in Scan._meta.concrete_fields) == SCAN_COLUMNS


def test_a_batch_is_there_when_it_is_answered(ground: str) -> None:
    one = Sim()
    one.scan(3, n=1)
    (said,) = answers(ground, [one], one.batch(waiting=7, app="1.2"))
    assert (said.status, said.said["taken"], said.where) == (200, 3, (4, one.heads[3]))
    assert "revoked" not in said.said
    holds([one])
    event = rows(Event).get()
    assert (event.subject_kind, event.subject, event.unit, bytes(event.digest)) == (
        "device", one.id, UNIT, one.heads[3],
    )  # fmt: skip
    assert json.loads(event.data) == {"count": 3, "first": 1, "last": 3, "log": str(one.log)}
    device = rows(Device).get()
    assert (device.last_seen_at, device.waiting, device.app) == (NOW, 7, "1.2")


def test_a_line_becomes_columns(ground: str) -> None:
    one, vehicle, declaration = Sim(), uuid7(), uuid7()
    one.scan(
        how="cccd", result="hold", reasons=["no_test", "area"], over={"result": "advise", "reason": "Có giấy"},
        outcome="passed", serial="ab" * 16, declaration=str(declaration), group=str(vehicle), role="driver", temp=36.8,
        plate="79A12345", person=PERSON, rules="gates/2021-07-24",
    )  # fmt: skip
    answers(ground, [one], one.batch())
    (scan,) = stored(one)
    assert (scan.place, scan.unit, scan.shift, scan.device) == (PLACE, UNIT, SHIFT, one.id)
    assert (scan.how, scan.verified, scan.result, scan.overridden) == ("cccd", False, 2, 1)
    assert (scan.reasons, scan.ruleset, scan.outcome, scan.direction) == (
        "no_test area", "2021-07-24", "passed", "in",
    )  # fmt: skip
    assert (scan.serial, scan.declaration, scan.vehicle) == (UUID("ab" * 16), declaration, vehicle)
    assert (scan.role, scan.temperature, scan.count) == ("driver", Decimal("36.8"), 1)
    assert (scan.flags, scan.period, scan.recorded_at) == ("overridden", "2021-07", NOW)
    assert scan.occurred_at == NOW.replace(minute=20, microsecond=0)
    assert scan.plate_index == UUID(bytes=WORLD.keyring.blind("plate", "79A12345"))
    assert b"056185123456" not in bytes(scan.payload)


def test_a_scan_and_a_declaration_of_one_person_meet(ground: str) -> None:
    said = {
        **PERSON, "sex": "female", "nationality": "VN", "residence": UNIT, "address": "1 Lê Lợi", "no_symptoms": True,
        "no_contact": True, "pledge": True,
    }  # fmt: skip
    world = type(WORLD)(WORLD.keyring, WORLD.signing, WORLD.data_keys, units=frozenset({UNIT, "56/"}))
    declared = prepare(Submission(id=uuid7(), form="domestic", answers=said, occurred_at=NOW), world, NOW)
    one = Sim()
    one.scan(how="cccd", person=PERSON)
    one.scan(how="manual", person={**PERSON, "national_id": "056 185 123 456"})
    one.scan(how="manual", person={"name": "Ai Đó"})
    one.scan(how="pass", serial="cd" * 16)
    answers(ground, [one], one.batch())
    aliases = [scan.alias for scan in stored(one)]
    assert aliases[0] == aliases[1] == declared.declaration[6]
    assert aliases[2:] == [None, None], "a name alone is nobody"


# again, further, elsewhere


def test_what_was_sent_before_is_answered_alike_and_never_doubled(ground: str) -> None:
    one = Sim()
    one.scan(10)
    said = answers(
        ground, [one], one.batch(1, 6), one.batch(1, 6), one.batch(2, 4), one.batch(4, 8), one.batch(1, 10)
    )
    assert [each.status for each in said] == [200] * 5
    assert [each.said["taken"] for each in said] == [6, 0, 0, 2, 2]
    assert [each.where[0] for each in said] == [7, 7, 5, 9, 11]
    assert all(each.where[1] == one.heads[each.where[0] - 1] for each in said)
    holds([one])


def test_too_far_ahead_is_a_gap(ground: str) -> None:
    one = Sim()
    one.scan(6)
    first, gap, rest = answers(ground, [one], one.batch(1, 2), one.batch(5, 6), one.batch(3, 6))
    assert (gap.status, gap.said["error"], gap.where) == (409, "gap", (3, one.heads[2]))
    assert (first.status, rest.status) == (200, 200)
    holds([one])


def test_other_lines_under_the_same_numbers_are_a_fork(ground: str) -> None:
    one, twin = Sim(), Sim()
    twin.key, twin.id, twin.log = one.key, one.id, one.log
    one.scan(5)
    twin.scan(7)
    said = answers(
        ground, [one], one.batch(), twin.batch(), twin.batch(2, 3), twin.batch(6, 7), twin.batch(4, 6)
    )
    assert [each.status for each in said] == [200, 409, 409, 409, 409]
    assert {each.said["error"] for each in said[1:]} == {"fork"}
    assert {each.where for each in said[1:]} == {(6, one.heads[5])}
    holds([one])


def test_a_new_log_brings_each_scan_once(ground: str) -> None:
    """What a fork left unsent is appended to another log under the same ids; some of it had come already."""
    one = Sim()
    ids = one.scan(4)
    other = one.anew()
    for id in ids[2:]:
        other.scan(id=id)
    fresh = other.scan(2)
    other.enrol()
    first, second, again = answers(ground, [one], one.batch(), other.batch(), other.batch())
    assert (first.said["taken"], second.said["taken"], second.where[0]) == (4, 2, 5)
    assert (again.status, again.said["taken"]) == (200, 0)
    assert set(rows(Scan).values_list("id", flat=True)) == {*ids, *fresh}
    assert [scan.seq for scan in stored(other)] == [3, 4] and other.state() == (5, other.heads[4])


def test_a_log_that_is_nobodys_another_devices_or_closed_is_a_fork(ground: str) -> None:
    one, two, lost = Sim(), Sim(), Sim()
    lost.key, lost.id = one.key, one.id
    theirs = Sim(one.key, one.id, two.log)
    for each in (one, lost, theirs):
        each.scan(2)
    one.enrol()
    two.enrol()
    rows(DeviceLog).filter(pk=one.log).update(closed_at=NOW)

    store = store_at(ground)

    async def whole() -> list[Answer]:
        async with serving(store, [one, two]) as server:
            return [await server.post(each.batch()) for each in (lost, theirs, one)]

    said = asyncio.run(whole())
    assert [(each.status, each.said["error"]) for each in said] == [(409, "fork")] * 3
    assert said[0].where == (1, GENESIS) and not rows(Scan).exists() and not rows(Event).exists()


# forged


def test_what_is_forged_cut_or_reordered_is_refused(ground: str) -> None:
    one, other = Sim(), SigningKey.generate()
    one.scan(4)
    honest = one.batch()
    items = honest["items"]
    said = answers(
        ground,
        [one],
        {**honest, "sig": text(other.sign(b"x"))},
        {**honest, "device": str(uuid7())},
        {**honest, "first": 2},
        {**honest, "log": str(uuid7())},
        {**honest, "prev": text(bytes(31) + b"x")},
        {**honest, "head": text(bytes(32))},
        {**honest, "items": items[:-1]},
        {**honest, "items": [items[1], items[0], *items[2:]]},
        {**honest, "items": [*items[:-1], items[-1].replace("pass", "hold")]},
        honest,
    )
    assert [each.status for each in said] == [401] * 6 + [422] * 3 + [200]
    assert said[0].said["error"] == "device_signature" and said[1].said["error"] == "device_unknown"
    assert {each.said["fields"][0]["code"] for each in said[6:9]} == {"edge_chain"}
    holds([one])


# what is odd is kept and marked


def test_a_line_that_cant_be_read_is_kept_and_the_log_goes_on(ground: str) -> None:
    one = Sim()
    one.scan()
    one.append(b"{not json")
    one.append('{"v":1,"id":"x","ghi":"chú"}'.encode())
    (twice,) = one.scan()
    one.scan(id=twice)
    one.append(b"x" * 9000)
    one.scan()
    said, again = answers(ground, [one], one.batch(), one.batch())
    assert (said.status, said.where[0], again.said["taken"]) == (200, 8, 0)
    assert [scan.flags for scan in stored(one)] == ["", "broken", "broken", "", "broken", "broken", ""]
    holds([one])


def test_an_id_again_in_a_later_batch_is_kept_as_broken(ground: str) -> None:
    one = Sim()
    (twice,) = one.scan()
    one.scan(id=twice)
    answers(ground, [one], one.batch(1, 1), one.batch(2, 2))
    assert [scan.flags for scan in stored(one)] == ["", "broken"]
    holds([one])


@pytest.mark.parametrize(
    ("at", "flag", "kept"),
    [
        ("2021-07-22T05:00:00Z", "clock_ahead", NOW),
        ("1999-01-01T00:00:00Z", "clock_behind", NOW),
        ("2021-05-01T00:00:00Z", "late", None),
        ("2021-07-22T01:35:00Z", "", NOW),
    ],
)
def test_a_wrong_clock_refuses_nothing(ground: str, at: str, flag: str, kept: Any) -> None:
    one = Sim()
    one.scan(at=at)
    (said,) = answers(ground, [one], one.batch())
    (scan,) = stored(one)
    assert said.status == 200 and scan.flags == flag
    assert kept is None or scan.occurred_at == kept


def test_a_revoked_device_brings_what_it_has_and_learns_of_it(ground: str) -> None:
    one = Sim(revoked_at=NOW - timedelta(minutes=30))
    one.scan(at="2021-07-22T00:59:59.000Z")
    one.scan(at="2021-07-22T01:00:01.000Z")
    (said,) = answers(ground, [one], one.batch())
    assert said.status == 200 and said.said["revoked"] is True
    assert [scan.flags for scan in stored(one)] == ["", "after_revocation"]


def test_a_line_belongs_to_the_shift_it_names_if_there_is_one(ground: str) -> None:
    """A phone enrolled anew at another gate brings what the shift of before left in it."""
    before, market = uuid7(), uuid7()
    one = Sim(before={before: Site(market, "56/568/22330/")})
    one.scan(shift=str(before), place=str(market))
    one.scan(shift=str(uuid7()), place=str(market))
    answers(ground, [one], one.batch())
    found = [(scan.place, scan.unit, scan.shift, scan.flags) for scan in stored(one)]
    assert found == [(market, "56/568/22330/", before, ""), (PLACE, UNIT, SHIFT, "foreign")]


def test_the_devices_row_learns_once_a_minute(ground: str) -> None:
    one = Sim()
    one.scan(2)
    answers(ground, [one], one.batch(1, 1, waiting=5), one.batch(2, 2, waiting=3))
    assert rows(Device).get().waiting == 5


# many at once


Plan = list[tuple[int, int, int]]


@settings(
    max_examples=20,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(
    st.lists(st.integers(1, 30), min_size=1, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.integers(0, 40), st.integers(0, 40)), max_size=25),
    st.integers(1, 8),
)
def test_any_split_repetition_order_and_interleaving_ends_with_each_scan_once(
    ground: str, sizes: list[int], plan: Plan, together: int
) -> None:
    """Devices send any ranges of their logs, several at once; then each what the province says is missing."""
    empty()
    devices = [Sim() for _ in sizes]
    for one, size in zip(devices, sizes, strict=True):
        one.scan(size)

    async def send(server: Server) -> None:
        for at in range(0, len(plan), together):
            found = await asyncio.gather(
                *[server.post(_part(devices, *each)) for each in plan[at : at + together]]
            )
            assert {each.status for each in found} <= {200, 409}
            assert all(each.said.get("error", "gap") == "gap" for each in found)
        for one in devices:
            state = await server.post(one.batch(len(one.lines), len(one.lines)))
            if state.status == 409:
                assert (await server.post(one.batch(state.where[0]))).status == 200

    run(ground, devices, send)
    holds(devices)


def _part(devices: list[Sim], which: int, first: int, last: int) -> dict[str, Any]:
    one = devices[which % len(devices)]
    low, high = sorted((first % len(one.lines) + 1, last % len(one.lines) + 1))
    return one.batch(low, high)


def test_many_devices_at_once_are_written_in_groups(ground: str) -> None:
    devices = [Sim() for _ in range(20)]
    for one in devices:
        one.scan(30)

    async def send(server: Server) -> list[Answer]:
        return await asyncio.gather(*[server.post(one.batch()) for one in devices for _ in range(2)])

    said = run(ground, devices, send)
    assert {each.status for each in said} == {200}
    assert sum(each.said["taken"] for each in said) == 600
    holds(devices)
    assert rows(Event).count() == rows(PendingSeal).count() == 20


def test_every_seal_opens_only_in_its_own_row(ground: str) -> None:
    one = Sim()
    one.scan(2)
    answers(ground, [one], one.batch())
    first, second = stored(one)
    first.payload = second.payload
    with pytest.raises(ValueError, match="sealed_broken"):
        opened(first)


_TEXT = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=8)
_ID = st.uuids().map(lambda one: one.hex)


@pytest.mark.skipif(os.environ.get("LACHAN_TEST_STORE") != "postgres", reason="PostgreSQL's own format")
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    ids=st.lists(_ID, min_size=6, max_size=6), maybe=st.lists(st.none() | _ID, min_size=5, max_size=5), word=_TEXT,
    seq=st.integers(1, 2**40), overridden=st.none() | st.integers(0, 3), tenths=st.none() | st.integers(0, 999),
    payload=st.binary(max_size=40), at=st.datetimes(NOW.replace(tzinfo=None, year=1970), NOW.replace(tzinfo=None, year=2100)),
)  # fmt: skip
def test_a_copied_row_reads_back(
    ground: str, ids: list[str], maybe: list[str | None], word: str, seq: int, overridden: int | None, tenths: int | None,
    payload: bytes, at: datetime,
) -> None:  # fmt: skip
    import psycopg

    from lachan.gate.edge.rows import SCAN_COLUMNS
    from lachan.gate.edge.stores.copied import whole
    from lachan.gate.edge.stores.postgres import COPY

    temperature = None if tenths is None else f"{tenths / 10:.1f}"
    moment = str(at)
    row = (
        ids[0], ids[1], seq, bytes(32), *ids[2:5], word, word[:3], word, True, 2, word, word, overridden, word, *maybe[:4],
        word, maybe[4], temperature, 7, "2021-07", payload, word, moment, moment,
    )  # fmt: skip
    names = ",".join(f'"{name}"' for name in SCAN_COLUMNS)
    with psycopg.connect(**connections[ground].get_connection_params()) as db, db.cursor() as cursor:
        with cursor.copy(COPY) as copy:
            copy.write(whole([row]))
        found = cursor.execute(f"SELECT {names} FROM checkpoints_scan WHERE id = %s", (ids[0],)).fetchone()
        db.rollback()
    assert found is not None
    assert [_as_row(value) for value in found] == list(row)


def _as_row(value: Any) -> Any:
    if isinstance(value, UUID):
        return value.hex
    if isinstance(value, datetime):
        return str(value.astimezone(UTC))[:-6]
    return str(value) if isinstance(value, Decimal) else value
