"""Outlines as GeoJSON: read, measured, and asked whether a point lies within. Longitude first, in degrees."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator, Sequence
from itertools import pairwise
from typing import Any

from lachan.kernel.errors import InvalidInput

MOST_POINTS = 5_000
MOST_BYTES = 1_000_000
WEST, EAST, SOUTH, NORTH = 101.0, 118.0, 5.0, 24.0  # Vietnam with Hoàng Sa and Trường Sa
Ring = list[tuple[float, float]]


def read(text: str) -> dict[str, Any]:
    """A Polygon or MultiPolygon from GeoJSON that someone pasted: a geometry, a Feature, or a collection with one.

    Raises InvalidInput: `outline_unreadable`, `outline_kind`, `outline_ring`, `outline_outside`, `outline_too_long`.
    """
    if len(text) > MOST_BYTES:
        raise InvalidInput("outline_too_long")
    try:
        found = json.loads(text, parse_constant=_refuse)
    except (ValueError, RecursionError):
        raise InvalidInput("outline_unreadable") from None
    return clean(found)


def _refuse(name: str) -> float:
    raise ValueError(name)


def clean(found: Any) -> dict[str, Any]:
    """The same of what is parsed already: rings closed, numbers plain, nothing else kept."""
    geometry = _geometry(found)
    polygons = [geometry["coordinates"]] if geometry["type"] == "Polygon" else geometry["coordinates"]
    if not isinstance(polygons, list) or not polygons:
        raise InvalidInput("outline_ring")
    cleaned = [[_ring(ring) for ring in _list(polygon)] for polygon in polygons]
    if sum(len(ring) for polygon in cleaned for ring in polygon) > MOST_POINTS:
        raise InvalidInput("outline_too_long")
    if any(not polygon for polygon in cleaned):
        raise InvalidInput("outline_ring")
    if len(cleaned) == 1:
        return {"type": "Polygon", "coordinates": cleaned[0]}
    return {"type": "MultiPolygon", "coordinates": cleaned}


def _geometry(found: Any) -> dict[str, Any]:
    for _step in range(4):
        if not isinstance(found, dict):
            raise InvalidInput("outline_kind")
        kind = found.get("type")
        if kind in ("Polygon", "MultiPolygon") and "coordinates" in found:
            return found
        features = found.get("features") if kind == "FeatureCollection" else None
        if isinstance(features, list) and len(features) == 1:
            found = features[0]
        elif kind == "Feature":
            found = found.get("geometry")
        else:
            break
    raise InvalidInput("outline_kind")


def _list(value: Any) -> list[Any]:
    if not isinstance(value, list):
        raise InvalidInput("outline_ring")
    return value


def _ring(raw: Any) -> list[list[float]]:
    points = [_point(one) for one in _list(raw)]
    if points and points[0] != points[-1]:
        points.append(points[0])
    if len(points) < 4 or abs(_area([(x, y) for x, y in points])) < 1e-12:
        raise InvalidInput("outline_ring")
    return points


def _point(raw: Any) -> list[float]:
    if not isinstance(raw, list) or len(raw) < 2:
        raise InvalidInput("outline_ring")
    pair = raw[:2]
    if not all(
        isinstance(one, int | float) and not isinstance(one, bool) and math.isfinite(one) for one in pair
    ):
        raise InvalidInput("outline_ring")
    longitude, latitude = (round(float(one), 6) for one in pair)
    if not (WEST <= longitude <= EAST and SOUTH <= latitude <= NORTH):
        raise InvalidInput("outline_outside")
    return [longitude, latitude]


def _area(ring: Sequence[tuple[float, float]]) -> float:
    return sum(x1 * y2 - x2 * y1 for (x1, y1), (x2, y2) in pairwise(ring)) / 2


def polygons(outline: dict[str, Any]) -> Iterator[list[Ring]]:
    """Each polygon as its rings, the outer one first."""
    coordinates = outline["coordinates"]
    for polygon in [coordinates] if outline["type"] == "Polygon" else coordinates:
        yield [[(point[0], point[1]) for point in ring] for ring in polygon]


def holds(outline: dict[str, Any], latitude: float, longitude: float) -> bool:
    """Whether a point lies within, holes left out. On the edge counts as one or the other, never both of two
    polygons that share it."""
    return any(
        _inside(rings[0], latitude, longitude)
        and not any(_inside(hole, latitude, longitude) for hole in rings[1:])
        for rings in polygons(outline)
    )


def _inside(ring: Ring, y: float, x: float) -> bool:
    inside = False
    for (x1, y1), (x2, y2) in pairwise(ring):
        if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
            inside = not inside
    return inside


def bounds(outline: dict[str, Any]) -> tuple[float, float, float, float]:
    """West, south, east, north."""
    points = [point for rings in polygons(outline) for point in rings[0]]
    xs, ys = [point[0] for point in points], [point[1] for point in points]
    return min(xs), min(ys), max(xs), max(ys)
