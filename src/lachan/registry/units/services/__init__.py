"""Verbs that write units, their outlines and agencies."""

from lachan.registry.units.services.agencies import (
    AgencyDetails,
    close_agency,
    create_agency,
    move_agency,
    rename_agency,
)
from lachan.registry.units.services.geometry import GeometryReport, RefusedFeature, import_geometry
from lachan.registry.units.services.load import LoadReport, load

__all__ = [
    "AgencyDetails",
    "GeometryReport",
    "LoadReport",
    "RefusedFeature",
    "close_agency",
    "create_agency",
    "import_geometry",
    "load",
    "move_agency",
    "rename_agency",
]
