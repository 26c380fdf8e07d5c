"""Whoever acts on events reads the sealed log with a cursor of its own.

    @consumer("counters", kinds={"declaration.received"})
    def count(events: list[SealedEvent], now: datetime) -> None: ...

The cursor moves in the transaction of the consumer's writes: after a crash a batch comes again whole, or not at all.
A consumer must still bear an event twice (what it does outside the database, a replay of one set aside). One that
raises holds up nobody else: its batch is tried event by event, and an event that fails TRIES times is set aside
with an alarm that stands until someone settles it.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F, QuerySet

from lachan.kernel.redact import redact
from lachan.registry.audit import store
from lachan.registry.audit.models import Cursor, StuckEvent
from lachan.registry.audit.rows import EventRow

log = logging.getLogger(__name__)

TRIES = 5
BATCH = 1000
MOST_WEIGHT = 500
"""Rows behind the events of one transaction, where a consumer says what an event weighs: on SQLite nobody else writes
meanwhile."""
THE_STORE_ITSELF = (
    OperationalError,
    InterfaceError,
)  # a full disk or a lost connection is no fault of the event


@dataclass(frozen=True, slots=True)
class SealedEvent:
    """An event in its place in the order. `data`: the parsed JSON."""

    seq: int
    id: UUID
    kind: str
    actor: UUID | None
    subject_kind: str
    subject: UUID | None
    unit: str
    data: dict[str, Any]
    recorded_at: datetime


Handler = Callable[[list[SealedEvent], datetime], None]
Weigh = Callable[[SealedEvent], int]


@dataclass(frozen=True, slots=True)
class Consumer:
    name: str
    kinds: frozenset[str]
    handle: Handler
    weigh: Weigh | None = None


_registry: dict[str, Consumer] = {}


def consumer(name: str, kinds: Iterable[str], weigh: Weigh | None = None) -> Callable[[Handler], Handler]:
    """Register a function for these kinds of event. Import its module in the app's ready(). A name is used once.

    `weigh`: how many rows an event makes the function read or write, where that may be hundreds.
    """

    def register(handle: Handler) -> Handler:
        known = _registry.get(name)
        if known is not None and known.handle.__qualname__ != handle.__qualname__:
            raise ValueError(f"two consumers are called {name}")
        _registry[name] = Consumer(name, frozenset(kinds), handle, weigh)
        return handle

    return register


def registered() -> list[Consumer]:
    return list(_registry.values())


def run_consumers(now: datetime, batch: int = BATCH) -> dict[str, int]:
    """Let each consumer read until it has caught up. Returns how many sealed events each moved past.

    The database's own failures are raised; a consumer's failure is kept as a StuckEvent and stops that consumer alone.
    """
    return {one.name: run(one, now, batch) for one in registered()}


def run(one: Consumer, now: datetime, batch: int = BATCH) -> int:
    """One consumer, until it has caught up or an event stops it. An event that failed rests 2, 4, 8, 16 seconds."""
    cursor, _ = Cursor.objects.get_or_create(consumer=one.name)
    total, stopped = 0, _resting(one, cursor.seq + 1, now)
    while not stopped:
        moved, stopped = _batch(one, now, batch)
        total += moved
        stopped = stopped or not moved
    return total


def _resting(one: Consumer, seq: int, now: datetime) -> bool:
    stuck = StuckEvent.objects.filter(consumer=one.name, seq=seq).first()
    return stuck is not None and now < stuck.last_at + timedelta(seconds=2**stuck.tries)


def _batch(one: Consumer, now: datetime, size: int) -> tuple[int, bool]:
    """How far the cursor moved, and whether an event stopped it."""
    try:
        return _take(one, now, size), False
    except THE_STORE_ITSELF:
        raise
    except Exception:
        log.exception("consumer %s: a batch failed, trying its events one by one", one.name)
    return _one_by_one(one, now, size)


def _take(one: Consumer, now: datetime, size: int) -> int:
    """Hand over the next `size` sealed events and move the cursor, in one transaction."""
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(consumer=one.name)
        last, events = _after(cursor.seq, size)
        last, wanted = _bearable(one, last, [event for event in events if event.kind in one.kinds])
        if wanted:
            one.handle(wanted, now)
        if last > cursor.seq:
            Cursor.objects.filter(pk=one.name).update(seq=last, updated_at=now)
    return last - cursor.seq


def _bearable(one: Consumer, last: int, events: list[SealedEvent]) -> tuple[int, list[SealedEvent]]:
    """As many of the events as one transaction should hold, one at least, and how far that is."""
    weight = 0
    for at, event in enumerate(events if one.weigh else []):
        weight += one.weigh(event) if one.weigh else 0
        if at and weight > MOST_WEIGHT:
            return event.seq - 1, events[:at]
    return last, events


def _after(seq: int, size: int) -> tuple[int, list[SealedEvent]]:
    """The last number read, and the events up to it; one that was removed from the log (`verify` tells) is passed over."""
    rows = store.sealed(seq, size)
    return (rows[-1][0] if rows else seq), [
        _event(number, row) for number, _, _, row in rows if row is not None
    ]


def _event(seq: int, row: EventRow) -> SealedEvent:
    data = json.loads(row.data)
    return SealedEvent(
        seq, row.id, row.kind, row.actor, row.subject_kind, row.subject, row.unit, data, row.recorded_at
    )


def _one_by_one(one: Consumer, now: datetime, size: int) -> tuple[int, bool]:
    total = 0
    for _ in range(size):
        try:
            moved = _take(one, now, 1)
        except THE_STORE_ITSELF:
            raise
        except Exception as error:
            if not _set_aside(one, now, error):
                return total, True
            moved = 1
        if not moved:
            break
        total += moved
    return total, False


def _set_aside(one: Consumer, now: datetime, error: Exception) -> bool:
    """Count the failure of the next event. After TRIES the cursor goes past it (True); before, it waits for the next run."""
    with transaction.atomic():
        cursor = Cursor.objects.select_for_update().get(consumer=one.name)
        _, [event] = _after(cursor.seq, 1)
        stuck, _ = StuckEvent.objects.get_or_create(
            consumer=one.name,
            seq=event.seq,
            defaults={"event": event.id, "kind": event.kind, "error": "", "first_at": now, "last_at": now},
        )
        stuck.tries, stuck.error, stuck.last_at = stuck.tries + 1, _told(error), now
        given_up = stuck.tries >= TRIES
        if given_up:
            stuck.set_aside_at = now
            Cursor.objects.filter(pk=one.name).update(seq=event.seq, updated_at=now)
        stuck.save()
    log.error("consumer %s: event %s failed %d times: %s", one.name, event.id, stuck.tries, stuck.error)
    return given_up


def _told(error: Exception) -> str:
    return redact(f"{type(error).__name__}: {error}")[:300]


def alarms() -> QuerySet[StuckEvent]:
    """Events set aside and not settled: each is work that someone must look at."""
    return StuckEvent.objects.filter(set_aside_at__isnull=False, settled_at__isnull=True).order_by(
        "set_aside_at"
    )


def lag() -> dict[str, int]:
    """How many sealed events each registered consumer is behind."""
    last = (store.head() or (0, b""))[0]
    read = dict(Cursor.objects.values_list("consumer", "seq"))
    return {one.name: last - read.get(one.name, 0) for one in registered()}


def replay(stuck: StuckEvent, now: datetime) -> bool:
    """Give an event that was set aside to its consumer again; settled when it is taken, and raises if not.

    False, and nothing done, when somebody else has settled it meanwhile, or the consumer itself will still try it.
    The cursor's row is the lock: neither a second replay nor the consumer's own run goes on beside this one.
    """
    one = _registry[stuck.consumer]
    with transaction.atomic():
        Cursor.objects.select_for_update().get(consumer=one.name)
        standing = StuckEvent.objects.filter(
            pk=stuck.pk, set_aside_at__isnull=False, settled_at__isnull=True
        ).update(settled_at=now, last_at=now, tries=F("tries") + 1)
        if standing:
            one.handle(_after(stuck.seq - 1, 1)[1], now)
    return bool(standing)
