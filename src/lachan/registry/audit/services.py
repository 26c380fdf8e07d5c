"""Appending events. Every write of any app calls `record` in its own transaction."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.base import bulk
from lachan.kernel.redact import redact
from lachan.registry.audit.models import Event, PendingSeal
from lachan.registry.audit.rows import (
    EVENT_COLUMNS,
    EVENT_TABLE,
    PENDING_COLUMNS,
    PENDING_TABLE,
    EventRow,
    event_row,
)

KIND = re.compile(r"[a-z_]{1,30}(\.[a-z_]{1,28})+")
CODE_KEYS = frozenset(
    {"code", "place", "place_code"}
)  # eight characters that may look like a passport number


class NotAtomic(RuntimeError):
    """`record` outside a transaction: the write and its event could part."""


class PersonalData(ValueError):
    """An event's data looks like a citizen id, a phone number or the like. Names the key, never the value."""


def record(
    kind: str,
    *,
    now: datetime,
    actor: Any = None,
    subject_kind: str = "",
    subject: UUID | bytes | None = None,
    unit: str = "",
    data: Mapping[str, Any] | None = None,
    written: bytes | None = None,
) -> Event:
    """Append one event and queue it for sealing. `actor`: an account or its id; None is a citizen or the system.

    Raises NotAtomic outside a transaction, PersonalData, or ValueError for a kind that isn't `thing.verb`.
    """
    _require_atomic()
    if KIND.fullmatch(kind) is None:
        raise ValueError(f"an event's kind is thing.verb, not {kind!r}")
    refuse_personal(data or {})
    row = event_row(
        kind,
        now=now,
        actor=_id(getattr(actor, "pk", actor)),
        subject_kind=subject_kind,
        subject=_id(subject),
        unit=unit,
        data=data,
        written=written,
    )
    event = Event(**row._asdict())
    event.save(force_insert=True)
    PendingSeal(event=event.pk).save(force_insert=True)
    return event


def record_rows(rows: Iterable[EventRow]) -> int:
    """Append many events at once (an import of 5,000 places). The same refusals as `record`; returns how many."""
    _require_atomic()
    events = list(rows)
    for row in events:
        refuse_personal_text(row.data)
    bulk.insert(EVENT_TABLE, EVENT_COLUMNS, events)
    return bulk.insert(PENDING_TABLE, PENDING_COLUMNS, ((row.id,) for row in events))


def read_record(
    user: Any, subject_kind: str, subject: UUID | bytes | None, unit: str, now: datetime, why: str = ""
) -> Event:
    """Note that an account read a person's record (kind `person.read`, `declaration.read`). Opens its own transaction.

    `why` is one of the caller's reason codes; free text that looks like personal data is refused.
    """
    with transaction.atomic():
        return record(
            f"{subject_kind}.read",
            actor=user,
            subject_kind=subject_kind,
            subject=subject,
            unit=unit,
            data={"why": why} if why else {},
            now=now,
        )


def _require_atomic() -> None:
    if not transaction.get_connection().in_atomic_block:
        raise NotAtomic("an event is recorded in the transaction of the write that it tells of")


def _id(value: UUID | bytes | None) -> UUID | None:
    """A subject may be an alias: 16 bytes count as an id."""
    return UUID(bytes=bytes(value)) if isinstance(value, bytes | memoryview) else value


def refuse_personal(data: Mapping[str, Any]) -> None:
    """Raises PersonalData when a value (or a key) looks like a number of a person."""
    for key, text in _texts("", data):
        if redact(text) != text and not (len(text) == 8 and key in CODE_KEYS):
            raise PersonalData(f"personal data in an event, under {redact(key)!r}")


def refuse_personal_text(data: str) -> None:
    """The same for data that is JSON already: read whole first, parsed only when something is found."""
    if redact(data) != data:
        import json

        refuse_personal(json.loads(data))


def _texts(key: str, value: Any) -> Iterator[tuple[str, str]]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield "key", str(name)
            yield from _texts(str(name), inner)
    elif isinstance(value, list | tuple | set | frozenset):
        for inner in value:
            yield from _texts(key, inner)
    elif value is not None and not isinstance(value, bool):
        yield key, str(value)
