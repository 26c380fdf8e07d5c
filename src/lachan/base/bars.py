"""Stacked bars of an inline SVG as plain numbers: no script, no style attribute."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Part:
    """A stretch of a bar. `kind` names its colour."""

    kind: str
    y: float
    height: float


def stacked(values: Iterable[tuple[str, int]], most: int, height: float) -> tuple[Part, ...]:
    """The parts of one bar from the ground up; together they take their share of `most`, which is the whole height."""
    parts, top = [], height
    for kind, value in values:
        if value and most:
            share = height * value / most
            top -= share
            parts.append(Part(kind, round(top, 1), round(share, 1)))
    return tuple(parts)
