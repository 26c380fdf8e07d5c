"""Static files: hashed ones may be kept for ever, the rest are asked after by ETag; compressed once, then from memory.

A file is read whole into memory and never mapped: whoever writes over it can't take the pages away that we send from.
The build puts files in place by a rename (frontend/vite/publish.ts); what something else is still writing isn't kept.
"""

from __future__ import annotations

import asyncio
import gzip
import mimetypes
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path
from typing import Any
from urllib.parse import unquote

HASHED = re.compile(r"[.-][A-Za-z0-9_-]{8,}\.[a-z0-9]+$")
"""The name of a file that carries a digest of its content, as Vite writes it."""
TEXTUAL = (
    "text/",
    "application/javascript",
    "application/json",
    "application/wasm",
    "image/svg+xml",
    "application/manifest",
)
SMALLEST = 512  # bytes worth compressing
MOST_KEPT = 64 * 1024 * 1024  # bytes of files in memory
ENCODINGS = ((b"br", ".br"), (b"gzip", ".gz"))

mimetypes.add_type("application/wasm", ".wasm")
mimetypes.add_type("application/manifest+json", ".webmanifest")
mimetypes.add_type("text/javascript", ".mjs")
mimetypes.add_type("font/woff2", ".woff2")

TRIES = 5
PAUSE = 0.05  # seconds between two tries to read a file that is being written

Find = Callable[[str], "str | None"]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class File:
    """A file as it is served. `bodies`: by content encoding, b"" the plain one. `stamp`: (mtime in ns, size)."""

    path: Path
    stamp: tuple[int, int]
    etag: bytes
    kind: bytes
    bodies: dict[bytes, bytes]

    @property
    def size(self) -> int:
        return sum(len(body) for body in self.bodies.values())


class Torn(OSError):
    """The file changed while it was read."""


def read(path: Path) -> File:
    """Read and compress a file; a `.br` or `.gz` beside it, made when the front end was built, is taken as it is.

    Raises Torn, OSError.
    """
    status = path.stat()
    plain = path.read_bytes()
    if (len(plain), path.stat().st_mtime_ns) != (status.st_size, status.st_mtime_ns):
        raise Torn(str(path))
    kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    bodies = {b"": plain}
    if kind.startswith(TEXTUAL) and len(plain) >= SMALLEST:
        for encoding, suffix in ENCODINGS:
            beside = path.with_name(path.name + suffix)
            if beside.is_file() and beside.stat().st_mtime_ns >= status.st_mtime_ns:
                bodies[encoding] = beside.read_bytes()
        bodies.setdefault(b"gzip", gzip.compress(plain, 6, mtime=0))
    if kind.startswith("text/"):
        kind += "; charset=utf-8"
    etag = b'"' + blake2b(plain, digest_size=12).hexdigest().encode() + b'"'
    return File(path, (status.st_mtime_ns, status.st_size), etag, kind.encode(), bodies)


class Static:
    """`find`: a path below /static/ → the file, as Django's finders know it. The cache is bounded in bytes."""

    def __init__(self, find: Find, most: int = MOST_KEPT) -> None:
        self._find = find
        self._most = most
        self._kept: OrderedDict[str, File] = OrderedDict()
        self._bytes = 0

    async def serve(self, scope: MutableMapping[str, Any], send: Send) -> None:
        if scope["method"] not in ("GET", "HEAD"):
            return await _reply(send, 405, [(b"allow", b"GET, HEAD")], b"")
        name = unquote(scope["path"].removeprefix("/static/"))
        file = await self._file(name)
        if file is None:
            return await _reply(
                send, 404, [(b"content-type", b"text/plain"), (b"cache-control", b"no-store")], b"404\n"
            )
        await self._send(scope, send, name, file)

    async def _file(self, name: str) -> File | None:
        kept = self._kept.get(name)
        if kept is not None and _fresh(kept, name):
            self._kept.move_to_end(name)
            return kept
        return await asyncio.get_running_loop().run_in_executor(None, self._load, name)

    def _load(self, name: str) -> File | None:
        try:
            found = self._find(name)
            file = _patiently(Path(found)) if found and Path(found).is_file() else None
        except (OSError, ValueError, PermissionError):
            return None
        except Exception as error:  # Django's SuspiciousFileOperation for ../
            if type(error).__name__ != "SuspiciousFileOperation":
                raise
            return None
        if file is not None:
            self._keep(name, file)
        return file

    def _keep(self, name: str, file: File) -> None:
        before = self._kept.pop(name, None)
        self._bytes += file.size - (before.size if before else 0)
        self._kept[name] = file
        while self._bytes > self._most and len(self._kept) > 1:
            self._bytes -= self._kept.popitem(last=False)[1].size

    async def _send(self, scope: MutableMapping[str, Any], send: Send, name: str, file: File) -> None:
        asked = dict(scope["headers"])
        lasting = b"public, max-age=31536000, immutable" if HASHED.search(name) else b"no-cache"
        headers = [
            (b"etag", file.etag),
            (b"cache-control", lasting),
            (b"vary", b"accept-encoding"),
            (b"x-content-type-options", b"nosniff"),
        ]
        if file.etag in asked.get(b"if-none-match", b""):
            return await _reply(send, 304, headers, b"")
        encoding = _encoding(asked.get(b"accept-encoding", b""), file)
        body = file.bodies[encoding]
        headers += [(b"content-type", file.kind), (b"content-length", str(len(body)).encode())]
        if encoding:
            headers.append((b"content-encoding", encoding))
        await _reply(send, 200, headers, b"" if scope["method"] == "HEAD" else body)


def _patiently(path: Path) -> File:
    for _ in range(TRIES - 1):
        try:
            return read(path)
        except Torn:
            time.sleep(PAUSE)
    return read(path)


def _fresh(file: File, name: str) -> bool:
    """Whether it may be served from memory: it is as it was read, or a new build took away what open pages still need."""
    try:
        status = file.path.stat()
    except OSError:
        return bool(HASHED.search(name))
    return (status.st_mtime_ns, status.st_size) == file.stamp


def _encoding(accept: bytes, file: File) -> bytes:
    offered = {
        part.split(b";")[0].strip() for part in accept.split(b",") if b";q=0" not in part.replace(b" ", b"")
    }
    for encoding, _suffix in ENCODINGS:
        if encoding in offered and encoding in file.bodies:
            return encoding
    return b""


async def _reply(send: Send, status: int, headers: list[tuple[bytes, bytes]], body: bytes) -> None:
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
