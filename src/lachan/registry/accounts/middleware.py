"""Staff set up a second factor before anything else; what their account needs for that stays open."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from lachan.base import access
from lachan.base.middleware import Get
from lachan.registry.accounts.selectors import has_second_factor

DONE = (
    "second_factor"  # session key: checked once a session, since the last factor can't be removed within it
)


class SecondFactor:
    """Sends an account that must have a second factor and has none to the page that sets it up."""

    def __init__(self, get_response: Get) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        rule = access.rule_of(view)
        if rule in (None, access.PUBLIC) or getattr(view, "before_second_factor", False):
            return None
        return redirect("accounts:second_factor") if self._lacking(request) else None

    @staticmethod
    def _lacking(request: HttpRequest) -> bool:
        user: Any = request.user
        if not user.is_authenticated or not user.mfa_required or request.session.get(DONE):
            return False
        if has_second_factor(user):
            request.session[DONE] = True
            return False
        return True
