"""Blocks that higher floors add to a place's page: live counters, last visits.

An app registers in its AppConfig.ready(): `panels.register("declarations/parts/place_counters.html", counters_of)`, where
`counters_of(request, place)` gives the template's context, or None to show nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.template.loader import render_to_string

from lachan.registry.places.models import Place

Context = Callable[[Any, Place], dict[str, Any] | None]
_panels: list[tuple[str, Context]] = []


def register(template: str, context: Context) -> None:
    """Add a block; the same one twice counts once."""
    if (template, context) not in _panels:
        _panels.append((template, context))


def drawn(request: Any, place: Place) -> list[str]:
    """The blocks of a place as HTML, in the order in which they were registered."""
    found = ((template, context(request, place)) for template, context in _panels)
    return [
        render_to_string(template, values, request=request)
        for template, values in found
        if values is not None
    ]
