"""What is moved: every table, its columns, and what a value of each means whichever store it was read from."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import partial
from graphlib import TopologicalSorter
from typing import Any
from uuid import UUID

import msgspec
from django.apps import apps
from django.db import models

Row = tuple[Any, ...]
Reader = Callable[[Any], Any]
_packed = msgspec.msgpack.Encoder().encode
_SPACE = 1 << 256


@dataclass(frozen=True, slots=True)
class Table:
    """`kinds`: of each column Django's name of the type that is stored, a foreign key's being that of its target."""

    name: str
    columns: tuple[str, ...]
    kinds: tuple[str, ...]
    model: type[models.Model]

    @property
    def readers(self) -> tuple[Reader, ...]:
        return tuple(READERS.get(kind, _same) for kind in self.kinds)


def tables() -> list[Table]:
    """Every table of the installation, each after those that its foreign keys point to."""
    found = {
        model._meta.db_table: model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    }
    order: TopologicalSorter[str] = TopologicalSorter(
        {name: sorted(_targets(model) - {name}) for name, model in sorted(found.items())}
    )
    return [_table(found[name]) for name in order.static_order()]


def _targets(model: type[models.Model]) -> set[str]:
    fields = model._meta.concrete_fields
    return {field.related_model._meta.db_table for field in fields if field.is_relation}  # type: ignore[union-attr]


def _table(model: type[models.Model]) -> Table:
    fields = model._meta.concrete_fields
    columns = tuple(str(field.column) for field in fields)
    return Table(model._meta.db_table, columns, tuple(_kind(field) for field in fields), model)


def _kind(field: Any) -> str:
    while field.is_relation:
        field = field.target_field
    return str(field.get_internal_type())


def _same(value: Any) -> Any:
    return value


def _uuid(value: Any) -> UUID:
    """SQLite keeps 32 hexadecimal digits."""
    return value if isinstance(value, UUID) else UUID(hex=value)


def _moment(value: Any) -> datetime:
    """In UTC. SQLite keeps text in UTC, which its reader has already made a time, or hasn't."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(value)
    return read.replace(tzinfo=UTC) if read.tzinfo is None else read.astimezone(UTC)


def _day(value: Any) -> date:
    return value if isinstance(value, date) else date.fromisoformat(value)


def _decimal(value: Any) -> Decimal:
    """SQLite keeps a number: 37 for 37.0."""
    return Decimal(str(value)).normalize()


def _json(value: Any) -> str:
    """The same text for the same content: PostgreSQL keeps neither the order of keys nor the writing of numbers."""
    content = json.loads(value, parse_float=_number) if isinstance(value, str) else value
    return json.dumps(content, ensure_ascii=False, sort_keys=True)


def _number(text: str) -> int | float:
    value = float(text)
    return int(value) if value.is_integer() else value


def _unless_null(read: Reader, value: Any) -> Any:
    return None if value is None else read(value)


_READ: dict[str, Reader] = {
    "UUIDField": _uuid,
    "DateTimeField": _moment,
    "DateField": _day,
    "BooleanField": bool,
    "BinaryField": bytes,
    "DecimalField": _decimal,
    "FloatField": float,
    "JSONField": _json,
}
READERS: dict[str, Reader] = {kind: partial(_unless_null, reader) for kind, reader in _READ.items()}


class Tally:
    """Counts rows, and a digest of them that doesn't depend on their order: the sum of the rows' SHA-256."""

    def __init__(self) -> None:
        self.rows = 0
        self._sum = 0

    def add(self, row: Row) -> int:
        """Returns the row's size in bytes, about."""
        packed = _packed(row)
        self.rows += 1
        self._sum = (self._sum + int.from_bytes(hashlib.sha256(packed).digest())) % _SPACE
        return len(packed)

    @property
    def digest(self) -> str:
        return f"{self._sum:064x}"


def read(table: Table, rows: Iterator[Sequence[Any]]) -> Iterator[Row]:
    """Rows as Python values that are the same from either store."""
    readers = table.readers
    for row in rows:
        yield tuple(reader(value) for reader, value in zip(readers, row, strict=True))
