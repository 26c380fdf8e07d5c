"""Handing a request to Django over its unix socket.

The body is gathered before Django sees anything of it (see `upload`), so that a slow phone holds no Django thread; the
answer is streamed. While Django restarts, a request that hasn't been sent waits a few seconds before it gives up.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, Iterable, MutableMapping
from pathlib import Path
from typing import Any

import aiohttp
from yarl import URL

from lachan.gate.intake.body import Gone, TooLarge
from lachan.web.front.address import Addresses, forwarded, peer_of
from lachan.web.front.upload import MB, Full, Room, Upload, away, most_of

log = logging.getLogger(__name__)

MOST_AT_ONCE = 256
ANSWER_SECONDS = 120
PATIENCE = 5.0  # seconds for which a restarting Django is waited for
HOP_BY_HOP = frozenset(
    {
        b"connection", b"keep-alive", b"proxy-authenticate", b"proxy-authorization", b"proxy-connection", b"te",
        b"trailer", b"transfer-encoding", b"upgrade", b"expect",
    }
)  # fmt: skip
OURS = frozenset({b"x-forwarded-for", b"x-forwarded-proto", b"x-forwarded-host", b"forwarded", b"x-real-ip"})
DOWN = """<!doctype html><html lang="vi"><head><meta charset="utf-8"><meta http-equiv="refresh" content="5">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>Lá Chắn</title></head><body>
<main><h1>Trang đang khởi động lại</h1><p>Xin chờ vài giây, trang sẽ tự mở lại. Tờ khai đã gửi vẫn được giữ.</p>
<p lang="en">The site is restarting and will open again in a few seconds. What you have sent is kept.</p></main></body></html>
""".encode()
TEXT = b"text/plain; charset=utf-8"
TOO_LARGE = """Dữ liệu gửi lên quá lớn (nhiều nhất {most} MB).
The upload is too large (at most {most} MB).
"""
FULL = """Máy chủ đang nhận nhiều tệp lớn, xin gửi lại sau nửa phút.
The server is taking many large uploads; please send it again in half a minute.
""".encode()
SLOW = """Dữ liệu gửi lên quá chậm, xin gửi lại.
The data came too slowly, please send it again.
""".encode()
EXTRA = {
    408: [(b"connection", b"close")],
    502: [(b"retry-after", b"5")],
    503: [(b"retry-after", b"30")],
}

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Headers = list[tuple[bytes, bytes]]


class Proxy:
    """Talks to the Django process that listens on `socket`."""

    def __init__(self, socket: Path, secure: bool) -> None:
        self._socket = socket
        self._scheme = "https" if secure else "http"
        self._room = Room()
        self._session: aiohttp.ClientSession | None = None

    def _open(self) -> aiohttp.ClientSession:
        if self._session is None:
            self._session = aiohttp.ClientSession(
                connector=aiohttp.UnixConnector(str(self._socket), limit=MOST_AT_ONCE, keepalive_timeout=20),
                timeout=aiohttp.ClientTimeout(total=None, connect=None, sock_read=ANSWER_SECONDS),
                auto_decompress=False,
                cookie_jar=aiohttp.DummyCookieJar(),
                skip_auto_headers=("User-Agent", "Accept", "Accept-Encoding", "Content-Type"),
            )
        return self._session

    async def close(self) -> None:
        if self._session is not None:
            await self._session.close()
            self._session = None

    async def alive(self) -> bool:
        """Whether Django answers, database included."""
        try:
            async with self._open().get(
                "http://localhost/healthz", timeout=aiohttp.ClientTimeout(total=3)
            ) as answer:
                return answer.status == 200
        except (aiohttp.ClientError, OSError, TimeoutError):
            return False

    async def fetch(self, path: str) -> bytes | None:
        """A small document of Django's own; None if there is none."""
        try:
            async with self._open().get(
                f"http://localhost{path}", timeout=aiohttp.ClientTimeout(total=5)
            ) as answer:
                return await answer.read() if answer.status == 200 else None
        except (aiohttp.ClientError, OSError, TimeoutError):
            return None

    async def pass_on(self, scope: Message, receive: Receive, send: Send, addresses: Addresses) -> None:
        """One request, there and back."""
        upload = Upload(self._room, addresses.of(scope), self._socket.parent, most_of(scope["path"]))
        try:
            if await _gathered(upload, scope, receive, send):
                await self._there_and_back(scope, send, addresses, upload)
        finally:
            upload.close()

    async def _there_and_back(self, scope: Message, send: Send, addresses: Addresses, upload: Upload) -> None:
        headers = self._headers(scope, addresses, upload.size)
        url = URL("http://localhost" + target_of(scope), encoded=True)
        started = False
        try:
            async with await self._request(scope["method"], url, headers, upload) as answer:
                await send({"type": "http.response.start", "status": answer.status, "headers": _back(answer)})
                started = True
                await _stream(answer, send)
        except (aiohttp.ClientError, OSError, TimeoutError, ValueError) as error:
            log.warning("django: %s for %s", type(error).__name__, scope["method"])
            if not started:
                await _reply(send, 502, DOWN, b"text/html; charset=utf-8")
            else:
                raise  # a torn answer must not look whole: the server drops the connection

    async def _request(self, method: str, url: URL, headers: Any, upload: Upload) -> aiohttp.ClientResponse:
        """Sends it; a refused connection (nothing was sent) is tried again while Django restarts."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        while True:
            try:
                return await self._open().request(
                    method, url, headers=headers, data=upload.data(), allow_redirects=False
                )
            except (aiohttp.ClientConnectorError, FileNotFoundError):
                if asyncio.get_running_loop().time() > deadline:
                    raise
                await asyncio.sleep(0.2)

    def _headers(self, scope: Message, addresses: Addresses, length: int) -> list[tuple[str, str]]:
        peer = peer_of(scope)
        trusted = bool(peer) and addresses.trusts(peer)
        given = dict(scope["headers"])
        hops = [*(forwarded(scope) if trusted else []), peer or "127.0.0.1"]
        proto = given.get(b"x-forwarded-proto", b"").decode("latin-1") if trusted else ""
        host = given.get(b"x-forwarded-host", b"").decode("latin-1") if trusted else ""
        if not host:
            host = (given.get(b"host") or b"").decode("latin-1")
        kept = [
            (name.decode("latin-1"), value.decode("latin-1"))
            for name, value in scope["headers"]
            if name not in OURS
            and name not in _drop(given)
            and name not in (b"content-length", b"host", b"cookie")
        ]
        ours = [
            ("Host", host or "localhost"),
            ("X-Forwarded-For", ", ".join(hops)),
            ("X-Forwarded-Proto", proto if proto in ("http", "https") else self._scheme),
            ("X-Forwarded-Host", host or "localhost"),
        ]
        cookies = [value for name, value in scope["headers"] if name == b"cookie"]
        if cookies:  # HTTP/2 may send them apart; HTTP/1.1 knows one header (RFC 9113, 8.2.3)
            ours.append(("Cookie", b"; ".join(cookies).decode("latin-1")))
        if length or scope["method"] in ("POST", "PUT", "PATCH"):
            ours.append(("Content-Length", str(length)))
        return kept + ours


def _drop(headers: dict[bytes, bytes]) -> frozenset[bytes]:
    """Hop-by-hop headers, those that Connection names included."""
    named = headers.get(b"connection", b"").lower().split(b",")
    return HOP_BY_HOP | {each.strip() for each in named} if named != [b""] else HOP_BY_HOP


def target_of(scope: Message) -> str:
    """The path and query as the client wrote them, fit for a request line."""
    raw = scope.get("raw_path") or scope["path"].encode("utf-8", "surrogateescape")
    path = _ascii(raw.split(b"?")[0])
    query = _ascii(scope.get("query_string") or b"")
    return ("/" + path.lstrip("/")) + (f"?{query}" if query else "")


def _ascii(raw: bytes) -> str:
    return "".join(
        chr(byte) if 0x21 <= byte < 0x7F and byte not in b'"<>#\\^`{|}' else f"%{byte:02X}" for byte in raw
    )


async def _gathered(upload: Upload, scope: Message, receive: Receive, send: Send) -> bool:
    """Whether the body is whole; who can't be served is told why."""
    claimed = dict(scope["headers"]).get(b"content-length", b"")
    length = int(claimed) if claimed.isdigit() else -1
    try:
        await upload.gather(receive, length)
    except Gone:
        return False
    except TooLarge:
        upload.close()
        await away(receive, length)
        await _reply(send, 413, TOO_LARGE.format(most=upload.most // MB).encode(), TEXT)
    except TimeoutError:
        await _reply(send, 408, SLOW, TEXT)
    except (Full, OSError) as error:
        log.warning("upload: %s", type(error).__name__)
        await _reply(send, 503, FULL, TEXT)
    else:
        return True
    return False


def _back(answer: aiohttp.ClientResponse) -> Headers:
    raw: Iterable[tuple[bytes, bytes]] = answer.raw_headers
    return [(name.lower(), value) for name, value in raw if name.lower() not in HOP_BY_HOP]


async def _stream(answer: aiohttp.ClientResponse, send: Send) -> None:
    async for part in answer.content.iter_any():
        await send({"type": "http.response.body", "body": part, "more_body": True})
    await send({"type": "http.response.body", "body": b"", "more_body": False})


async def _reply(send: Send, status: int, body: bytes, kind: bytes) -> None:
    headers = [(b"content-type", kind), (b"cache-control", b"no-store"), *EXTRA.get(status, ())]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
