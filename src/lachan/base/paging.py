"""Keyset paging: a page starts after the last row of the page before, so depth costs nothing."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from django.core import signing
from django.db.models import Field, Model, Q, QuerySet

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


def by_keys(rows: QuerySet[M], order: Sequence[str], cursor: str, *, size: int = SIZE) -> Page[M]:
    """In an order of several columns ("-result", "due_at", "id"), none of them null and the last one unique.

    The cursor says where the last row stood, so that it may change or go meanwhile. It is signed with its order: one
    that is made up, or of another order, counts as none.
    """
    condition = behind(rows, order, cursor)
    found: list[Any] = list(rows.filter(condition).order_by(*order)[: size + 1])
    more = len(found) > size
    found = found[:size]
    return Page(found, _cursor(found[-1], order) if more else "", not condition)


def behind(rows: QuerySet[Any], order: Sequence[str], cursor: str) -> Q:
    """True of the rows that stand after the cursor; of all without a sound one. The bound on the first column stands
    alone, so that an index is entered there."""
    after = _values(rows, order, cursor)
    if after is None:
        return Q()
    steps, same = Q(), Q()
    for name, value in zip(order, after, strict=True):
        column, way = name.lstrip("-"), "lt" if name.startswith("-") else "gt"
        steps |= same & Q(**{f"{column}__{way}": value})
        same &= Q(**{column: value})
    first, way = order[0].lstrip("-"), "lte" if order[0].startswith("-") else "gte"
    return Q(**{f"{first}__{way}": after[0]}) & steps


def _cursor(row: Any, order: Sequence[str]) -> str:
    values = [getattr(row, name.lstrip("-")) for name in order]
    return signing.dumps(
        [one if isinstance(one, int | str) else _text(one) for one in values], salt=_salt(order)
    )


def _text(value: Any) -> str:
    return str(value.isoformat() if hasattr(value, "isoformat") else value)


def _salt(order: Sequence[str]) -> str:
    return f"lachan.page:{','.join(order)}"


def _values(rows: QuerySet[Any], order: Sequence[str], cursor: str) -> list[Any] | None:
    """What the cursor holds, as the columns have it; None without a sound one."""
    try:
        texts = signing.loads(cursor, salt=_salt(order))
    except signing.BadSignature:
        return None
    return [_field(rows, name.lstrip("-")).to_python(text) for name, text in zip(order, texts, strict=True)]


def _field(rows: QuerySet[Any], name: str) -> Field[Any, Any]:
    known = rows.query.annotations.get(name)
    field: Field[Any, Any] = known.output_field if known is not None else rows.model._meta.get_field(name)
    return field
