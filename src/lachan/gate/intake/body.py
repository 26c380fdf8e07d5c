"""A request's body as ASGI hands it over, and what becomes of whoever sends it too slowly."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import AsyncIterator, Awaitable, Callable, MutableMapping
from typing import Any

Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]

TURNS = 5
"""Into so many parts a patience is cut: a client is cut off within the last of them."""


class TooLarge(ValueError):
    """The body is over its limit."""


class Gone(ConnectionError):
    """The client left before its body was whole."""


async def parts(receive: Receive) -> AsyncIterator[bytes]:
    """The body, piece by piece as it comes. Raises Gone."""
    while True:
        message = await receive()
        if message["type"] == "http.disconnect":
            raise Gone
        yield message.get("body", b"")
        if not message.get("more_body"):
            return


class Patience:
    """Cuts off whoever holds a place for `seconds`: not later, and at most a fifth earlier.

    A timer for each request would cost more than reading most bodies does, so one timer turns for all of them: who is
    still here after TURNS turns is cut off. Use it within one event loop.
    """

    def __init__(self, seconds: float) -> None:
        self._beat = seconds / TURNS
        self._by_age: deque[set[asyncio.Task[Any]]] = deque(set() for _ in range(TURNS))
        self._cut: set[asyncio.Task[Any]] = set()
        self._turning = False

    def here(self) -> set[asyncio.Task[Any]]:
        """Where to put a task that is waited for from now on, and whence to take it when it goes on."""
        if not self._turning:
            self._turning = True
            asyncio.get_running_loop().call_later(self._beat, self._turn)
        return self._by_age[0]

    def was_cut(self, task: asyncio.Task[Any]) -> bool:
        """Whether the CancelledError that the task got is ours alone; asked once, when it got it."""
        if task not in self._cut:
            return False
        self._cut.discard(task)
        return task.uncancel() == 0

    def _turn(self) -> None:
        for task in self._by_age.pop():
            self._cut.add(task)
            task.cancel()
        self._turning = any(self._by_age)
        self._by_age.appendleft(set())
        if self._turning:
            asyncio.get_running_loop().call_later(self._beat, self._turn)


async def whole(receive: Receive, length: int, most: int, patience: Patience) -> bytes:
    """A body of at most `most` bytes; `length` is what its header claims, or -1. Raises TooLarge, Gone, TimeoutError."""
    if length > most:
        raise TooLarge
    task = asyncio.current_task()
    assert task is not None
    here = patience.here()
    here.add(task)
    try:
        message = await receive()
        body: bytes = message.get("body", b"")
        if message.get("more_body") and len(body) != length:
            body = await _rest(receive, body, most)
        elif message["type"] == "http.disconnect":
            raise Gone
    except asyncio.CancelledError:
        if patience.was_cut(task):
            raise TimeoutError from None
        raise
    finally:
        here.discard(task)
    if len(body) > most:
        raise TooLarge
    return body


async def _rest(receive: Receive, first: bytes, most: int) -> bytes:
    pieces, size = [first], len(first)
    async for piece in parts(receive):
        size += len(piece)
        if size > most:
            raise TooLarge
        pieces.append(piece)
    return b"".join(pieces)
