"""What every template may use."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from lachan.base import navigation


def site(request: HttpRequest) -> dict[str, Any]:
    return {
        "demo": settings.DEMO,
        "public_url": settings.PUBLIC_URL,
        "lang": getattr(request, "LANGUAGE_CODE", "vi"),
        "nav": SimpleLazyObject(lambda: navigation.items(request)),
    }
