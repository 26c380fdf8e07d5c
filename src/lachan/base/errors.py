"""Error pages in the reader's language."""

from __future__ import annotations

import re
from typing import Any

from django.core.exceptions import DisallowedHost
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lachan.base.access import public

HOST = re.compile(r"([A-Za-z0-9.-]{1,253}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?$", re.ASCII)


@public
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that was open too long, or came from elsewhere."""
    return render(request, "403_csrf.html", status=403)


@public
def bad_request(request: HttpRequest, exception: Any = None) -> HttpResponse:
    """Also for a name that this server doesn't answer to: then the page says which setting has to hold it."""
    if isinstance(exception, DisallowedHost):
        return render(request, "400_host.html", {"host": _said_host(request)}, status=400)
    return render(request, "400.html", status=400)


def _said_host(request: HttpRequest) -> str:
    """The name that the browser asked for, if it is one; without its port."""
    found = HOST.match(request.META.get("HTTP_X_FORWARDED_HOST") or request.META.get("HTTP_HOST", ""))
    return found[1] if found else ""


@public
def forbidden(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "403.html", {"exception": str(exception or "")}, status=403)


@public
def not_found(request: HttpRequest, exception: Any = None) -> HttpResponse:
    return render(request, "404.html", status=404)


@public
def server_error(request: HttpRequest) -> HttpResponse:
    return render(request, "500.html", status=500)
