"""Questions about units and agencies. The wire form of a unit is its path, `56/568/22327/`."""

from lachan.registry.units.selectors.agencies import agencies, agency_tree, placements
from lachan.registry.units.selectors.finding import match, search
from lachan.registry.units.selectors.paths import (
    ancestors,
    by_path,
    children,
    commune_of,
    communes_under,
    geometry_of,
    label,
    predecessors,
    scope_paths,
    short_label,
    successors,
    with_geometry,
)
from lachan.registry.units.selectors.under import paths_under

__all__ = [
    "agencies",
    "agency_tree",
    "ancestors",
    "by_path",
    "children",
    "commune_of",
    "communes_under",
    "geometry_of",
    "label",
    "match",
    "paths_under",
    "placements",
    "predecessors",
    "scope_paths",
    "search",
    "short_label",
    "successors",
    "with_geometry",
]
