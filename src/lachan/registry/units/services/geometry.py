"""A province's own outlines from GeoJSON. Every feature that isn't taken is in the report, with its reason."""

from __future__ import annotations

import json
import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction

from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.units import tree
from lachan.registry.units.models import Geometry, Unit

MOST_BYTES = 40 * 1024 * 1024
MOST_FEATURES = 20_000
MOST_POSITIONS = 100_000  # in one feature
WEST, EAST, SOUTH, NORTH = 101.0, 118.0, 5.0, 24.0  # Vietnam with Hoàng Sa and Trường Sa
KINDS = ("official", "approx_power_diagram", "reference")
CODE_PROPERTIES = ("ward_code", "code", "district_code", "province_code", "ma", "ma_xa", "maxa", "GSO")


@dataclass(frozen=True, slots=True)
class RefusedFeature:
    """`number`: the feature's place in the file, from 1; `code`: what it said about itself; `reason`: a code."""

    number: int
    code: str
    reason: str


@dataclass(slots=True)
class GeometryReport:
    """What an import did."""

    taken: int = 0
    refused: list[RefusedFeature] = field(default_factory=list)


def import_geometry(
    data: bytes,
    *,
    structure: str | None = None,
    level: int = Unit.Level.COMMUNE,
    property_name: str = "",
    kind: str = "",
    source: str,
    scope: Scope | None = None,
    by: Any = None,
    now: datetime,
) -> GeometryReport:
    """Take the outlines of a FeatureCollection. Features match units by code; `kind` "" takes each feature's own
    `boundary_kind`, else "reference". Units outside `scope` are refused one by one.

    Raises InvalidInput: too_large, malformed, geo_not_collection, too_many, geo_source_empty, geo_no_code.
    """
    source = clean_line(source, 200)
    if not source:
        raise InvalidInput("geo_source_empty", field="source")
    features = _features(data)
    name = property_name or _find_property(features, level)
    units = _by_code(structure or settings.STRUCTURE, level)
    report = GeometryReport()
    rows: dict[str, Geometry] = {}
    for number, feature in enumerate(features, start=1):
        code = _code(feature, name, level)
        try:
            unit = _unit(units, code, rows, scope)
            rows[unit.path] = _row(unit, feature, kind, source, now)
        except InvalidInput as error:
            report.refused.append(RefusedFeature(number, code, error.code))
    report.taken = len(rows)
    _write(rows, report, structure or settings.STRUCTURE, by, now)
    return report


def _features(data: bytes) -> list[Any]:
    if len(data) > MOST_BYTES:
        raise InvalidInput("too_large")
    try:
        collection = json.loads(data)
    except (ValueError, RecursionError):
        raise InvalidInput("malformed") from None
    features = collection.get("features") if isinstance(collection, dict) else None
    if not isinstance(features, list) or collection.get("type") != "FeatureCollection":
        raise InvalidInput("geo_not_collection")
    if len(features) > MOST_FEATURES:
        raise InvalidInput("too_many", max=MOST_FEATURES)
    return features


def _properties(feature: Any) -> dict[str, Any]:
    properties = feature.get("properties") if isinstance(feature, dict) else None
    return properties if isinstance(properties, dict) else {}


def _find_property(features: list[Any], level: int) -> str:
    wanted = {1: ("province_code",), 2: ("district_code",)}.get(level, ()) + CODE_PROPERTIES
    names = set(_properties(features[0])) if features else set()
    for name in wanted:
        if name in names:
            return name
    raise InvalidInput("geo_no_code", field="property_name")


def _code(feature: Any, name: str, level: int) -> str:
    value = _properties(feature).get(name)
    if isinstance(value, bool) or not isinstance(value, str | int):
        return ""
    return str(value).strip()[:20].zfill({1: 2, 2: 3}.get(level, 5))


def _by_code(structure: str, level: int) -> dict[str, Unit]:
    return {
        entry.unit.code: entry.unit
        for entry in tree.current().index(structure).entries
        if entry.unit.level == level
    }


def _unit(units: dict[str, Unit], code: str, taken: dict[str, Geometry], scope: Scope | None) -> Unit:
    unit = units.get(code)
    if unit is None:
        raise InvalidInput("geo_unit_unknown")
    if scope is not None and not scope.covers(unit.path):
        raise InvalidInput("unit_out_of_scope")
    if unit.path in taken:
        raise InvalidInput("geo_unit_twice")
    return unit


def _row(unit: Unit, feature: Any, kind: str, source: str, now: datetime) -> Geometry:
    geometry: Any = feature.get("geometry") if isinstance(feature, dict) else None
    check_geometry(geometry)
    own = _properties(feature).get("boundary_kind")
    told = kind or (own if own in KINDS else "reference")
    text = json.dumps(
        {"type": geometry["type"], "coordinates": geometry["coordinates"]}, separators=(",", ":")
    )
    return Geometry(unit=unit, kind=told, source=source, geojson=text, imported_at=now)


def check_geometry(geometry: Any) -> None:
    """A polygon or several, each ring closed, of at least four positions, with an area, inside Vietnam's bounds.

    Raises InvalidInput: geo_type, geo_ring, geo_position, geo_outside, geo_flat, too_many.
    """
    count = 0
    for ring in _rings(geometry):
        count += len(ring)
        if count > MOST_POSITIONS:
            raise InvalidInput("too_many", max=MOST_POSITIONS)
        _check_ring(ring)
    if not count:
        raise InvalidInput("geo_type")


def _rings(geometry: Any) -> Iterator[list[Any]]:
    kind = geometry.get("type") if isinstance(geometry, dict) else None
    coordinates = geometry.get("coordinates") if isinstance(geometry, dict) else None
    if kind not in ("Polygon", "MultiPolygon") or not isinstance(coordinates, list):
        raise InvalidInput("geo_type")
    for polygon in [coordinates] if kind == "Polygon" else coordinates:
        if not isinstance(polygon, list) or not polygon:
            raise InvalidInput("geo_ring")
        for ring in polygon:
            if not isinstance(ring, list) or len(ring) < 4:
                raise InvalidInput("geo_ring")
            yield ring


def _check_ring(ring: list[Any]) -> None:
    area = 0.0
    previous = _position(ring[-1])
    if _position(ring[0]) != previous:
        raise InvalidInput("geo_ring")
    for item in ring:
        x, y = _position(item)
        area += previous[0] * y - x * previous[1]
        previous = x, y
    if abs(area) < 1e-12:
        raise InvalidInput("geo_flat")


def _position(item: Any) -> tuple[float, float]:
    if not isinstance(item, list) or not 2 <= len(item) <= 3:
        raise InvalidInput("geo_position")
    x, y = item[0], item[1]
    if (
        isinstance(x, bool)
        or isinstance(y, bool)
        or not (isinstance(x, int | float) and isinstance(y, int | float))
    ):
        raise InvalidInput("geo_position")
    if not (math.isfinite(x) and math.isfinite(y)):
        raise InvalidInput("geo_position")
    if not (WEST <= x <= EAST and SOUTH <= y <= NORTH):
        raise InvalidInput("geo_outside")
    return x, y


def _write(rows: dict[str, Geometry], report: GeometryReport, structure: str, by: Any, now: datetime) -> None:
    with transaction.atomic():
        Geometry.objects.bulk_create(
            rows.values(),
            batch_size=50,
            update_conflicts=True,
            unique_fields=["unit"],
            update_fields=["kind", "source", "geojson", "imported_at"],
        )
        counts = {"taken": report.taken, "refused": len(report.refused), "structure": structure}
        record("geometry.imported", actor=by, subject_kind="units", data=counts, now=now)
