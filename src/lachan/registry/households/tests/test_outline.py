"""Outlines that people paste, and which households lie within."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.registry.households import outline, selectors, services
from lachan.registry.households.models import Hamlet
from lachan.registry.households.tests import small

SQUARE = [[109.1, 12.1], [109.3, 12.1], [109.3, 12.3], [109.1, 12.3]]


def polygon(*rings: Any) -> dict[str, Any]:
    return {"type": "Polygon", "coordinates": list(rings)}


@pytest.mark.parametrize(
    "wrap",
    [
        lambda one: one,
        lambda one: {"type": "Feature", "properties": {}, "geometry": one},
        lambda one: {"type": "FeatureCollection", "features": [{"type": "Feature", "geometry": one}]},
        lambda one: {"type": "MultiPolygon", "coordinates": [one["coordinates"]]},
    ],
)
def test_an_outline_is_read_from_what_wraps_it_and_closed(wrap: Any) -> None:
    found = outline.read(json.dumps(wrap(polygon(SQUARE))))
    assert found == polygon([*SQUARE, SQUARE[0]])
    assert outline.bounds(found) == (109.1, 12.1, 109.3, 12.3)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("", "outline_unreadable"),
        ("[" * 100_000, "outline_unreadable"),
        ('{"type":"Polygon","coordinates":[[[NaN,12],[109,12],[109,13]]]}', "outline_unreadable"),
        ('{"type":"Point","coordinates":[109,12]}', "outline_kind"),
        ('{"type":"FeatureCollection","features":[]}', "outline_kind"),
        ("[1,2]", "outline_kind"),
        ('{"type":"Polygon","coordinates":[]}', "outline_ring"),
        ('{"type":"Polygon","coordinates":[[[109,12],[109.1,12]]]}', "outline_ring"),
        ('{"type":"Polygon","coordinates":[[[109,12],[109.1,12],[109.2,12]]]}', "outline_ring"),
        ('{"type":"Polygon","coordinates":[[["x",12],[109.1,12],[109.2,12.1]]]}', "outline_ring"),
        ('{"type":"Polygon","coordinates":[[[12.1,109.1],[12.1,109.3],[12.3,109.3]]]}', "outline_outside"),
        ('{"type":"MultiPolygon","coordinates":[[]]}', "outline_ring"),
        (json.dumps(polygon([[109 + i / 1e4, 12 + (i % 2) / 10] for i in range(5001)])), "outline_too_long"),
        (" " * 1_000_001, "outline_too_long"),
    ],
)
def test_what_is_no_outline_is_refused_in_words(text: str, code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        outline.read(text)
    assert caught.value.code == code


@given(st.recursive(st.none() | st.floats() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=4)))
def test_any_coordinates_are_read_or_refused(found: Any) -> None:
    for kind in ("Polygon", "MultiPolygon"):
        try:
            outline.clean({"type": kind, "coordinates": found})
        except InvalidInput as error:
            assert error.code.startswith("outline_")


@given(st.floats(12.05, 12.35), st.floats(109.05, 109.35))
def test_a_point_is_inside_one_of_two_halves_or_neither(latitude: float, longitude: float) -> None:
    west = polygon([*SQUARE[:1], [109.2, 12.1], [109.2, 12.3], SQUARE[3], SQUARE[0]])
    east = polygon([[109.2, 12.1], SQUARE[1], SQUARE[2], [109.2, 12.3], [109.2, 12.1]])
    whole = polygon([*SQUARE, SQUARE[0]])
    halves = [outline.holds(one, latitude, longitude) for one in (west, east)]
    assert sum(halves) == outline.holds(whole, latitude, longitude)


def test_a_hole_is_outside() -> None:
    hole = [[109.15, 12.15], [109.25, 12.15], [109.25, 12.25], [109.15, 12.25], [109.15, 12.15]]
    ring = polygon([*SQUARE, SQUARE[0]], hole)
    assert outline.holds(ring, 12.12, 109.12) and not outline.holds(ring, 12.2, 109.2)


def test_households_within_an_outline_and_those_nobody_placed(hamlet: Hamlet, now: datetime) -> None:
    inside, outside = (
        services.ensure_household(hamlet, n, "Hộ", latitude=lat, longitude=109.2, now=now)
        for n, lat in ((2, 12.2), (3, 12.5))
    )
    services.ensure_household(hamlet, 4, "Hộ", now=now)
    other = services.ensure_hamlet(small.HOA, "Tổ 9", now=now)
    drawn = outline.clean(polygon(SQUARE))
    assert selectors.in_outline(small.HOA, drawn) == [inside]
    assert len(selectors.in_outline(small.HOA, None)) == 3
    assert outside in selectors.in_outline(small.HOA, None, [hamlet.pk])
    assert selectors.in_outline(small.HOA, None, [other.pk]) == []
    assert selectors.unplaced(small.HOA) == 1
