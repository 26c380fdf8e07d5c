"""The most that the server can do at all: an empty answer over the same ASGI, after reading the body."""

from __future__ import annotations

import logging
import sys
from typing import Any

HEADERS = [(b"content-type", b"application/json")]


async def app(scope: Any, receive: Any, send: Any) -> None:
    if scope["type"] != "http":
        return
    while (await receive()).get("more_body"):
        pass
    await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
    await send({"type": "http.response.body", "body": b""})


async def serve(port: int) -> None:
    from granian.constants import HTTPModes, Interfaces
    from granian.server.embed import Server

    await Server(
        app,
        port=port,
        interface=Interfaces.ASGINL,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        log_enabled=False,
    ).serve()


if __name__ == "__main__":
    import uvloop

    logging.disable(logging.INFO)
    uvloop.run(serve(int(sys.argv[1])))
