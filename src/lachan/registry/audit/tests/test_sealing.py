from __future__ import annotations

import threading
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection, transaction

from lachan.kernel import chain
from lachan.registry.audit import sealing, services
from lachan.registry.audit.models import Event, EventSeal, PendingSeal

NOW = datetime(2021, 7, 15, 3, 0, tzinfo=UTC)
ONLY_POSTGRESQL = pytest.mark.skipif(connection.vendor == "sqlite", reason="SQLite has one writer at a time")


def write(number: int) -> list[Event]:
    with transaction.atomic():
        return [
            services.record("place.created", data={"n": n}, now=NOW + timedelta(seconds=n))
            for n in range(number)
        ]


def kinds(report: sealing.ChainReport) -> list[str]:
    return [fault.kind for fault in report.faults]


@pytest.mark.django_db
def test_events_get_a_gap_free_order_and_a_whole_chain() -> None:
    events = write(7)
    assert sealing.seal_pending(NOW, limit=5) == 5
    assert sealing.seal_all(NOW) == 2
    assert sealing.seal_pending(NOW) == 0
    assert list(EventSeal.objects.order_by("seq").values_list("seq", "event")) == list(
        enumerate((e.pk for e in events), start=1)
    )
    assert not PendingSeal.objects.exists()
    report = sealing.verify(NOW)
    assert report.ok
    assert (report.count, report.seq) == (7, 7)
    assert report.head == bytes(EventSeal.objects.get(seq=7).hash)


@pytest.mark.django_db
def test_an_empty_log_is_whole() -> None:
    report = sealing.verify(NOW)
    assert report.ok
    assert report.head == chain.GENESIS


@pytest.mark.django_db
@pytest.mark.parametrize(
    "change",
    [
        {"kind": "place.closed"},
        {"data": '{"n":3}'},
        {"unit": "48/"},
        {"recorded_at": NOW + timedelta(microseconds=1)},
        {"digest": b"x" * 32},
        {"actor": "00000000-0000-7000-8000-000000000000"},
        {"subject_kind": "x"},
    ],
)
def test_an_altered_event_is_named(change: dict) -> None:
    events = write(5)
    sealing.seal_all(NOW)
    Event.objects.filter(pk=events[2].pk).update(**change)
    assert sealing.verify(NOW).faults == [sealing.Fault("altered", 3, events[2].pk)]


@pytest.mark.django_db
def test_a_removed_event_is_named() -> None:
    events = write(5)
    sealing.seal_all(NOW)
    Event.objects.filter(pk=events[1].pk).delete()
    assert sealing.verify(NOW).faults == [sealing.Fault("missing", 2, events[1].pk)]


@pytest.mark.django_db
def test_an_event_removed_with_its_seal_leaves_a_gap() -> None:
    events = write(5)
    sealing.seal_all(NOW)
    Event.objects.filter(pk=events[1].pk).delete()
    EventSeal.objects.filter(seq=2).delete()
    assert sealing.verify(NOW).faults == [sealing.Fault("gap", 2)]


@pytest.mark.django_db
def test_exchanged_seals_are_noticed() -> None:
    first, second = write(2)
    sealing.seal_all(NOW)
    EventSeal.objects.filter(seq=1).update(event=Event().pk)
    EventSeal.objects.filter(seq=2).update(event=first.pk)
    EventSeal.objects.filter(seq=1).update(event=second.pk)
    assert kinds(sealing.verify(NOW)) == ["altered", "altered"]


@pytest.mark.django_db
def test_an_event_slipped_in_past_the_queue_is_noticed() -> None:
    write(2)
    sealing.seal_all(NOW)
    extra = Event.objects.create(kind="place.created", digest=b"", recorded_at=NOW)
    assert sealing.verify(NOW).faults == [sealing.Fault("outside", event=extra.pk)]


@pytest.mark.django_db
def test_an_end_that_was_cut_off_shows_against_the_head_noted_elsewhere() -> None:
    events = write(5)
    sealing.seal_all(NOW)
    before = sealing.verify(NOW)
    EventSeal.objects.filter(seq=5).delete()
    Event.objects.filter(pk=events[4].pk).delete()
    assert sealing.verify(NOW).ok  # the chain alone can't tell
    assert sealing.verify(NOW, expected=(before.seq, before.head)).faults == [sealing.Fault("head", 5)]
    assert sealing.verify(NOW, expected=(4, bytes(EventSeal.objects.get(seq=4).hash))).ok


@pytest.mark.django_db
def test_waiting_too_long_is_a_fault_and_waiting_is_not() -> None:
    [event] = write(1)
    assert sealing.verify(NOW + timedelta(minutes=9)).ok
    late = sealing.verify(NOW + timedelta(minutes=11))
    assert late.faults == [sealing.Fault("waiting", event=event.pk)]
    Event.objects.all().delete()
    assert sealing.verify(NOW).faults == [sealing.Fault("lost", event=event.pk)]
    assert sealing.seal_all(NOW) == 0


@pytest.mark.django_db
def test_a_report_lists_a_hundred_of_a_kind() -> None:
    write(130)
    sealing.seal_all(NOW)
    Event.objects.all().delete()
    report = sealing.verify(NOW)
    assert len(report.faults) == sealing.SHOWN
    assert report.count == 130


def in_thread(work) -> None:
    failed: list[BaseException] = []

    def run() -> None:
        try:
            work()
        except BaseException as error:
            failed.append(error)
        finally:
            connection.close()

    thread = threading.Thread(target=run)
    thread.start()
    thread.join(30)
    assert not thread.is_alive()
    if failed:
        raise failed[0]


@ONLY_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_a_slow_transaction_is_sealed_later_and_never_skipped() -> None:
    with transaction.atomic():
        slow = services.record(
            "place.created", data={"slow": True}, now=NOW
        )  # takes the earlier id, commits last
        in_thread(lambda: write(3))
        in_thread(lambda: sealing.seal_all(NOW))
        in_thread(lambda: write(1))
    assert EventSeal.objects.count() == 3
    assert sealing.seal_all(NOW) == 2
    assert EventSeal.objects.get(event=slow.pk).seq > 3
    assert list(EventSeal.objects.order_by("seq").values_list("seq", flat=True)) == [1, 2, 3, 4, 5]
    assert sealing.verify(NOW).ok


@ONLY_POSTGRESQL
@pytest.mark.django_db(transaction=True)
def test_two_sealers_at_once_make_one_chain() -> None:
    write(400)
    threads = [threading.Thread(target=_seal_and_close) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert EventSeal.objects.count() == 400
    assert sealing.verify(NOW).ok


def _seal_and_close() -> None:
    try:
        sealing.seal_all(NOW, limit=25)
    finally:
        connection.close()
