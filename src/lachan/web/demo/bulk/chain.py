"""What stands behind a declaration besides its two rows: its sealed event, the kept counts, the follow-up queue."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from hashlib import sha256
from uuid import UUID

from lachan.gate.declarations.consumers.counters import COLUMNS
from lachan.gate.declarations.models import Result
from lachan.gate.declarations.prepare.make import RECEIVED
from lachan.kernel import chain
from lachan.registry.audit import consumers, store
from lachan.registry.audit.models import Cursor
from lachan.registry.audit.rows import EVENT_COLUMNS, EVENT_TABLE, EventRow, for_sqlite, payload
from lachan.web.demo.bulk import tables
from lachan.web.demo.bulk.tables import Row

TABLES = (EVENT_TABLE, "audit_eventseal")
SEAL = ("seq", "event", "hash", "sealed_at")


class Counted:
    """Goes through the declarations in order, seals their events and counts them."""

    def __init__(self) -> None:
        self._seq, self._hash = store.head() or (0, chain.GENESIS)
        self._places = Counter[tuple[str, str, int]]()
        self._units = Counter[tuple[str, str, int]]()
        self._last: dict[tuple[str, str], str] = {}

    def seal(self, some: list[tuple[Row, Row]]) -> int:
        """Write the events and seals of these declarations. Returns how many rows it wrote."""
        events, seals = [], []
        for declaration, entry in some:
            event = _event(declaration, entry)
            self._seq, self._hash = self._seq + 1, chain.link(self._hash, payload(event))
            row = for_sqlite(event)
            events.append(row)
            seals.append((self._seq, row[0], self._hash, row[-1]))
        tables.insert(EVENT_TABLE, EVENT_COLUMNS, events)
        tables.insert(TABLES[1], SEAL, seals)
        return len(events) + len(seals)

    def count(self, some: list[tuple[Row, Row]], day: str) -> None:
        """Count these declarations of one day (of Vietnam) by place and by commune. Writes nothing yet."""
        for _, entry in some:
            place, unit, result = entry[12], entry[10] or entry[9], entry[13]
            if place:
                self._places[place, day, result] += 1
                self._last[place, day] = entry[17]
            self._units[unit, day, result] += 1

    def write(self) -> None:
        """The kept counts, and every consumer's cursor at the end of what was sealed here."""
        names = tuple(COLUMNS.values())
        places = [(*key, *numbers, self._last[key]) for key, numbers in _by_result(self._places).items()]
        units = [(*key, *numbers) for key, numbers in _by_result(self._units).items()]
        with tables.chunk():
            tables.insert("declarations_placeday", ("place", "day", *names, "last_at"), places)
            tables.insert("declarations_unitday", ("unit", "day", *names), units)
            for one in consumers.registered():
                Cursor.objects.update_or_create(consumer=one.name, defaults={"seq": self._seq})


def _by_result(counted: Counter[tuple[str, str, int]]) -> dict[tuple[str, str], list[int]]:
    """Of each (place or unit, day): green, attention, stop."""
    found: dict[tuple[str, str], list[int]] = {}
    for (where, day, result), number in counted.items():
        found.setdefault((where, day), [0] * len(Result))[result] = number
    return found


def _event(declaration: Row, entry: Row) -> EventRow:
    """As prepare makes it: under the entry's id, about the declaration."""
    where = declaration[5] or entry[9]
    at = datetime.fromisoformat(declaration[15]).replace(tzinfo=UTC)
    digest = sha256(declaration[9]).digest()
    data = f'{{"result":{declaration[11]}}}'
    return EventRow(
        UUID(hex=entry[0]), RECEIVED, None, "declaration", UUID(hex=declaration[0]), where, digest, data, at
    )
