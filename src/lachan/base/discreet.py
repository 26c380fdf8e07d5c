"""Searches whose words must not stand in an address: a citizen's number typed into a list's search.

An address is kept by the browser, by proxies and in logs. A list's form posts; the answer redirects to the filtered
address, in which a number is replaced by a token. What the token means stays in the session, encrypted.
"""

from __future__ import annotations

import secrets
from base64 import b64decode, b64encode
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpResponseBase, HttpResponseRedirect, QueryDict

from lachan.base import keys
from lachan.kernel.errors import InvalidInput

MARK = "~"
DIGITS = 6  # a shorter number is a date, a house or a place of a list
KEPT = 20
SESSION, AAD = "typed", b"discreet.typed"
NOT_FILTERS = ("csrfmiddlewaretoken", "cursor")

View = Callable[..., HttpResponseBase]


def discreet(*fields: str) -> Callable[[View], View]:
    """A list that posts its filters. `request.asked` holds them as typed, and `request.GET` as the address shows them.

    Put it below `requires`, above what restricts methods: a POST never reaches the view.
    """

    def around(view: View) -> View:
        @wraps(view)
        def answer(request: Any, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.method == "POST":
                return _to_address(request, fields)
            request.asked = _asked(request, fields)
            return view(request, *args, **kwargs)

        return answer

    return around


def _to_address(request: Any, fields: tuple[str, ...]) -> HttpResponseRedirect:
    query = request.POST.copy()
    for name in [name for name in query if name in NOT_FILTERS or not query[name].strip()]:
        del query[name]
    for name in fields:
        if name in query and _tells(query[name]):
            query[name] = _hide(request.session, query[name])
    address = f"{request.path}?{query.urlencode()}" if query else request.path
    return HttpResponseRedirect(address)


def _tells(text: str) -> bool:
    return sum(character.isdigit() for character in text) >= DIGITS


def _hide(session: Any, text: str) -> str:
    """Keep the text under a new token; the oldest of many is forgotten."""
    sealed = keys.keyring().seal(text[:500].encode("utf-8", "replace"), AAD)
    token = secrets.token_urlsafe(9)
    kept = [*session.get(SESSION, {}).items(), (token, b64encode(sealed).decode())]
    session[SESSION] = dict(kept[-KEPT:])
    return MARK + token


def _asked(request: Any, fields: tuple[str, ...]) -> QueryDict:
    asked: QueryDict = request.GET.copy()
    for name in fields:
        text = str(asked.get(name, ""))
        if text.startswith(MARK):
            asked[name] = _meant(request.session, text[1:])
    return asked


def _meant(session: Any, token: str) -> str:
    """What a token stands for; a token that this session doesn't know stays as it is, so that it finds nothing."""
    sealed = session.get(SESSION, {}).get(token)
    if sealed is None:
        return MARK + token
    try:
        return keys.keyring().open(b64decode(sealed), AAD).decode()
    except (InvalidInput, ValueError):
        return MARK + token
