from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from uuid import uuid4

import pytest
from django.db import OperationalError, connection, transaction

from lachan.registry.audit import consumers, sealing, services
from lachan.registry.audit.consumers import Consumer, SealedEvent
from lachan.registry.audit.models import Cursor, StuckEvent

NOW = datetime(2021, 7, 15, 3, 0, tzinfo=UTC)
MINUTE = timedelta(minutes=1)


@pytest.fixture(autouse=True)
def alone(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setattr(consumers, "_registry", {})
    yield


def write(*numbers: int, kind: str = "declaration.received") -> None:
    with transaction.atomic():
        for number in numbers:
            services.record(kind, data={"n": number}, subject=uuid4(), now=NOW)
    sealing.seal_all(NOW)


class Reader:
    """Keeps what it was given; raises on the numbers in `bad`."""

    def __init__(self, *bad: int, error: type[Exception] = ValueError) -> None:
        self.seen: list[int] = []
        self.bad, self.error = set(bad), error

    def __call__(self, events: list[SealedEvent], now: datetime) -> None:
        for event in events:
            if event.data["n"] in self.bad:
                raise self.error("số 056199012345 không đọc được")
        self.seen += [event.data["n"] for event in events]


def register(handle: Reader) -> Consumer:
    one = Consumer("reader", frozenset({"declaration.received"}), handle)
    consumers._registry["reader"] = one
    return one


@pytest.mark.django_db
def test_each_event_comes_once_in_order_and_other_kinds_are_passed_over() -> None:
    reader = Reader()
    register(reader)
    write(1, 2)
    write(99, kind="place.created")
    write(3)
    assert consumers.run_consumers(NOW, batch=2) == {"reader": 4}
    assert reader.seen == [1, 2, 3]
    assert consumers.run_consumers(NOW) == {"reader": 0}
    write(4)
    assert consumers.lag() == {"reader": 1}
    consumers.run_consumers(NOW)
    assert reader.seen == [1, 2, 3, 4]


@pytest.mark.django_db
def test_heavy_events_are_taken_a_few_at_a_time() -> None:
    """Others write between two transactions; an event heavier than all that one should hold is taken alone."""
    groups: list[list[int]] = []

    @consumers.consumer("heavy", kinds={"scan.batch"}, weigh=lambda event: int(event.data["n"]))
    def read(events: list[SealedEvent], now: datetime) -> None:
        groups.append([event.data["n"] for event in events])

    write(200, 200, 100, 1, kind="scan.batch")
    write(7)
    write(5000, 3, 4, kind="scan.batch")
    assert consumers.run_consumers(NOW) == {"heavy": 8}
    assert groups == [[200, 200, 100], [1], [5000], [3, 4]]
    assert consumers.run_consumers(NOW) == {"heavy": 0}


@pytest.mark.django_db
def test_what_is_not_sealed_is_not_read() -> None:
    reader = Reader()
    register(reader)
    services.record("declaration.received", data={"n": 1}, now=NOW)
    consumers.run_consumers(NOW)
    assert reader.seen == []


@pytest.mark.django_db
def test_the_cursor_moves_with_the_writes_or_not_at_all() -> None:
    def handle(events: list[SealedEvent], now: datetime) -> None:
        services.record("counter.moved", data={"by": len(events)}, now=now)
        raise ValueError

    one = Consumer("reader", frozenset({"declaration.received"}), handle)
    write(1, 2)
    assert consumers.run(one, NOW) == 0
    assert Cursor.objects.get().seq == 0
    assert not services.Event.objects.filter(kind="counter.moved").exists()


@pytest.mark.django_db
def test_a_poisonous_event_is_set_aside_and_the_rest_goes_on() -> None:
    reader = Reader(2)
    register(reader)
    write(1, 2, 3)
    for attempt in range(consumers.TRIES - 1):
        consumers.run_consumers(NOW + attempt * MINUTE)
        consumers.run_consumers(NOW + attempt * MINUTE)  # rests before it is tried again
        assert reader.seen == [1]
        assert StuckEvent.objects.get().tries == attempt + 1
        assert not consumers.alarms().exists()
    consumers.run_consumers(NOW + consumers.TRIES * MINUTE)
    assert reader.seen == [1, 3]
    [alarm] = consumers.alarms()
    assert (alarm.consumer, alarm.seq, alarm.tries) == ("reader", 2, consumers.TRIES)
    assert "056199012345" not in alarm.error


@pytest.mark.django_db
def test_an_event_set_aside_can_be_given_again() -> None:
    reader = Reader(2)
    register(reader)
    write(1, 2)
    for attempt in range(consumers.TRIES):
        consumers.run_consumers(NOW + attempt * MINUTE)
    [alarm] = consumers.alarms()
    with pytest.raises(ValueError, match="không đọc được"):
        consumers.replay(alarm, NOW)
    reader.bad.clear()
    consumers.replay(alarm, NOW)
    assert reader.seen == [1, 2]
    assert not consumers.alarms().exists()


@pytest.mark.django_db
def test_a_failing_store_is_no_fault_of_the_event() -> None:
    register(Reader(1, error=OperationalError))
    write(1)
    with pytest.raises(OperationalError):
        consumers.run_consumers(NOW)
    assert not StuckEvent.objects.exists()


@pytest.mark.django_db
def test_a_failing_consumer_does_not_stop_the_others() -> None:
    register(Reader(1))
    other = Reader()
    consumers._registry["other"] = Consumer("other", frozenset({"declaration.received"}), other)
    write(1, 2)
    consumers.run_consumers(NOW)
    assert other.seen == [1, 2]


def test_a_name_is_used_once() -> None:
    consumers.consumer("one", {"a.b"})(lambda events, now: None)
    with pytest.raises(ValueError, match="two consumers"):

        @consumers.consumer("one", {"a.b"})
        def another(events: list[SealedEvent], now: datetime) -> None: ...


def _set_aside(reader: Reader) -> StuckEvent:
    for attempt in range(consumers.TRIES):
        consumers.run_consumers(NOW + attempt * MINUTE)
    reader.bad.clear()
    [alarm] = consumers.alarms()
    return alarm


@pytest.mark.django_db
def test_two_who_saw_the_same_alarm_give_the_event_once() -> None:
    reader = Reader(2)
    register(reader)
    write(1, 2)
    mine = _set_aside(reader)
    theirs = StuckEvent.objects.get(pk=mine.pk)
    assert consumers.replay(mine, NOW)
    assert not consumers.replay(theirs, NOW)
    assert reader.seen == [1, 2]


@pytest.mark.django_db
def test_an_event_that_the_consumer_will_still_try_is_not_given_beside_it() -> None:
    reader = Reader(2)
    register(reader)
    write(1, 2)
    consumers.run_consumers(NOW)
    reader.bad.clear()
    assert not consumers.replay(StuckEvent.objects.get(), NOW)
    consumers.run_consumers(NOW + MINUTE)
    assert reader.seen == [1, 2]
    assert not consumers.replay(StuckEvent.objects.get(), NOW)
    assert reader.seen == [1, 2]


@pytest.mark.django_db
def test_an_event_set_aside_whose_consumer_left_the_platform_is_told() -> None:
    reader = Reader(2)
    register(reader)
    write(1, 2)
    alarm = _set_aside(reader)
    consumers._registry.clear()
    with pytest.raises(LookupError):
        consumers.replay(alarm, NOW)


@pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")
@pytest.mark.django_db(transaction=True)
def test_two_replays_at_once_take_the_event_once() -> None:
    reader = Reader(2)
    register(reader)
    write(1, 2)
    alarm = _set_aside(reader)
    inside, taken = threading.Barrier(2), []

    def again() -> None:
        try:
            inside.wait(10)
            taken.append(consumers.replay(alarm, NOW))
        finally:
            connection.close()

    threads = [threading.Thread(target=again) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert sorted(taken) == [False, True]
    assert reader.seen == [1, 2]
