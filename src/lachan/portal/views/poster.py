"""The short address in a poster's QR. It never expires: an old poster leads to the form, or says what became of the place."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache

from lachan.base.access import public
from lachan.base.http import Request
from lachan.portal.selectors.silence import OPEN
from lachan.registry.places import selectors as places
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

GONE = {Place.Status.SUSPENDED: 200, Place.Status.CLOSED: 410}


@public
@never_cache
def address(request: Request, code: str) -> HttpResponse:
    """On to the form of the place. A browser carries the signed code behind the # along by itself."""
    place = places.by_code(code)
    if place is not None and place.status in OPEN:
        return redirect("declarations:declare_place", place.code)
    if place is None:
        return render(request, "portal/poster.html", {"code": code[:20]}, status=404)
    context = {"place": place, "unit": units.label(place.unit), "code": place.code}
    return render(request, "portal/poster.html", context, status=GONE[Place.Status(place.status)])
