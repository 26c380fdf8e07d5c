"""A chain as a drawing: columns by level, lines for exposures. Numbers only; the template makes SVG of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

WIDE, HIGH, COLUMN, ROW, MARGIN = 205, 34, 275, 46, 12


@dataclass(frozen=True, slots=True)
class Box:
    """A node. Lengths in the drawing's own units."""

    x: int
    y: int
    level: str
    text: str
    url: str
    case: bool

    @property
    def middle(self) -> int:
        return self.y + HIGH // 2

    @property
    def right(self) -> int:
        return self.x + WIDE


@dataclass(frozen=True, slots=True)
class Line:
    """From the right side of a box to the left side of another, bent between."""

    path: str


@dataclass(frozen=True, slots=True)
class Drawing:
    width: int
    height: int
    boxes: tuple[Box, ...]
    lines: tuple[Line, ...]
    box_width: int = WIDE
    box_height: int = HIGH


def draw(nodes: Sequence[tuple[UUID, int, str, str]], steps: Sequence[tuple[UUID, UUID]]) -> Drawing:
    """Place nodes (id, level, text, address) column by column, each near those that it was reached from."""
    order = _ordered(nodes, steps)
    boxes: dict[UUID, Box] = {}
    heights: dict[int, int] = {}
    for id, level, text, url in order:
        row = heights.get(level, 0)
        heights[level] = row + 1
        boxes[id] = Box(MARGIN + level * COLUMN, MARGIN + row * ROW, f"F{level}", text, url, level == 0)
    lines = tuple(Line(_path(boxes[one], boxes[two])) for one, two in steps if one in boxes and two in boxes)
    deepest = max((level for _, level, _, _ in nodes), default=0)
    tallest = max(heights.values(), default=1)
    return Drawing(
        2 * MARGIN + deepest * COLUMN + WIDE, 2 * MARGIN + tallest * ROW, tuple(boxes.values()), lines
    )


def _ordered(
    nodes: Sequence[tuple[UUID, int, str, str]], steps: Sequence[tuple[UUID, UUID]]
) -> list[tuple[UUID, int, str, str]]:
    """By level; within one by the mean place of those before, so that lines cross little."""
    before: dict[UUID, list[UUID]] = {}
    for source, target in steps:
        before.setdefault(target, []).append(source)
    place: dict[UUID, float] = {}
    done: list[tuple[UUID, int, str, str]] = []
    for level in sorted({one[1] for one in nodes}):
        here = [one for one in nodes if one[1] == level]
        here.sort(key=lambda one: _mean([place[each] for each in before.get(one[0], ()) if each in place]))
        place |= {one[0]: float(number) for number, one in enumerate(here)}
        done += here
    return done


def _mean(places: list[float]) -> float:
    return sum(places) / len(places) if places else 0.0


def _path(one: Box, two: Box) -> str:
    if two.x > one.x:
        bend = (one.right + two.x) // 2
        return f"M{one.right} {one.middle} C{bend} {one.middle} {bend} {two.middle} {two.x} {two.middle}"
    side = max(one.right, two.right) + MARGIN * 2
    return f"M{one.right} {one.middle} C{side} {one.middle} {side} {two.middle} {two.right} {two.middle}"
