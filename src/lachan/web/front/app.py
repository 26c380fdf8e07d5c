"""The front's ASGI application: routes, health, and the start and end of what it holds."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

import msgspec

from lachan.gate.edge.app import SCANS, Edge
from lachan.gate.intake.app import BATCH, DECLARATIONS, Intake
from lachan.web.front.address import Addresses
from lachan.web.front.health import Health
from lachan.web.front.openapi import OpenApi
from lachan.web.front.proxy import Proxy
from lachan.web.front.static import Static

log = logging.getLogger(__name__)

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
_INTAKE = frozenset({DECLARATIONS, BATCH})
_JSON = [(b"content-type", b"application/json"), (b"cache-control", b"no-store")]


class Front:
    """One per process."""

    def __init__(
        self, intake: Intake, edge: Edge, static: Static, proxy: Proxy, health: Health, addresses: Addresses
    ) -> None:
        self.intake = intake
        self.edge = edge
        self._static = static
        self._proxy = proxy
        self._health = health
        self._addresses = addresses
        self._openapi = OpenApi(proxy)

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            return await self._lifespan(receive, send)
        if scope["type"] != "http":
            return None
        path = scope["path"]
        if path in _INTAKE:
            return await self.intake.handle(scope, receive, send, self._addresses.of(scope))
        if path == SCANS:
            return await self.edge.handle(scope, receive, send, self._addresses.of(scope))
        if path.startswith("/static/"):
            return await self._static.serve(scope, send)
        if path == "/healthz":
            return await self._answer(send, *await self._health.report())
        if path == "/api/openapi.json":
            return await self._answer(send, 200, await self._openapi.document())
        await self._proxy.pass_on(scope, receive, send, self._addresses)

    async def _answer(self, send: Send, status: int, content: Any) -> None:
        body = msgspec.json.encode(content)
        headers = [*_JSON, (b"content-length", b"%d" % len(body))]
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": body})

    async def _lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                self.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return

    def start(self) -> None:
        """Begin: the writer and the keeper have their own threads."""
        self.intake.writer.start(asyncio.get_running_loop())
        self.intake.keeper.start()
        self.edge.roster.start()

    async def stop(self) -> None:
        """Write what is queued, then let go."""
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self.intake.writer.stop)
        await loop.run_in_executor(None, self.intake.keeper.stop)
        await loop.run_in_executor(None, self.edge.roster.stop)
        await self._proxy.close()
