"""What the worker keeps of the scans: hours, people, visits; each line once, however its batch is told."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import Any
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.gate.checkpoints.consumers import counts, people, visits
from lachan.gate.checkpoints.consumers.lines import unread
from lachan.gate.checkpoints.models import (
    GateResult,
    LogRead,
    Occupancy,
    PassSerial,
    PlaceHour,
    Scan,
    Visit,
)
from lachan.gate.checkpoints.services.passes import serial_of
from lachan.gate.declarations.tests import small
from lachan.kernel.ids import uuid7
from lachan.registry.audit.consumers import SealedEvent
from lachan.registry.places.models import Place

NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)
LOG, ROAD, OFFICE = uuid7(), uuid7(), uuid7()
ALICE, BOB = uuid7(), uuid7()


def scan(seq: int, log: UUID = LOG, **other: Any) -> Scan:
    given: dict[str, Any] = {
        "device": LOG, "place": ROAD, "unit": small.CAM, "how": "pass", "result": GateResult.PASS, "period": "2021-07",
        "payload": b"x", "occurred_at": NOW, "recorded_at": NOW, "digest": sha256(bytes([seq % 256])).digest(), **other,
    }  # fmt: skip
    return Scan.objects.create(log=log, seq=seq, **given)


def batch(
    first: int, last: int, log: UUID = LOG, kind: str = "scan.batch", subject: UUID = LOG
) -> SealedEvent:
    data = {"log": str(log), "first": first, "last": last, "count": last - first + 1}
    return SealedEvent(last, uuid7(), kind, None, "device", subject, small.CAM, data, NOW)


def hour(**where: Any) -> PlaceHour:
    return PlaceHour.objects.get(**where)


@pytest.fixture
def office(province: None) -> Place:
    return Place.objects.create(
        pk=OFFICE, code="OFF00001", name="UBND", folded="ubnd", unit=small.HAI, kind="office", form="domestic",
        seed=bytes(16), created_at=NOW,
    )  # fmt: skip


# hours


def test_an_hour_counts_what_was_decided_in_the_end(db: None) -> None:
    scan(1)
    scan(2, result=GateResult.HOLD, overridden=GateResult.ADVISE)
    scan(3, result=GateResult.REFER, outcome="handed_over")
    scan(4, result=GateResult.HOLD, outcome="turned_back")
    scan(5, how="count", count=17)
    scan(6, how="broken", result=GateResult.HOLD)
    scan(7, occurred_at=NOW + timedelta(hours=1), result=GateResult.HOLD, outcome="sent_to_test")
    counts.count([batch(1, 7)], NOW)
    first = hour(place=ROAD, hour=NOW.replace(minute=0))
    assert (first.passed, first.advised, first.held, first.referred, first.unscanned) == (1, 1, 1, 1, 17)
    assert (first.turned_back, first.sent_to_test, first.handed_over, first.overridden) == (1, 0, 1, 1)
    second = hour(place=ROAD, hour=NOW.replace(minute=0) + timedelta(hours=1))
    assert (second.held, second.sent_to_test, second.passed) == (1, 1, 0)
    assert first.unit == small.CAM


@pytest.mark.parametrize("reader", ["counts", "people", "visits"])
def test_a_batch_told_again_or_late_counts_each_line_once(db: None, reader: str) -> None:
    for seq in range(1, 11):
        scan(seq)

    def seqs(*told: SealedEvent) -> list[int]:
        return sorted(one.seq for scans in unread(reader, told) for one in scans)

    assert seqs(batch(1, 3)) == [1, 2, 3]
    assert seqs(batch(1, 3), batch(1, 3)) == []
    assert seqs(batch(7, 10), batch(4, 6)) == [4, 5, 6, 7, 8, 9, 10], "the later one first"
    assert seqs(batch(4, 6)) == []
    assert LogRead.objects.get(reader=reader, log=LOG).seq == 10


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.integers(0, 4), st.integers(1, 9)), min_size=1, max_size=12), st.integers(1, 4))
def test_any_order_and_repetition_of_batches_ends_with_the_same_count(
    transactional_db: None, told: list[tuple[int, int]], group: int
) -> None:
    """Batches of five logs, in any order and grouping: what is counted is what the logs hold up to what was told."""
    for model in (Scan, LogRead, PlaceHour):
        model.objects.all().delete()
    logs = [uuid7() for _ in range(5)]
    for log in logs:
        for seq in range(1, 10):
            scan(seq, log)
    events = [batch(1, last, logs[log]) for log, last in told]
    for at in range(0, len(events), group):
        counts.count(events[at : at + group], NOW)
    ends = {log: max(last for each, last in told if each == log) for log, _ in told}
    assert hour(place=ROAD).passed == sum(ends.values())


# people


def test_a_pass_and_a_card_lead_to_their_declaration(province: None, now: datetime) -> None:
    said = small.declare(now)
    one, card, named, unknown = (
        scan(1, serial=serial_of(said.id)),
        scan(2, serial=said.id),
        scan(3, declaration=said.id),
        scan(4, serial=uuid7()),
    )
    PassSerial.objects.create(serial=serial_of(said.id), declaration=said.id, alias=ALICE, expires_at=now)
    people.find([batch(1, 4)], now)
    found = dict(Scan.objects.values_list("id", "alias"))
    assert found[one.id] == ALICE and found[unknown.id] is None
    assert found[card.id] == found[named.id] is not None


def test_a_declaration_that_comes_after_its_scan_names_it(province: None, now: datetime) -> None:
    said = small.declare(now)
    one = scan(1, serial=serial_of(said.id))
    other = scan(2, alias=BOB, serial=said.id)
    people.find([batch(1, 2)], now)
    PassSerial.objects.create(serial=serial_of(said.id), declaration=said.id, alias=ALICE, expires_at=now)
    people.find([batch(1, 1, kind="declaration.received", subject=said.id)], now)
    one.refresh_from_db()
    other.refresh_from_db()
    assert one.alias == ALICE and other.alias == BOB, "what the device told itself stays"


# visits


def came(seq: int, who: UUID | None, minutes: int, direction: str = "in", **other: Any) -> Scan:
    moment = NOW - timedelta(minutes=minutes)
    return scan(
        seq, place=OFFICE, unit=small.HAI, alias=who, direction=direction, occurred_at=moment, **other
    )


def inside() -> int:
    found = Occupancy.objects.filter(place=OFFICE).first()
    return found.inside if found else 0


def test_in_and_out_is_a_visit(office: Place) -> None:
    a, b = came(1, ALICE, 60), came(2, BOB, 50)
    c = came(3, ALICE, 10, "out")
    visits.keep([batch(1, 3)], NOW)
    visits.keep([batch(1, 3)], NOW)
    stayed = Visit.objects.get(alias=ALICE)
    assert (stayed.in_at, stayed.out_at, stayed.scan_in, stayed.scan_out) == (
        a.occurred_at, c.occurred_at, a.id, c.id,
    )  # fmt: skip
    assert Visit.objects.get(alias=BOB).out_at is None and b.id
    assert inside() == 1 and Visit.objects.count() == 2


def test_who_was_stopped_is_not_inside_and_who_is_overridden_is(office: Place) -> None:
    came(1, ALICE, 5, result=GateResult.HOLD)
    came(2, BOB, 5, result=GateResult.HOLD, overridden=GateResult.ADVISE)
    came(3, uuid7(), 5, outcome="turned_back")
    visits.keep([batch(1, 3)], NOW)
    assert inside() == 1 and Visit.objects.get().alias == BOB


def test_an_exit_that_comes_before_its_entry_is_joined_to_it(office: Place) -> None:
    other = uuid7()
    came(1, ALICE, 10, "out")
    visits.keep([batch(1, 1)], NOW)
    scan(
        1,
        other,
        place=OFFICE,
        unit=small.HAI,
        alias=ALICE,
        direction="in",
        occurred_at=NOW - timedelta(hours=1),
    )
    visits.keep([batch(1, 1, other)], NOW)
    stayed = Visit.objects.get()
    assert stayed.in_at == NOW - timedelta(hours=1) and stayed.out_at == NOW - timedelta(minutes=10)
    assert inside() == 0


def test_nameless_people_are_only_counted(office: Place) -> None:
    came(1, None, 20)
    came(2, None, 15, how="count", count=8)
    came(3, None, 10, "out")
    came(4, None, 60 * 40)
    visits.keep([batch(1, 4)], NOW)
    assert inside() == 8 and not Visit.objects.exists(), "who came yesterday has gone"


def test_nobody_stays_at_a_checkpoint_on_a_road(province: None) -> None:
    gate = Place.objects.get(code=small.GATE)
    scan(1, place=gate.pk, unit=gate.unit, alias=ALICE, direction="in")
    visits.keep([batch(1, 1)], NOW)
    assert not Visit.objects.exists() and not Occupancy.objects.exists()


def test_fewer_than_nobody_is_nobody(office: Place) -> None:
    came(1, None, 5, "out")
    visits.keep([batch(1, 1)], NOW)
    assert inside() == 0


# how long


def test_a_scan_past_its_term_tells_of_nobody(db: None) -> None:
    from lachan.gate.declarations.services import retention

    old = scan(1, alias=ALICE, serial=uuid7(), plate_index=uuid7(), recorded_at=NOW - timedelta(days=91))
    young = scan(2, alias=BOB, recorded_at=NOW - timedelta(days=89))
    counted = retention.purge(NOW, dry_run=True)["scans"]
    assert counted == retention.purge(NOW)["scans"] == 1 and retention.purge(NOW)["scans"] == 0
    old.refresh_from_db()
    young.refresh_from_db()
    assert (bytes(old.payload), old.alias, old.serial, old.plate_index) == (b"", None, None, None)
    assert old.place == ROAD and young.alias == BOB and bytes(young.payload) == b"x"
