"""POST /api/edge/scans as bare ASGI: lines of a device's log become rows; whatever is answered 200 is durable by then."""

from __future__ import annotations

import asyncio
import logging
from base64 import urlsafe_b64encode
from datetime import datetime
from math import ceil
from typing import Any

import msgspec

from lachan.gate.declarations.prepare import FieldError, NotReady, Refused
from lachan.gate.edge import wire
from lachan.gate.edge.judge import Said, Verdict
from lachan.gate.edge.prepare import Maker, Origin, read
from lachan.gate.edge.roster import Known, Roster, Unready
from lachan.gate.edge.rows import Ready, Row
from lachan.gate.intake import words
from lachan.gate.intake.app import JSON, Reply, Scope, Send, head_of, reply_with
from lachan.gate.intake.body import Patience, Receive, TooLarge, whole
from lachan.gate.intake.keeper import Keeper
from lachan.gate.intake.limits import Limits
from lachan.gate.intake.stores import Busy, Lane, Unavailable
from lachan.kernel.clock import Clock, SystemClock, ms_at
from lachan.kernel.ids import uuid7
from lachan.kernel.scanlog import Line, step, to_sign
from lachan.registry.audit.rows import sqlite_time

log = logging.getLogger(__name__)

SCANS = "/api/edge/scans"
BODY_SECONDS = 60
"""Roads have slow networks; a batch of 500 lines is some 300 kB."""
SLICE = 48
"""Lines made into rows before the loop may turn to others: some two milliseconds."""
LARGE = 48
LARGE_BYTES = 32 * 1024
AT_ONCE = 3
"""Large batches between their first row and their commit: one being written, one waiting, one being made."""
MOST_BYTES_WAITING = 64 * 1024 * 1024

_encode = msgspec.json.Encoder().encode


class Edge:
    """`handle` answers one request; `client` is the address after trusted proxies."""

    def __init__(
        self,
        lane: Lane[Ready, Verdict | None],
        roster: Roster,
        keeper: Keeper,
        limits: Limits,
        clock: Clock | None = None,
    ) -> None:
        self.roster = roster
        self._lane = lane
        self._keeper = keeper
        self._limits = limits
        self._clock = clock or SystemClock()
        self._patience = Patience(BODY_SECONDS)
        self._large = asyncio.Semaphore(AT_ONCE)
        self._reading = asyncio.Lock()
        self._making = asyncio.Lock()
        self._bytes = 0

    async def handle(self, scope: Scope, receive: Receive, send: Send, client: str) -> None:
        kind, length, accept = head_of(scope)
        lang = words.language_of("", accept)
        if scope["method"] != "POST":
            return await reply_with(send, Reply.error(405, "method", "method", lang))
        if kind != JSON:
            return await reply_with(send, Reply.error(415, "unsupported", "edge_media", lang))
        try:
            body = await whole(receive, length, wire.MOST_BYTES, self._patience)
        except TooLarge:
            return await reply_with(send, Reply.error(413, "too_large", "too_large", lang))
        except (TimeoutError, ConnectionError):
            return await reply_with(send, Reply.error(408, "timeout", "too_slow", lang))
        await reply_with(send, await self.take(body, client, lang))

    async def take(self, body: bytes, client: str, lang: str) -> Reply:
        """One batch."""
        if self._bytes and self._bytes + len(body) > MOST_BYTES_WAITING:
            return Reply.error(503, "busy", "edge_busy", lang, 2)
        self._bytes += len(body)
        try:
            return await self._take(await self._parts(body), client, lang)
        except Refused as refused:
            return Reply.invalid(refused, lang)
        except (Busy, NotReady, Unready):
            return Reply.error(503, "busy", "edge_busy", lang, 1)
        except Unavailable:
            return Reply.error(503, "unavailable", "edge_busy", lang, 5)
        finally:
            self._bytes -= len(body)

    async def _parts(self, body: bytes) -> wire.Parts:
        """Large bodies one at a time: those of an outage's end come together, and a declaration waits behind them all."""
        if len(body) <= LARGE_BYTES:
            return wire.read(body)
        async with self._reading:
            parts = wire.read(body)
            await asyncio.sleep(0)
        return parts

    async def _take(self, parts: wire.Parts, client: str, lang: str) -> Reply:
        known = await self.roster.find(parts.device)
        if wait := self._limits.address.take(client):
            return Reply.error(429, "too_often", "too_often", lang, ceil(wait))
        if known is None:
            return Reply.error(401, "device_unknown", "device_unknown", lang)
        if not known.key.verify(parts.signature, to_sign(parts.log, parts.first, parts.before, parts.head)):
            return Reply.error(401, "device_signature", "device_signature", lang)
        if wait := self._limits.device.take(
            known.id.hex
        ):  # only of its own: a stranger can't use up its turn
            return Reply.error(429, "too_often", "too_often", lang, ceil(wait))
        if len(parts.lines) <= LARGE:
            return await self._written(await self._prepared(parts, known), known, lang)
        async with self._large:
            async with self._making:
                ready = await self._prepared(parts, known)
            return await self._written(ready, known, lang)

    async def _written(self, ready: Ready, known: Known, lang: str) -> Reply:
        verdict = await self._lane.put(ready, len(ready.rows))
        if verdict is None:
            raise Unavailable("batch")
        if verdict.said is Said.TAKEN:
            if ready.heard:
                self.roster.noted(known.id)
            return self._taken(verdict, ready, known)
        return _elsewhere(verdict, lang)

    async def _prepared(self, parts: wire.Parts, known: Known) -> Ready:
        """Raises Refused when the lines aren't those that were signed, NotReady, Unready."""
        world = self._keeper.world
        if world is None:
            raise NotReady("world")
        heads, lines = await self._read(parts)
        now = self._clock.now()
        maker = Maker(_origin(parts, known), world, now)
        rows: list[Row] = []
        for at in range(0, len(lines), SLICE):
            rows += [
                maker.row(parts.first + place, lines[place], parts.lines[place], heads[place])
                for place in range(at, min(at + SLICE, len(lines)))
            ]
            await asyncio.sleep(0)
        return self._ready(parts, known, maker, heads, rows, now)

    async def _read(self, parts: wire.Parts) -> tuple[list[bytes], list[Line | None]]:
        """The chain's head after each line, and what the lines say."""
        heads: list[bytes] = []
        head = parts.before
        for line in parts.lines:
            heads.append(head := step(head, line))
        if head != parts.head:
            raise Refused([FieldError("head", "edge_chain")])
        lines: list[Line | None] = []
        for at in range(0, len(parts.lines), SLICE):
            lines += [read(line) for line in parts.lines[at : at + SLICE]]
            await asyncio.sleep(0)
        return heads, lines

    def _ready(
        self,
        parts: wire.Parts,
        known: Known,
        maker: Maker,
        heads: list[bytes],
        rows: list[Row],
        now: datetime,
    ) -> Ready:
        def broken(place: int) -> Row:
            return maker.broken(parts.first + place, parts.lines[place], heads[place])

        ready = Ready(
            parts.log, known.id, parts.first, parts.before, heads, rows, known.site.unit, uuid7(ms_at(now)),
            sqlite_time(now), now, broken,
        )  # fmt: skip
        if self.roster.due(known.id):
            ready.heard, ready.waiting, ready.app = True, parts.waiting, parts.app
        return ready

    def _taken(self, verdict: Verdict, ready: Ready, known: Known) -> Reply:
        told = {
            "next": verdict.next, "head": _text(verdict.head), "taken": verdict.taken, "recorded_at": ready.recorded_at,
        }  # fmt: skip
        if known.revoked_at is not None:
            told["revoked"] = True
        return Reply(200, _encode(told))


def _origin(parts: wire.Parts, known: Known) -> Origin:
    return Origin(
        known.id, parts.log, known.shift, known.site, known.enrolled_at, known.revoked_at, known.before
    )


def _elsewhere(verdict: Verdict, lang: str) -> Reply:
    """The log stands elsewhere: from where the device should go on."""
    code = verdict.said.value
    told: dict[str, Any] = {"error": code, "message": words.said(f"edge_{code}", lang)}
    return Reply(409, _encode({**told, "next": verdict.next, "head": _text(verdict.head)}))


def _text(raw: bytes) -> str:
    return urlsafe_b64encode(raw).rstrip(b"=").decode()
