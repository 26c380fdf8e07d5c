"""What a batch of scans becomes: its rows, and the step that its log takes, in a form that both stores take.

Ids are 32 hexadecimal digits and times text in UTC without an offset, as Django keeps them in SQLite; PostgreSQL reads
the same. A test compares the columns with the models.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

SCAN_TABLE = "checkpoints_scan"
SCAN_COLUMNS = (
    "id", "log", "seq", "digest", "device", "shift", "place", "unit", "direction", "how", "verified", "result", "reasons",
    "ruleset", "overridden", "outcome", "alias", "serial", "declaration", "vehicle", "role", "plate_index", "temperature",
    "count", "period", "payload", "flags", "occurred_at", "recorded_at",
)  # fmt: skip
LOG_TABLE = "checkpoints_devicelog"
DEVICE_TABLE = "checkpoints_device"
BATCH = "scan.batch"
ID = SCAN_COLUMNS.index("id")

Row = tuple[Any, ...]


class Step(NamedTuple):
    """How far a log goes on, with its event; `waiting` and `app` are None where the device's row stays as it is.

    `heard`: whether the device's row learns of it; once a minute is enough.
    """

    log: str
    device: str
    first: int
    before: bytes
    next: int
    head: bytes
    at: str
    event: str
    unit: str
    data: str
    heard: int
    waiting: int | None
    app: str | None


class State(NamedTuple):
    """What the province has of a log: `next` number expected and the head before it."""

    device: str
    next: int
    head: bytes
    closed: bool


@dataclass(slots=True)
class Ready:
    """A batch, its signature and chain proven, with a row a line. `heads[i]` is the chain's head after line i.

    `broken(i)` makes another row of line i, under an id of its own. `event`: the id that the batch's event will have.
    """

    log: UUID
    device: UUID
    first: int
    before: bytes
    heads: Sequence[bytes]
    rows: list[Row]
    unit: str
    event: UUID
    at: str
    recorded_at: datetime
    broken: Callable[[int], Row]
    heard: bool = False
    waiting: int | None = None
    app: str | None = None

    @property
    def last(self) -> int:
        return self.first + len(self.heads) - 1

    def head_after(self, seq: int) -> bytes:
        """The chain's head after a line of the batch, or after the one before it."""
        return self.before if seq < self.first else self.heads[seq - self.first]

    def step(self, first: int, count: int) -> Step:
        """The step from a line of the batch to its end; `count`: how many of its lines are new scans."""
        data = f'{{"count":{count},"first":{first},"last":{self.last},"log":"{self.log}"}}'
        return Step(
            self.log.hex, self.device.hex, first, self.head_after(first - 1), self.last + 1, self.heads[-1], self.at,
            self.event.hex, self.unit, data, int(self.heard), self.waiting, self.app,
        )  # fmt: skip
