"""/ma/diem/<code>/khach-den.pdf and the like: what an open place hangs at its door. It hangs in public anyway."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.views.decorators.http import require_safe

from lachan.base.access import public
from lachan.base.http import Request
from lachan.gate.checkpoints.visits import sheets
from lachan.kernel.clock import local_day
from lachan.registry.places import selectors as places
from lachan.registry.places.models import Place

PDF, SVG = "application/pdf", "image/svg+xml"


@public
@require_safe
def poster_pdf(request: Request, code: str) -> HttpResponse:
    """The check-in poster of an open place, A4."""
    place = _open(code)
    return _file(
        sheets.check_in(place, local_day(request.clock.now()), "pdf"), PDF, f"khach-den-{place.code}.pdf"
    )


@public
@require_safe
def poster_svg(request: Request, code: str) -> HttpResponse:
    """The same poster as SVG."""
    place = _open(code)
    return _file(
        sheets.check_in(place, local_day(request.clock.now()), "svg"), SVG, f"khach-den-{place.code}.svg"
    )


@public
@require_safe
def tablet(request: Request, code: str) -> HttpResponse:
    """How a tablet at the door of an open place is set up, A4."""
    place = _open(code)
    return _file(sheets.tablet(place, local_day(request.clock.now())), PDF, f"may-o-cua-{place.code}.pdf")


def _open(code: str) -> Place:
    place = places.by_code(code)
    if place is None or place.status == Place.Status.CLOSED:
        raise Http404
    return place


def _file(drawn: bytes, kind: str, name: str) -> HttpResponse:
    response = HttpResponse(drawn, content_type=kind)
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Cache-Control"] = "private, no-store"
    return response
