"""What makes the page installable: the service worker, the manifest, the form as data."""

from __future__ import annotations

from pathlib import Path

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from lachan.base.access import public
from lachan.base.http import Request
from lachan.base.web_app import web_app
from lachan.gate.declarations.citizen import bundle
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import form_at
from lachan.registry.places import selectors as places


@public
@require_safe
def worker(request: Request) -> HttpResponse:
    """/sw.js. Never cached, so that a mended worker reaches every phone at its next visit."""
    try:
        script = worker_path().read_bytes()
    except OSError:
        return HttpResponse("// not built", content_type="text/javascript", status=404)
    response = HttpResponse(script, content_type="text/javascript; charset=utf-8")
    response["Cache-Control"] = "no-store"
    response["Service-Worker-Allowed"] = "/"
    return response


def worker_path() -> Path:
    """Where the build leaves the worker."""
    return Path(settings.PACKAGE) / "web" / "static" / "build" / "sw.js"


@public
@require_safe
def shell(request: Request) -> HttpResponse:
    """/khai/vo/: the page without a form, which the service worker gives where there is no network."""
    return render(request, "declarations/citizen/shell.html")


@public
@require_safe
def manifest(request: Request) -> HttpResponse:
    """/manifest.webmanifest, in the reader's language."""
    return web_app(
        request,
        {
            "id": "/",
            "name": _("Lá Chắn – Khai báo y tế"),
            "short_name": _("Lá Chắn"),
            "description": _("Khai báo y tế, mã QR cá nhân và kết quả, dùng được cả khi mất mạng."),
            "start_url": "/cua-toi/",
            "scope": "/",
            "shortcuts": [
                {"name": _("Khai báo y tế"), "url": "/khai/"},
                {"name": _("Mã QR của tôi"), "url": "/cua-toi/"},
            ],
        },
    )


@public
@require_safe
def form_json(request: Request) -> HttpResponse:
    """/khai/form.json?form=domestic[&place=CODE]: the form, its rules and words, for use without a network."""
    day = local_day(request.clock.now())
    code = request.GET.get("place", "")
    place = places.by_code(code) if code else None
    if code and place is None:
        return JsonResponse({"error": "place_unknown"}, status=404)
    try:
        form = form_at(place.form if place else request.GET.get("form", "domestic"), day)
    except InvalidInput as error:
        return JsonResponse({"error": error.code}, status=404)
    made = bundle.make(form, place, day)
    if request.headers.get("If-None-Match") == made.etag:
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(made.body, content_type="application/json")
    response["ETag"] = made.etag
    response["Cache-Control"] = "no-cache"
    return response
