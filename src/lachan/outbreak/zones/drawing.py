"""A commune on paper: its outline, what lies in it, and how a point of the drawing is a point of the ground."""

from __future__ import annotations

import json
import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from lachan.kernel.errors import InvalidInput
from lachan.registry.households import outline as outlines
from lachan.registry.units.models import Unit
from lachan.registry.units.selectors import by_path, geometry_of

WIDTH, MARGIN = 800.0, 0.03


@dataclass(frozen=True, slots=True)
class Frame:
    """`west`, `north`: the degrees of the left upper corner; `across`, `down`: units of the drawing a degree."""

    west: float
    north: float
    across: float
    down: float
    height: float

    def point(self, longitude: float, latitude: float) -> tuple[float, float]:
        return round((longitude - self.west) * self.across, 1), round((self.north - latitude) * self.down, 1)

    def path(self, outline: dict[str, Any]) -> str:
        """The outline as the path of an SVG."""
        return " ".join(
            "M" + " L".join(f"{x} {y}" for x, y in (self.point(*one) for one in ring)) + "Z"
            for rings in outlines.polygons(outline)
            for ring in rings
        )


@dataclass(frozen=True, slots=True)
class Drawing:
    """`unit`: the path of the commune's own outline, "" where none was imported; `exact`: whether it is official."""

    frame: Frame
    unit: str
    exact: bool
    zones: tuple[tuple[str, str], ...]  # (name, path)
    dots: tuple[tuple[float, float], ...]


def outline_of(unit: str) -> dict[str, Any] | None:
    """The unit's outline as it was imported; None where there is none, or one that isn't of areas."""
    row = geometry_of(unit)
    if row is None:
        return None
    try:
        return outlines.clean(_thinned(json.loads(row.geojson)))
    except (InvalidInput, ValueError):
        return None


def _thinned(geometry: dict[str, Any]) -> dict[str, Any]:
    """Every so many-th point of a long outline: for a drawing, not for a decision."""
    many = [geometry["coordinates"]] if geometry.get("type") == "Polygon" else geometry.get("coordinates", [])
    total = sum(len(ring) for polygon in many for ring in polygon)
    step = max(1, math.ceil(total / 2000))
    kept = [[ring[::step] if len(ring) > 4 * step else ring for ring in polygon] for polygon in many]
    return {"type": "MultiPolygon", "coordinates": kept}


def draw(
    unit: str, zones: Iterable[tuple[str, dict[str, Any]]] = (), dots: Iterable[tuple[float, float]] = ()
) -> Drawing | None:
    """`dots`: (longitude, latitude). None where nothing tells where the unit lies."""
    own, others, points = outline_of(unit), list(zones), list(dots)
    bounds = _bounds(by_path(unit), own, [outline for _name, outline in others], points)
    if bounds is None:
        return None
    frame = _frame(*bounds)
    row = geometry_of(unit)
    return Drawing(
        frame,
        frame.path(own) if own else "",
        row is not None and row.kind == "official",
        tuple((name, frame.path(outline)) for name, outline in others),
        tuple(frame.point(*one) for one in points),
    )


def _bounds(
    unit: Unit | None,
    own: dict[str, Any] | None,
    others: list[dict[str, Any]],
    points: list[tuple[float, float]],
) -> tuple[float, float, float, float] | None:
    if own is not None:
        return outlines.bounds(own)
    boxes = [outlines.bounds(one) for one in others] + [(x, y, x, y) for x, y in points]
    if unit is not None and unit.latitude is not None and unit.longitude is not None:
        boxes.append(
            (unit.longitude - 0.02, unit.latitude - 0.02, unit.longitude + 0.02, unit.latitude + 0.02)
        )
    if not boxes:
        return None
    return (
        min(box[0] for box in boxes), min(box[1] for box in boxes),
        max(box[2] for box in boxes), max(box[3] for box in boxes),
    )  # fmt: skip


def _frame(west: float, south: float, east: float, north: float) -> Frame:
    """A degree of longitude is shorter than one of latitude by the cosine of the latitude."""
    wide, high = max(east - west, 0.005), max(north - south, 0.005)
    west, north, wide, high = west - wide * MARGIN, north + high * MARGIN, wide * (1 + 2 * MARGIN), high * (1 + 2 * MARGIN)  # fmt: skip
    across = WIDTH / wide
    down = across / math.cos(math.radians(north - high / 2))
    return Frame(west, north, across, down, round(high * down, 1))


def overlaps(unit: str, outline: dict[str, Any]) -> bool:
    """Whether an outline lies in the unit: some corner of it does, or the unit's first corner lies in it. True where the
    unit's own outline isn't known."""
    own = outline_of(unit)
    if own is None:
        return True
    corners = [point for rings in outlines.polygons(outline) for point in rings[0]]
    first = next(rings[0][0] for rings in outlines.polygons(own))
    return any(outlines.holds(own, y, x) for x, y in corners) or outlines.holds(outline, first[1], first[0])
