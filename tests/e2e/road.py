"""The road between a device and the province: a proxy that a test can cut, fill up, or let lose an answer."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit

HOPS = {"connection", "keep-alive", "transfer-encoding", "host", "proxy-connection"}
TRIES = 3


class Road:
    """Passes requests on to `url`. `down`: every connection breaks. `busy`: addresses that answer 503 and how long to wait.
    `losing`: addresses whose requests arrive and whose answers don't, and how many more times. `changed`: answers in place
    of the province's."""

    def __init__(self, url: str) -> None:
        self.target = urlsplit(url)
        self.down = False
        self.busy: dict[str, int] = {}
        self.losing: dict[str, int] = {}
        self.changed: dict[str, bytes] = {}
        self.calls: list[tuple[str, int]] = []
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), self._handler())
        self._server.daemon_threads = True
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answered(self, path: str) -> list[int]:
        """Statuses that an address gave so far; 0 for an answer that was lost."""
        return [status for called, status in list(self.calls) if called == path]

    def _handler(self) -> type[BaseHTTPRequestHandler]:
        road = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def _pass(self) -> None:
                length = int(self.headers.get("content-length") or 0)
                road._through(self, self.rfile.read(length) if length else b"")

            do_GET = do_POST = do_HEAD = _pass

            def log_message(self, *_: Any) -> None:
                """Quiet."""

        return Handler

    def _through(self, asked: BaseHTTPRequestHandler, body: bytes) -> None:
        path = asked.path.partition("?")[0]
        if self.down:
            asked.close_connection = True
            return
        if path in self.busy:
            self.calls.append((path, 503))
            more = {"retry-after": str(self.busy[path]), "content-type": "application/json"}
            return _answer(asked, 503, more, b'{"error":"busy"}')
        if path in self.changed:
            self.calls.append((path, 200))
            return _answer(
                asked,
                200,
                {"content-type": "text/javascript", "cache-control": "no-cache"},
                self.changed[path],
            )
        status, headers, answer = self._asked(asked, body)
        if self.down or self.losing.get(path, 0) > 0:
            self.losing[path] = self.losing.get(path, 0) - 1
            self.calls.append((path, 0))
            asked.close_connection = True
            return
        self.calls.append((path, status))
        _answer(asked, status, headers, answer)

    def _asked(self, asked: BaseHTTPRequestHandler, body: bytes) -> tuple[int, dict[str, str], bytes]:
        headers = {name: value for name, value in asked.headers.items() if name.lower() not in HOPS}
        assert self.target.hostname is not None
        line = http.client.HTTPConnection(self.target.hostname, self.target.port, timeout=60)
        try:
            line.request(asked.command, asked.path, body or None, headers)
            answer = line.getresponse()
            kept = {name: value for name, value in answer.getheaders() if name.lower() not in HOPS}
            return answer.status, kept, answer.read()
        finally:
            line.close()


def _answer(asked: BaseHTTPRequestHandler, status: int, headers: dict[str, str], body: bytes) -> None:
    try:
        asked.send_response_only(status)
        for name, value in headers.items():
            if name.lower() != "content-length":
                asked.send_header(name, value)
        if status != 204:
            asked.send_header("content-length", str(len(body)))
        asked.end_headers()
        if asked.command != "HEAD" and status != 204:
            asked.wfile.write(body)
    except OSError:
        asked.close_connection = True  # the browser has gone
