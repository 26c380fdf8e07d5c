"""The body of a request on its way to Django: small ones in memory, large ones on disk, all of them within one room.

Nobody has been asked yet who may send this, so what strangers can make us hold is bounded: per request, per address, and
in all.
"""

from __future__ import annotations

import asyncio
import tempfile
from collections.abc import AsyncIterator, Callable
from functools import partial
from pathlib import Path
from typing import IO, TypeVar

from lachan.gate.intake.body import Gone, Receive, TooLarge, parts

T = TypeVar("T")
MB = 1024 * 1024
MOST_BODY = 11 * MB
"""The largest table that a page takes (places, 10 MB) and the form around it."""
LARGER = {"/cb/don-vi/ranh-gioi/": 41 * MB}
"""Paths that take more: units' outlines, 40 MB."""
MOST_HELD = 128 * MB
MOST_OF_ONE = 48 * MB
"""Of one address: nobody shuts the others out alone."""
SMALL = 64 * 1024
"""What every connection may send besides: signing in and declaring go on while uploads fill the room."""
IN_MEMORY = 1 * MB
BODY_SECONDS = 60
SLOWEST = 32 * 1024
"""Bytes a second; so much more time than BODY_SECONDS has a large body."""


def most_of(path: str) -> int:
    """Bytes that a body for this path may have."""
    return LARGER.get(path, MOST_BODY)


MOST_AWAY = 64 * MB
"""Bytes read away of a body that is too large, so that the client hears the answer."""
AWAY_SECONDS = 30


async def away(receive: Receive, length: int) -> None:
    """Read what is left of a refused body and keep nothing. `length` is what its header claims, or -1."""
    if length > MOST_AWAY:
        return
    size = 0
    try:
        async with asyncio.timeout(AWAY_SECONDS):
            async for piece in parts(receive):
                size += len(piece)
                if size >= MOST_AWAY:
                    return
    except (Gone, TimeoutError):
        return


class Full(RuntimeError):
    """No room now: come again later."""


class Room:
    """Counts the bytes that are held, in all and by address."""

    def __init__(self, most: int = MOST_HELD, of_one: int = MOST_OF_ONE) -> None:
        self._most = most
        self._of_one = of_one
        self._by: dict[str, int] = {}
        self.held = 0

    def fits(self, address: str, size: int) -> bool:
        """Whether `size` bytes more of an address have room now."""
        return self.held + size <= self._most and self._by.get(address, 0) + size <= self._of_one

    def take(self, address: str, size: int) -> None:
        """Raises Full, and nothing is taken."""
        if not self.fits(address, size):
            raise Full
        self.held += size
        self._by[address] = self._by.get(address, 0) + size

    def give_back(self, address: str, size: int) -> None:
        self.held -= size
        left = self._by.pop(address, 0) - size
        if left > 0:
            self._by[address] = left


class Upload:
    """One body. `close` must follow in a `finally`."""

    def __init__(self, room: Room, address: str, folder: Path, most: int = MOST_BODY) -> None:
        self._room = room
        self._address = address
        self._folder = folder
        self.most = most
        self._taken = 0
        self._pieces: list[bytes] = []
        self._in_memory = 0
        self._file: IO[bytes] | None = None
        self.size = 0

    async def gather(self, receive: Receive, length: int) -> None:
        """Read it whole; `length` is what the header claims, or -1. Raises TooLarge, Full, Gone, TimeoutError, OSError."""
        if length > self.most:
            raise TooLarge
        if length > SMALL and not self._room.fits(self._address, length):
            raise Full
        async with asyncio.timeout(BODY_SECONDS) as timer:
            until = timer.when() or 0.0
            async for piece in parts(receive):
                await self._add(piece)
                timer.reschedule(until + self.size / SLOWEST)

    async def _add(self, piece: bytes) -> None:
        self.size += len(piece)
        if self.size > self.most:
            raise TooLarge
        if self.size > SMALL:
            self._room.take(self._address, self.size - self._taken)
            self._taken = self.size
        self._pieces.append(piece)
        self._in_memory += len(piece)
        if self._in_memory > IN_MEMORY:
            await _aside(self._spill)

    def _spill(self) -> None:
        """From memory to a file that has no name."""
        if self._file is None:
            self._file = tempfile.TemporaryFile(dir=self._folder, buffering=0)
        written = b"".join(self._pieces)
        left = memoryview(written)
        while left:
            left = left[self._file.write(left) :]
        self._pieces, self._in_memory = [], 0

    def data(self) -> bytes | AsyncIterator[bytes] | None:
        """What aiohttp sends; each call begins at the beginning."""
        if self._file is None:
            return b"".join(self._pieces) or None
        return self._read(self._file)

    async def _read(self, file: IO[bytes]) -> AsyncIterator[bytes]:
        await _aside(partial(file.seek, 0))
        while piece := await _aside(partial(file.read, IN_MEMORY // 4)):
            yield piece
        for piece in self._pieces:
            yield piece

    def close(self) -> None:
        """Let go of the room and the disk."""
        self._room.give_back(self._address, self._taken)
        self._taken = 0
        self._pieces = []
        if self._file is not None:
            self._file.close()


async def _aside(do: Callable[[], T]) -> T:
    """In another thread: a slow disk mustn't keep the intake waiting."""
    return await asyncio.get_running_loop().run_in_executor(None, do)
