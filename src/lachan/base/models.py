"""What every app builds on: identifiers, sealed values, and the data key of each period."""

from __future__ import annotations

from typing import Any

from django.db import models

from lachan.base import keys
from lachan.kernel.ids import uuid7


class PathField(models.CharField[str, str]):
    """A place in the administrative tree, `56/568/22327/`: compared byte by byte, so that a range is a subtree.

    PostgreSQL gets the C collation; SQLite compares bytes as it is.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("max_length", 40)
        super().__init__(*args, **kwargs)

    def db_type(self, connection: Any) -> str | None:
        kind = super().db_type(connection)
        return f'{kind} COLLATE "C"' if connection.vendor == "postgresql" else kind


class SealedText(models.BinaryField[Any, Any]):
    """Text that is encrypted in the row under the installation's ring; reads and writes as `str`.

    The table and column are bound in as associated data, so a value can't be moved to another column.
    """

    def _aad(self) -> bytes:
        return f"{self.model._meta.db_table}.{self.attname}".encode()

    def get_prep_value(self, value: Any) -> Any:
        if value is None or isinstance(value, bytes | memoryview):
            return value
        return keys.keyring().seal(str(value).encode(), self._aad()) if value != "" else b""

    def get_db_prep_value(self, value: Any, connection: Any, prepared: bool = False) -> Any:
        if isinstance(value, str):
            value = self.get_prep_value(value)
        return super().get_db_prep_value(value, connection, prepared)

    def from_db_value(self, value: Any, expression: Any, connection: Any) -> str | None:
        if value is None:
            return None
        raw = bytes(value)
        return keys.keyring().open(raw, self._aad()).decode() if raw else ""

    def to_python(self, value: Any) -> Any:
        return value


class TimeOrdered(models.Model):
    """A row whose primary key is a UUIDv7, made by whoever first writes it."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)

    class Meta:
        abstract = True


class PeriodKey(models.Model):
    """The wrapped data key of one period (a month). Deleting the row makes the period's payloads unreadable for good."""

    period = models.CharField(max_length=7, primary_key=True)
    wrapped = models.BinaryField()
    created_at = models.DateTimeField()
