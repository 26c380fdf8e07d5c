"""The headers that every answer of this port carries, whoever gave it: the intake, a static file, Django, a refusal."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Message, Receive, Send], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


def headers(hsts_seconds: int = 0) -> Headers:
    """Not to be guessed at, not to be framed, not to be told on, and with `hsts_seconds` only over https."""
    found = [
        (b"x-content-type-options", b"nosniff"),
        (b"referrer-policy", b"same-origin"),
        (b"content-security-policy", b"frame-ancestors 'none'"),
    ]
    if hsts_seconds:
        found.append((b"strict-transport-security", b"max-age=%d" % hsts_seconds))
    return found


class Secured:
    """Adds what an answer of `application` doesn't say itself."""

    def __init__(self, application: Application, added: Headers) -> None:
        self._application = application
        self._added = added
        self._names = frozenset(name for name, _value in added)

    def __call__(self, scope: Message, receive: Receive, send: Send) -> Awaitable[None]:
        """Plain functions that hand awaitables on: a coroutine more for each step would cost what the intake saves."""
        if scope["type"] != "http":
            return self._application(scope, receive, send)
        names, added = self._names, self._added

        def secured(message: Message) -> Awaitable[None]:
            if message["type"] == "http.response.start":
                message["headers"] = _with(message["headers"], names, added)
            return send(message)

        return self._application(scope, receive, secured)


def _with(given: Headers, names: frozenset[bytes], added: Headers) -> Headers:
    said = dict(given)
    if names.isdisjoint(said):
        return [*given, *added]
    return [*given, *(header for header in added if header[0] not in said)]
