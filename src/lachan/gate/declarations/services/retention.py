"""Taking away what has been kept long enough, by policies/retention.toml. Small transactions, each with its own event.

Append-only declarations aren't touched: a month's data key is deleted once its last declaration is too old, and what
it sealed can be read by nobody again. Backups hold that key too, so they have a term of their own.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import Exists, Model, OuterRef, Q, QuerySet

from lachan.base import period_keys
from lachan.base.keys import period_of
from lachan.base.models import PeriodKey
from lachan.gate.declarations.models import (
    DataRequest,
    Declaration,
    Entry,
    FollowUp,
    FollowUpNote,
    OneTimeCode,
    PaperForm,
)
from lachan.kernel import policies
from lachan.kernel.clock import local_day, ms_at
from lachan.kernel.ids import floor_of
from lachan.messaging.models import Message
from lachan.registry.audit import services as audit
from lachan.registry.people.models import Alias, Person
from lachan.registry.people.services import forget
from lachan.registry.places import services as places
from lachan.registry.places.models import PlaceImport

BATCH = 500
RUN, PURGED = "retention.run", "retention.purged"
KEPT_WHOLE = frozenset({"events", "read_audit"})
"""The log is a chain: its links aren't taken out one by one. They hold ids and digests only."""
NOT_STORED = frozenset({"scans"})
"""Whoever keeps rows of these takes them away by a step of its own: `register`, `register_blank`."""
ELSEWHERE = frozenset({"backups"})
"""Files, not rows: `lachan.web.ops.backup.prune`."""


def days(now: datetime) -> dict[str, int]:
    """How many days each kind of data is kept, by the entry in force."""
    kinds = policies.load("retention").at(local_day(now))["kinds"]
    return {name: int(kind["days"]) for name, kind in kinds.items()}


def purge(now: datetime, *, dry_run: bool = False) -> dict[str, int]:
    """Rows (months, for declarations) taken away by kind. With `dry_run` only counted. Leaves one `retention.run`."""
    kept = days(now)
    counts = {
        name: step(now - timedelta(days=kept[name]), now, dry_run)
        for name, step in STEPS.items()
        if name in kept
    }
    if not dry_run:
        with transaction.atomic():
            audit.record(RUN, data=counts, now=now)
    return counts


def _declarations(before: datetime, now: datetime, dry_run: bool) -> int:
    months = [key.period for key in PeriodKey.objects.order_by("period") if _ended(key.period) <= before]
    if not dry_run:
        for month in months:
            with transaction.atomic():
                PeriodKey.objects.filter(period=month).delete()
                audit.record(PURGED, data={"kind": "declarations", "month": month}, now=now)
        period_keys.forget()
    texts: dict[str, bytes | None] = {"text": b"", "answer": b""}
    requests = DataRequest.objects.filter(decided_at__lt=before).exclude(text=b"", answer=b"")
    _blank("requests", requests, texts, now, dry_run)
    done = PaperForm.objects.filter(
        status__in=(PaperForm.Status.DONE, PaperForm.Status.VOID), created_at__lt=before
    )
    keyings: dict[str, bytes | None] = {"first": b"", "second": b""}
    _blank("paper", done.exclude(first=b"", second=b""), keyings, now, dry_run)
    return len(months)


def _ended(period: str) -> datetime:
    """The moment when a month was over."""
    year, month = int(period[:4]), int(period[5:7])
    return datetime(year + month // 12, month % 12 + 1, 1, tzinfo=UTC)


def _listing(before: datetime, now: datetime, dry_run: bool) -> int:
    """Entries, but none that someone still has to see to."""
    open_work = FollowUp.objects.filter(declaration=OuterRef("declaration"), open=True)
    waiting = DataRequest.objects.filter(
        declaration=OuterRef("declaration"), status=DataRequest.Status.WAITING
    )
    old = Entry.objects.filter(id__lt=floor_of(ms_at(before)))
    return _delete("listing", old.exclude(Exists(open_work)).exclude(Exists(waiting)), now, dry_run)


def _people(before: datetime, now: datetime, dry_run: bool) -> int:
    """Whole records, by the month of the last declaration: they go with its key. None that the list still names."""
    named = Alias.objects.filter(Exists(Entry.objects.filter(alias=OuterRef("alias"))), person=OuterRef("pk"))
    last = Q(last_period__lt=period_of(before.astimezone(UTC))) & ~Q(last_period="")
    unknown = Q(last_period="", updated_at__lt=before)
    old = Person.objects.filter(last | unknown, merged_into=None).exclude(Exists(named))
    for rows in _needed:
        alias = Alias.objects.filter(Exists(rows().filter(alias=OuterRef("alias"))), person=OuterRef("pk"))
        old = old.exclude(Exists(alias))
    return _batches("people", old, _forget, now, dry_run)


def _forget(some: QuerySet[Any]) -> int:
    return forget(some.values_list("pk", flat=True))


def _follow_up(before: datetime, now: datetime, dry_run: bool) -> int:
    notes = FollowUpNote.objects.filter(follow_up__open=False, made_at__lt=before).exclude(text=b"")
    return _blank("follow_up", notes, {"text": b""}, now, dry_run)


def _otp(before: datetime, now: datetime, dry_run: bool) -> int:
    _delete("messages", Message.objects.filter(purpose="one_time_code", created_at__lt=before), now, dry_run)
    return _delete("otp", OneTimeCode.objects.filter(created_at__lt=before), now, dry_run)


def _sessions(before: datetime, now: datetime, dry_run: bool) -> int:
    return _delete("sessions", Session.objects.filter(expire_date__lt=before), now, dry_run)


def _imports(before: datetime, now: datetime, dry_run: bool) -> int:
    """Reports of tables of places, with the refused rows; and at once what was uploaded and not applied in time."""
    _blank("uploads", places.abandoned(now), {"content": None}, now, dry_run)
    return _delete("imports", PlaceImport.objects.filter(made_at__lt=before), now, dry_run)


def _delete(kind: str, rows: QuerySet[Any], now: datetime, dry_run: bool) -> int:
    return _batches(kind, rows, lambda some: some.delete()[0], now, dry_run)


def _blank(
    kind: str, rows: QuerySet[Any], values: dict[str, bytes | None], now: datetime, dry_run: bool
) -> int:
    return _batches(kind, rows, lambda some: some.update(**values), now, dry_run)


def _batches(
    kind: str, rows: QuerySet[Any], act: Callable[[QuerySet[Any]], int], now: datetime, dry_run: bool
) -> int:
    """A transaction a batch, so that nobody who writes waits long behind it."""
    if dry_run:
        return rows.count()
    model: type[Model] = rows.model
    total = 0
    while some := list(rows.order_by("pk").values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            act(model._default_manager.filter(pk__in=some))
            audit.record(PURGED, data={"kind": kind, "rows": len(some)}, now=now)
        total += len(some)
    return total


def unreadable(declaration: Declaration) -> bool:
    """Whether the declaration's month has been purged: its answers can't be opened any more."""
    return not PeriodKey.objects.filter(period=declaration.period).exists()


STEPS: dict[str, Callable[[datetime, datetime, bool], int]] = {
    "declarations": _declarations,
    "listing": _listing,
    "people": _people,
    "follow_up": _follow_up,
    "otp": _otp,
    "sessions": _sessions,
    "imports": _imports,
}


_needed: list[Callable[[], QuerySet[Any]]] = []


def needs_person(rows: Callable[[], QuerySet[Any]]) -> None:
    """Let a floor above keep whole records: those of people named (by a column `alias`) in rows that aren't done with."""
    _needed.append(rows)


def register(kind: str, rows: Callable[[datetime], QuerySet[Any]]) -> None:
    """Let a floor above take its rows away too: `rows(before)` are those past the kind's term."""

    def step(before: datetime, now: datetime, dry_run: bool) -> int:
        return _delete(kind, rows(before), now, dry_run)

    STEPS[kind] = step


def register_blank(
    kind: str, rows: Callable[[datetime], QuerySet[Any]], values: dict[str, bytes | None]
) -> None:
    """The same where the row stays and only what tells whose it was goes: `values` by column."""

    def step(before: datetime, now: datetime, dry_run: bool) -> int:
        return _blank(kind, rows(before), values, now, dry_run)

    STEPS[kind] = step
