"""Opening one declaration: inside the reader's jurisdiction or not at all, and never without leaving a trace."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from lachan.base.scope import Scope
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.selectors.entries import visible
from lachan.gate.declarations.selectors.payload import Payload, opened
from lachan.gate.declarations.services.requests import sealed_row
from lachan.registry.audit import services as audit


@dataclass(frozen=True, slots=True)
class Opened:
    """`declaration` and `payload` are None after an erasure."""

    entry: Entry
    declaration: Declaration | None
    payload: Payload | None


def entry_in(scope: Scope, entry: UUID) -> Entry | None:
    """The entry if the scope has a right to see it."""
    return visible(scope).filter(pk=entry).first()


def open_entry(user: Any, scope: Scope, entry: UUID, now: datetime, why: str = "") -> Opened | None:
    """Decrypt a declaration for a reader whose scope covers it; None where it doesn't. The read is recorded first."""
    row = entry_in(scope, entry)
    if row is None:
        return None
    audit.read_record(
        user, "declaration", row.declaration, row.residence or row.declared, now, why or side_of(scope, row)
    )
    declaration = sealed_row(row)
    return Opened(row, declaration, opened(declaration, now) if declaration else None)


def side_of(scope: Scope, row: Entry) -> str:
    """By which right the scope sees it: residence, declared or destination."""
    sides = (("residence", row.residence), ("declared", row.declared), ("destination", row.destination))
    return next((side for side, path in sides if path and scope.covers(path)), "")
