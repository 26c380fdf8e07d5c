"""The intake's two endpoints as bare ASGI: POST /api/intake/declarations and POST /api/intake/batch.

The front process mounts it; everything that answers 201 or 200 is durable by then.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from dataclasses import dataclass
from math import ceil
from typing import Any

import msgspec

from lachan.gate.declarations.prepare import (
    PUBLIC_CHANNELS,
    Answer,
    FieldError,
    NotReady,
    Prepared,
    Refused,
    Submission,
    answer_again,
    digest_of,
    prepare,
)
from lachan.gate.intake import wire, words
from lachan.gate.intake.body import Patience, Receive, TooLarge, whole
from lachan.gate.intake.keeper import Keeper
from lachan.gate.intake.limits import Limits
from lachan.gate.intake.stores import Busy, GroupWriter, Kept, Outcome, Unavailable
from lachan.kernel.clock import Clock, SystemClock

log = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]

DECLARATIONS = "/api/intake/declarations"
BATCH = "/api/intake/batch"
JSON = b"application/json"
CBOR = b"application/cbor"
BODY_SECONDS = 30
"""How long a request's body may take; who has sent nothing by then gets 408 (see `body.Patience`)."""
SLICE = 32
"""Items of a batch prepared before the loop may turn to others: some five milliseconds."""
COMMIT_SLICE = 256

_encode = msgspec.json.Encoder().encode
_HEADERS = [(b"content-type", JSON), (b"cache-control", b"no-store")]


@dataclass(frozen=True, slots=True)
class Reply:
    """What is sent back. `retry_after` in seconds, for 429 and 503."""

    status: int
    body: bytes
    retry_after: int = 0

    @classmethod
    def error(cls, status: int, error: str, code: str, lang: str, retry_after: int = 0) -> Reply:
        return cls(status, _encode({"error": error, "message": words.said(code, lang)}), retry_after)

    @classmethod
    def invalid(cls, refused: Refused, lang: str) -> Reply:
        fields = words.fields(refused.fields, lang)
        return cls(422, _encode({"error": "invalid", "fields": fields}))


class Intake:
    """`handle` answers one request; `client` is the address after trusted proxies."""

    def __init__(
        self, writer: GroupWriter, keeper: Keeper, limits: Limits, clock: Clock | None = None
    ) -> None:
        self.writer = writer
        self.keeper = keeper
        self.limits = limits
        self._clock = clock or SystemClock()
        self._patience = Patience(BODY_SECONDS)

    async def handle(self, scope: Scope, receive: Receive, send: Send, client: str) -> None:
        kind, length, accept = head_of(scope)
        lang = words.language_of("", accept)
        batch = scope["path"] == BATCH
        if scope["method"] != "POST":
            return await reply_with(send, Reply.error(405, "method", "method", lang))
        if kind not in (JSON, CBOR):
            return await reply_with(send, Reply.error(415, "unsupported", "unsupported_media", lang))
        most = wire.MOST_BATCH_BYTES if batch else wire.MOST_BYTES
        try:
            body = await whole(receive, length, most, self._patience)
        except TooLarge:
            return await reply_with(send, Reply.error(413, "too_large", "too_large", lang))
        except (TimeoutError, ConnectionError):
            return await reply_with(send, Reply.error(408, "timeout", "too_slow", lang))
        answer = self.batch if batch else self.one
        await reply_with(send, await answer(body, kind == CBOR, client, lang))

    async def one(self, body: bytes, cbor: bool, client: str, lang: str) -> Reply:
        """A single declaration."""
        try:
            submission = wire.from_cbor(body) if cbor else wire.from_json(body)
        except wire.Malformed as error:
            return Reply.invalid(Refused([FieldError("body", error.code)]), lang)
        except Refused as refused:
            return Reply.invalid(refused, refused.lang or lang)
        lang = submission.lang
        wait = self.limits.wait(submission.device, self._known(submission.place), client)
        if wait:
            return Reply.error(429, "too_often", "too_often", lang, ceil(wait))
        try:
            try:
                prepared = self._prepare(submission)
            except Refused as refused:
                prepared = await self._prepared_again(submission, refused)
            (outcome,) = await self.writer.put((prepared,))
        except Refused as refused:
            return await self._refused(submission, refused)
        except (Busy, NotReady):
            return Reply.error(503, "busy", "busy", lang, 1)
        except Unavailable:
            return Reply.error(503, "unavailable", "unavailable", lang, 5)
        return self._reply(prepared, submission, outcome)

    async def _prepared_again(self, submission: Submission, refused: Refused) -> Prepared:
        """A place made a moment ago isn't in our picture yet: look, and try once more. Else raises `refused`."""
        if not any(error.code == "place_unknown" for error in refused.fields):
            raise refused
        if not await self.keeper.look_again():
            raise refused
        return self._prepare(submission)

    def _prepare(self, submission: Submission) -> Prepared:
        world = self.keeper.world
        if world is None:
            raise NotReady("world")
        if submission.channel not in PUBLIC_CHANNELS:
            raise Refused([FieldError("channel", "not_an_option")], submission.lang)
        return prepare(submission, world, self._clock.now())

    def _known(self, place: str) -> str:
        world = self.keeper.world
        found = world.place(place) if world and place else None
        return found.code if found else ""

    async def _refused(self, submission: Submission, refused: Refused) -> Reply:
        """Refused today; but if it was accepted before (the form or the place changed since), it is a retry."""
        try:
            digest = digest_of(submission)
            found = await self.writer.look(submission.id, digest)
        except (Refused, Unavailable):
            found = []
        if found and found[0].kept is Kept.SAME:
            return Reply(200, _encode(self._bare(submission, found[0])))
        return Reply.invalid(refused, submission.lang)

    def _bare(self, submission: Submission, outcome: Outcome) -> Answer:
        world = self.keeper.world
        assert world is not None and outcome.recorded_at is not None
        return answer_again(None, submission, world, outcome.result, outcome.recorded_at)

    def _reply(self, prepared: Prepared, submission: Submission, outcome: Outcome) -> Reply:
        if outcome.kept is Kept.CREATED:
            return Reply(201, _encode(prepared.answer))
        if outcome.kept is Kept.SAME:
            return Reply(200, _encode(self._again(prepared, submission, outcome)))
        if outcome.kept is Kept.CONFLICT:
            return Reply.error(409, "conflict", "conflict", submission.lang)
        return Reply.invalid(Refused([FieldError("answers", "malformed")]), submission.lang)

    def _again(self, prepared: Prepared, submission: Submission, outcome: Outcome) -> Answer:
        world = self.keeper.world
        assert world is not None and outcome.recorded_at is not None
        return answer_again(prepared, submission, world, outcome.result, outcome.recorded_at)

    # many at once

    async def batch(self, body: bytes, cbor: bool, client: str, lang: str) -> Reply:
        """Up to 1000 declarations; each has its own status, in the order sent. The address is limited for all of them
        at once, devices and venues item by item."""
        try:
            items: list[Any] = wire.items_of_cbor(body) if cbor else wire.items_of_json(body)
        except wire.Malformed as error:
            return Reply.invalid(Refused([FieldError("body", error.code)]), lang)
        except Refused as refused:
            return Reply.invalid(refused, lang)
        wait = self.limits.address.take(client, len(items))
        if wait:
            return Reply.error(429, "too_often", "too_often", lang, ceil(wait))
        try:
            results = await self._all(items, cbor, lang)
        except (Busy, NotReady):
            return Reply.error(503, "busy", "busy", lang, 1)
        except Unavailable:
            return Reply.error(503, "unavailable", "unavailable", lang, 5)
        return Reply(200, b'{"results":[' + b",".join(results) + b"]}")

    async def _all(self, items: list[Any], cbor: bool, lang: str) -> list[bytes]:
        """Preparing goes on while earlier slices commit."""
        results: list[bytes] = [b""] * len(items)
        ready: list[tuple[int, Prepared, Submission]] = []
        sent: list[tuple[list[tuple[int, Prepared, Submission]], asyncio.Future[list[Outcome]]]] = []
        for start in range(0, len(items), SLICE):
            for place in range(start, min(start + SLICE, len(items))):
                try:
                    submission = wire.from_plain(items[place]) if cbor else wire.from_json(items[place])
                    wait = self.limits.wait_of_item(submission.device, self._known(submission.place))
                    if wait:
                        results[place] = _item_too_often(submission, ceil(wait))
                        continue
                    try:
                        prepared = self._prepare(submission)
                    except Refused as refused:
                        prepared = await self._prepared_again(submission, refused)
                    ready.append((place, prepared, submission))
                except (Refused, wire.Malformed) as error:
                    results[place] = _item_refused(items[place], error, lang)
            if len(ready) >= COMMIT_SLICE:
                sent.append((ready, self.writer.put([one[1] for one in ready])))
                ready = []
            await asyncio.sleep(0)
        if ready:
            sent.append((ready, self.writer.put([one[1] for one in ready])))
        for rows, future in sent:
            for (place, prepared, submission), outcome in zip(rows, await future, strict=True):
                results[place] = self._item(prepared, submission, outcome)
        return results

    def _item(self, prepared: Prepared, submission: Submission, outcome: Outcome) -> bytes:
        status = int(outcome.kept)
        if outcome.kept is Kept.CREATED:
            return _encode({"id": prepared.id, "status": status, "answer": prepared.answer})
        if outcome.kept is Kept.SAME:
            again = self._again(prepared, submission, outcome)
            return _encode({"id": prepared.id, "status": status, "answer": again})
        return _encode({"id": prepared.id, "status": status, "error": outcome.kept.name.lower()})


def _item_refused(item: Any, error: Refused | wire.Malformed, lang: str) -> bytes:
    if isinstance(error, wire.Malformed):
        error = Refused([FieldError("body", error.code)])
    fields = words.fields(error.fields, error.lang or lang)
    return _encode({"id": wire.peeked_id(item), "status": 422, "error": "invalid", "fields": fields})


def _item_too_often(submission: Submission, wait: int) -> bytes:
    message = words.said("too_often", submission.lang)
    said = {"error": "too_often", "message": message, "retry_after": wait}
    return _encode({"id": submission.id, "status": 429, **said})


def head_of(scope: Scope) -> tuple[bytes, int, str]:
    """(content type, content length or -1, Accept-Language)."""
    kind, length, accept = b"", -1, ""
    for name, value in scope["headers"]:
        if name == b"content-type":
            kind = value.split(b";")[0].strip().lower()
        elif name == b"content-length":
            length = int(value) if value.isdigit() else -1
        elif name == b"accept-language":
            accept = value.decode("latin-1")
        elif name == b"content-encoding" and value.lower() != b"identity":
            kind = b""
    return kind, length, accept


async def reply_with(send: Send, reply: Reply) -> None:
    headers = [*_HEADERS, (b"content-length", b"%d" % len(reply.body))]
    if reply.retry_after:
        headers.append((b"retry-after", b"%d" % reply.retry_after))
    if reply.status == 408:
        headers.append((b"connection", b"close"))
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})
    await send({"type": "http.response.body", "body": reply.body})
