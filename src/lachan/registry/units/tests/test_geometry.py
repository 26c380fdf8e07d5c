from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.registry.units import services
from lachan.registry.units.models import Geometry
from lachan.registry.units.services.geometry import check_geometry
from lachan.registry.units.tests.conftest import NOW, shared_file

SQUARE = [[109.0, 12.0], [109.1, 12.0], [109.1, 12.1], [109.0, 12.0]]


def feature(code: Any, ring: Any = SQUARE, kind: str = "Polygon") -> dict[str, Any]:
    return {
        "type": "Feature",
        "properties": {"ward_code": code},
        "geometry": {"type": kind, "coordinates": [ring]},
    }


def collection(*features: Any) -> bytes:
    return json.dumps({"type": "FeatureCollection", "features": features}).encode()


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
def test_every_feature_that_is_not_taken_is_reported() -> None:
    data = collection(
        feature("22327"),
        feature("22327"),
        feature("99999"),
        feature(22330, SQUARE[:3]),
        feature(22330, [[9, 12], [9.1, 12], [9.1, 12.1], [9, 12]]),
        feature(22330, [[109, 12], [109.1, 12], [109.2, 12], [109, 12]]),
        feature(22330, SQUARE, "Point"),
        "no feature",
        feature(22330),
    )
    report = services.import_geometry(data, source="Sở Tài nguyên và Môi trường", now=NOW)
    assert report.taken == 2
    assert [(item.number, item.reason) for item in report.refused] == [
        (2, "geo_unit_twice"),
        (3, "geo_unit_unknown"),
        (4, "geo_ring"),
        (5, "geo_outside"),
        (6, "geo_flat"),
        (7, "geo_type"),
        (8, "geo_unit_unknown"),
    ]
    assert Geometry.objects.get(unit="56/568/22330/").kind == "reference"


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
def test_a_later_import_replaces_an_outline() -> None:
    for kind in ("approx_power_diagram", "official"):
        services.import_geometry(collection(feature("22327")), source="a", kind=kind, now=NOW)
    assert Geometry.objects.get().kind == "official"


@pytest.mark.django_db
@pytest.mark.usefixtures("country")
@pytest.mark.parametrize(
    ("name", "structure", "level", "count"),
    [("kh_communes_2025.geojson", "2025", 3, 65), ("kh_districts_2021.geojson", "2021", 2, 9)],
)
def test_the_provinces_own_outlines(name: str, structure: str, level: int, count: int) -> None:
    report = services.import_geometry(
        shared_file(name), structure=structure, level=level, source="kiểm thử", now=NOW
    )
    assert (report.taken, report.refused) == (count, [])


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"{", "malformed"),
        (b"[" * 100_000, "malformed"),
        (b"[]", "geo_not_collection"),
        (b'{"type": "FeatureCollection", "features": {}}', "geo_not_collection"),
        (b'{"type": "FeatureCollection", "features": [{}]}', "geo_no_code"),
    ],
)
def test_a_file_that_is_no_collection_is_refused(data: bytes, code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        services.import_geometry(data, source="x", now=NOW)


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from(["type", "coordinates"]), inner)
    ),
    max_leaves=20,
)


@given(JSON | st.builds(lambda c: {"type": "MultiPolygon", "coordinates": c}, JSON))
def test_any_geometry_is_refused_with_a_code(value: Any) -> None:
    with pytest.raises(InvalidInput):
        check_geometry(value)
