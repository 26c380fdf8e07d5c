"""One sealer gives committed events a gap-free order and chains them; whoever likes can prove the chain whole.

A transaction that is slow to commit would be skipped by a reader that follows ids. So each event's transaction also
queues its id (PendingSeal), and a number is given only to what is seen committed. What the chain can't show by
itself is that its end was cut off: keep the head that `verify` prints elsewhere, and give it back as `expected`.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from lachan.kernel import chain
from lachan.registry.audit import store
from lachan.registry.audit.rows import payload

SHOWN = 100  # faults of one kind that a report lists
UNSEALED_TOO_LONG = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Fault:
    """`kind`: gap (numbers missing), missing (event removed), altered (event or seal changed), outside (neither
    sealed nor queued), lost (queued, but its row is gone), waiting (unsealed too long), head (not the expected end)."""

    kind: str
    seq: int | None = None
    event: UUID | None = None

    def __str__(self) -> str:
        where = f" seq {self.seq}" if self.seq is not None else ""
        return f"{self.kind}{where}{f' event {self.event}' if self.event else ''}"


@dataclass(slots=True)
class ChainReport:
    """What `verify` found. `count`: seals read; `seq` and `head`: the last number and its hash, to be noted elsewhere."""

    count: int = 0
    seq: int = 0
    head: bytes = chain.GENESIS
    faults: list[Fault] = field(default_factory=list)

    @property
    def ok(self) -> bool:
        return not self.faults

    def note(self, kind: str, seq: int | None = None, event: UUID | None = None) -> None:
        if sum(fault.kind == kind for fault in self.faults) < SHOWN:
            self.faults.append(Fault(kind, seq, event))


def seal_pending(now: datetime, limit: int = 2000) -> int:
    """Seal up to `limit` committed events in one transaction; returns how many. Call again while it returns `limit`."""
    with transaction.atomic():
        store.lock_sealer()
        waiting = store.pending(limit)
        if not waiting:
            return 0
        seq, previous = store.head() or (0, chain.GENESIS)
        seals = []
        for number, event in enumerate(waiting, start=seq + 1):
            previous = chain.link(previous, payload(event))
            seals.append((number, event.id, previous))
        store.insert_seals(seals, now)
    return len(seals)


def seal_all(now: datetime, limit: int = 2000) -> int:
    """Seal whatever is committed now, a transaction a batch."""
    total = 0
    while sealed := seal_pending(now, limit):
        total += sealed
    return total


def verify(now: datetime | None = None, *, expected: tuple[int, bytes] | None = None) -> ChainReport:
    """Read the whole log and recompute the chain, a page in memory at a time.

    After a fault the walk goes on from the recorded hash, so that each fault is named and not all that follows it.
    `now` also finds events that wait too long for their seal; `expected` (number, hash noted earlier) finds a cut or
    rewritten end.
    """
    report, noted = ChainReport(), False
    for seq, event_id, recorded, event in store.all_sealed():
        whole = seq == report.seq + 1
        if not whole:
            report.note("gap", report.seq + 1)
        if event is None:
            report.note("missing", seq, event_id)
        elif whole and chain.link(report.head, payload(event)) != recorded:
            report.note("altered", seq, event_id)
        report.count, report.seq, report.head = report.count + 1, seq, recorded
        noted = noted or (seq, recorded) == expected
    if expected is not None and expected[0] > 0 and not noted:
        report.note("head", expected[0])
    _check_queue(report, now)
    return report


def _check_queue(report: ChainReport, now: datetime | None) -> None:
    for event in store.neither_sealed_nor_pending(SHOWN):
        report.note("outside", event=event)
    for event in store.pending_without_event(SHOWN):
        report.note("lost", event=event)
    for event in store.pending_before(now - UNSEALED_TOO_LONG, SHOWN) if now else ():
        report.note("waiting", event=event)
