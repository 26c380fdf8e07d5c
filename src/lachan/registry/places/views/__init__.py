"""Pages about places."""

from lachan.registry.places.views.changing import change_state, edit, new, reissue
from lachan.registry.places.views.imports import preview, refused_rows, template, upload
from lachan.registry.places.views.listing import export, place, places
from lachan.registry.places.views.printing import cards, poster, printed, qr

__all__ = [
    "cards",
    "change_state",
    "edit",
    "export",
    "new",
    "place",
    "places",
    "poster",
    "preview",
    "printed",
    "qr",
    "refused_rows",
    "reissue",
    "template",
    "upload",
]
