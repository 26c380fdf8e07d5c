"""Keyset paging: a page starts after the last row of the page before, so depth costs nothing."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.db.models import Model, QuerySet

M = TypeVar("M", bound=Model)
SIZE = 50


@dataclass(frozen=True, slots=True)
class Page(Generic[M]):
    rows: list[M]
    next: str  # cursor of the next page, empty on the last one
    first: bool


def by_id(rows: QuerySet[M], cursor: str, *, size: int = SIZE) -> Page[M]:
    """Newest first by a UUIDv7 primary key. A cursor that isn't an id counts as none."""
    before = parse_cursor(cursor)
    query = rows.order_by("-pk")
    if before is not None:
        query = query.filter(pk__lt=before)
    found: list[Any] = list(query[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, str(found[-1].pk) if more else "", before is None)


def parse_cursor(cursor: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(cursor)
    except (ValueError, AttributeError, TypeError):
        return None
