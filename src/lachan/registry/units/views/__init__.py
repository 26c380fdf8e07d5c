"""Pages and JSON about units and agencies."""

from lachan.registry.units.views.agencies import agencies, agency, change_agency, new_agency
from lachan.registry.units.views.browse import browse, geometry, unit
from lachan.registry.units.views.public import country, everything, find

__all__ = [
    "agencies",
    "agency",
    "browse",
    "change_agency",
    "country",
    "everything",
    "find",
    "geometry",
    "new_agency",
    "unit",
]
