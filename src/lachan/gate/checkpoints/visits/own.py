"""The phone's own pseudonym: a random cookie of which the province keeps a keyed hash only, told apart from every other
pseudonym. Scripts of our own may read it: a visit without a network is told later, under the same pseudonym."""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from lachan.base import keys

COOKIE = "lc_vao"
_TOKEN = re.compile(r"[A-Za-z0-9_-]{22}", re.ASCII)


def token(request: HttpRequest) -> str | None:
    """The cookie's token; None where there is none or it isn't ours."""
    return valid(request.COOKIES.get(COOKIE, ""))


def valid(text: str) -> str | None:
    """The token, if it is one."""
    return text if _TOKEN.fullmatch(text) else None


def new_token() -> str:
    return secrets.token_urlsafe(16)


def pseudonym(text: str) -> UUID:
    """Under which the visits of a token are kept."""
    return UUID(bytes=keys.keyring().alias("checkin", text))


def remember(response: HttpResponse, text: str, kept: timedelta) -> None:
    """Give the phone its token, for as long as its visits are kept."""
    response.set_cookie(
        COOKIE, text, max_age=int(kept.total_seconds()), httponly=False, samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )  # fmt: skip
