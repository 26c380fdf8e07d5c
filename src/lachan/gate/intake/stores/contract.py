"""What the writer asks of a store."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from enum import IntEnum
from typing import NamedTuple, Protocol
from uuid import UUID

from lachan.gate.declarations.prepare import Prepared


class Kept(IntEnum):
    """What became of a declaration."""

    CREATED = 201
    SAME = 200
    CONFLICT = 409
    REFUSED = 422  # the database refuses this very row; its neighbours are written


class Outcome(NamedTuple):
    """`result` and `recorded_at` are those of the row that stands, when it was there before (SAME)."""

    kept: Kept
    result: int = 0
    recorded_at: datetime | None = None


CREATED = Outcome(Kept.CREATED)
CONFLICT = Outcome(Kept.CONFLICT)
REFUSED = Outcome(Kept.REFUSED)


class Unavailable(RuntimeError):
    """The store can't write now: disk full, read-only, unreachable, locked for long. `reason` is a short word."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


class BadRow(RuntimeError):
    """The database refused the content of a group; nothing of it was written."""


class Store(Protocol):
    """Used by one thread only. `open` is called in it first, and again after every Unavailable."""

    def open(self) -> None: ...

    def write(self, group: Sequence[Prepared]) -> list[Outcome]:
        """Write in one durable transaction, in order; returns after COMMIT. Raises Unavailable or BadRow."""
        ...

    def find(self, id: UUID, digest: bytes) -> Outcome | None:
        """What stands under an id: SAME, CONFLICT or None. Raises Unavailable."""
        ...

    def idle(self) -> None:
        """Called between groups: housekeeping that must not delay a writer."""
        ...

    def close(self) -> None: ...


def settle(
    group: Sequence[Prepared], standing: dict[UUID, tuple[bytes, Outcome]]
) -> tuple[list[Prepared], list[Outcome]]:
    """(rows still to be written, outcomes in order) given what stands already: {id: (digest, SAME outcome)}.

    An id twice in one group: the first is written, the second is a retry of it or a conflict.
    """
    fresh: list[Prepared] = []
    outcomes: list[Outcome] = []
    for one in group:
        before = standing.get(one.id)
        if before is None:
            fresh.append(one)
            outcomes.append(CREATED)
            standing[one.id] = (one.digest, Outcome(Kept.SAME, one.declaration[11], one.declaration[15]))
        else:
            outcomes.append(before[1] if before[0] == one.digest else CONFLICT)
    return fresh, outcomes
