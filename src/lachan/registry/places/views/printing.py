"""What is drawn: posters, cards, and the QR alone."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from lachan.base.access import public, requires
from lachan.base.http import Request
from lachan.registry.places import poster as drawings
from lachan.registry.places import selectors
from lachan.registry.places.models import Place
from lachan.registry.places.views.listing import VIEW, found

PDF, SVG = "application/pdf", "image/svg+xml"
DRAWINGS: dict[str, tuple[Callable[[Place], bytes], str]] = {
    "to-dan.pdf": (drawings.pdf, PDF),
    "to-dan.svg": (drawings.svg, SVG),
    "the-nho.pdf": (drawings.cards, PDF),
}


@requires(VIEW)
@require_safe
def printed(request: Request, pk: UUID, name: str) -> HttpResponse:
    """`to-dan.pdf`, `to-dan.svg` or `the-nho.pdf`."""
    if name not in DRAWINGS:
        raise Http404
    return drawing(found(request, pk), name)


def drawing(place: Place, name: str) -> HttpResponse:
    """One of DRAWINGS as a download that is named after the place's code."""
    draw, kind = DRAWINGS[name]
    stem, _, ending = name.partition(".")
    response = HttpResponse(draw(place), content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{stem}-{place.code}.{ending}"'
    response["Cache-Control"] = "private, no-store"
    return response


@public
@require_safe
def qr(request: Request, code: str) -> HttpResponse:
    """The QR of an open place, for its owner's page and for printers. A closed or unknown code is not found."""
    place = _open(code)
    etag = f'"{hashlib.sha256(place.venue_code.encode()).hexdigest()[:24]}"'
    if request.headers.get("If-None-Match") == etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(drawings.qr_svg(place), content_type=SVG)
    response["ETag"], response["Cache-Control"] = etag, "public, max-age=300"
    return response


@public
@require_safe
def poster(request: Request, code: str) -> HttpResponse:
    """The A4 poster of an open place, for its owner: it hangs in public anyway."""
    return drawing(_open(code), "to-dan.pdf")


@public
@require_safe
def cards(request: Request, code: str) -> HttpResponse:
    """The sheet of small cards of an open place."""
    return drawing(_open(code), "the-nho.pdf")


def _open(code: str) -> Place:
    place = selectors.by_code(code)
    if place is None or place.status == Place.Status.CLOSED:
        raise Http404
    return place
