"""Request context, language and the permission gate. The gate is last, and refuses what declares no rule."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.middleware.locale import LocaleMiddleware as DjangoLocaleMiddleware
from django.utils import translation

from lachan.base import access
from lachan.base.scope import Scope
from lachan.kernel.clock import SystemClock

Get = Callable[[HttpRequest], HttpResponse]
CLOCK = SystemClock()


class RequestContext:
    """Gives each request the clock that its services take."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.clock = CLOCK  # type: ignore[attr-defined]
        return self.get_response(request)


class LocaleMiddleware(DjangoLocaleMiddleware):
    """Vietnamese first: only the reader's own choice (?lang=, then the cookie) changes it, never the browser's header."""

    def process_request(self, request: HttpRequest) -> None:
        asked = request.GET.get("lang") or request.COOKIES.get(settings.LANGUAGE_COOKIE_NAME, "")
        language = asked if asked in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE
        translation.activate(language)
        request.LANGUAGE_CODE = language

    def process_response(self, request: HttpRequest, response: Any) -> Any:
        response = super().process_response(request, response)
        asked = request.GET.get("lang")
        if asked in dict(settings.LANGUAGES):
            response.set_cookie(settings.LANGUAGE_COOKIE_NAME, asked, max_age=365 * 86400, samesite="Lax")
        return response


def scope_of(user: Any, request: Any, permission: str) -> Scope:
    """The account's jurisdiction for a permission; all of them are read once a request."""
    held: dict[str, Scope] | None = request.__dict__.get("_scopes")
    if held is None:
        held = user.scopes(request.clock.now()) if user.is_authenticated else {}
        request.__dict__["_scopes"] = held
    return held.get(permission, Scope())


class PermissionGate:
    """Enforces each view's declared rule. allauth's own views are ruled by their prefix: public."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request.scope = partial(scope_of, request.user, request)  # type: ignore[attr-defined]
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        rule = access.rule_of(view)
        if rule is None and str(getattr(view, "__module__", "")).startswith(
            ("allauth.", "django.views.static")
        ):
            return None
        if rule == access.PUBLIC:
            return None
        if rule is None:
            raise PermissionDenied
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if rule == access.SIGNED_IN:
            return None
        if not request.scope(rule).paths:  # type: ignore[attr-defined]
            raise PermissionDenied(rule)
        return None
