"""What a browser reads to put a part of the product on the home screen as an app of its own."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse, JsonResponse

from lachan.base.http import Request

GROUND = "#0b454b"


def web_app(request: Request, own: dict[str, Any]) -> HttpResponse:
    """A manifest: what is the app's own, with the look that all of them share."""
    icon = {"sizes": "512x512", "type": "image/png"}
    shared = {
        "lang": request.LANGUAGE_CODE,
        "display": "standalone",
        "orientation": "portrait",
        "background_color": GROUND,
        "theme_color": GROUND,
        "icons": [
            {**icon, "src": "/static/base/icon-192.png", "sizes": "192x192"},
            {**icon, "src": "/static/base/icon-512.png"},
            {**icon, "src": "/static/base/icon-maskable-512.png", "purpose": "maskable"},
        ],
    }
    response = JsonResponse(
        {**shared, **own}, json_dumps_params={"ensure_ascii": False}, content_type="application/manifest+json"
    )
    response["Cache-Control"] = "max-age=3600"
    return response
