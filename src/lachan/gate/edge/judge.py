"""What a batch is to a log as it stands: its continuation, a repetition, a gap, or another story. Pure."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import Enum

from lachan.gate.edge.rows import Ready, State
from lachan.kernel.scanlog import GENESIS


class Said(Enum):
    """TAKEN also stands for what was there already: the device may go on."""

    TAKEN = "taken"
    GAP = "gap"
    FORK = "fork"


@dataclass(frozen=True, slots=True)
class Verdict:
    """`next` and `head`: how far the log has come. `taken`: scans that this very batch brought."""

    said: Said
    next: int
    head: bytes
    taken: int = 0


@dataclass(frozen=True, slots=True)
class Continues:
    """Lines from `first` on are new."""

    first: int


def judge(batch: Ready, state: State | None, digest: Callable[[int], bytes | None]) -> Verdict | Continues:
    """`digest(seq)`: the chain's head after a stored line, None where no row stands under that number."""
    if state is None or state.device != batch.device.hex:
        return Verdict(Said.FORK, 1, GENESIS)  # not this device's log, or one that a restored copy forgot
    if batch.first > state.next:
        return Verdict(Said.FORK if state.closed else Said.GAP, state.next, state.head)
    if batch.last < state.next - 1:
        return _all_before(batch, state, digest(batch.last))
    if batch.head_after(state.next - 1) != state.head:
        return Verdict(Said.FORK, state.next, state.head)
    if batch.last == state.next - 1:
        return Verdict(Said.TAKEN, state.next, state.head)
    return Verdict(Said.FORK, state.next, state.head) if state.closed else Continues(state.next)


def _all_before(batch: Ready, state: State, standing: bytes | None) -> Verdict:
    """A repetition of what the log has long had: the same head after its last line means the same lines.

    A line whose scan stood already, in another log, has no row under its number; then the log's own head is told, which
    the device holds against its own.
    """
    if standing is None:
        return Verdict(Said.TAKEN, state.next, state.head)
    if standing != batch.heads[-1]:
        return Verdict(Said.FORK, state.next, state.head)
    return Verdict(Said.TAKEN, batch.last + 1, standing)
