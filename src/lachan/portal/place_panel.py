"""Today's counts on a place's page: the page belongs to the registry, the counts to the gate, so they meet here."""

from __future__ import annotations

from typing import Any

from lachan.base.http import Request
from lachan.portal import links
from lachan.registry.places import panels
from lachan.registry.places.models import Place


def register() -> None:
    panels.register("portal/place_panel.html", counts_of)


def counts_of(request: Request, place: Place) -> dict[str, Any] | None:
    """The address of the live counts; None for whoever may not see them."""
    address = links.to("declarations:place_counter", place.pk)
    return {"address": address} if address and request.scope("counters.view").covers(place.unit) else None
