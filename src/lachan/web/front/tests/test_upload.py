"""Bodies on their way to Django: whole or refused, within one room, and nothing left behind."""

from __future__ import annotations

import asyncio
import hashlib
import os
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest
from aiohttp import web
from django.urls import reverse

from lachan.gate.intake.body import Gone, TooLarge
from lachan.registry.places import importing
from lachan.registry.units.services import geometry
from lachan.web.front import upload as module
from lachan.web.front.address import Addresses
from lachan.web.front.proxy import Proxy
from lachan.web.front.upload import MB, MOST_BODY, Full, Room, Upload, most_of

HERE = "10.1.1.1"


def test_what_a_page_takes_passes_the_front_there_and_only_there() -> None:
    outlines = most_of(reverse("units:geometry"))
    assert geometry.MOST_BYTES + MB // 2 <= outlines <= module.MOST_OF_ONE < module.MOST_HELD
    assert importing.MOST_BYTES + MB // 2 <= most_of(reverse("places:import")) < geometry.MOST_BYTES
    for path in ("/", "/khai/", "/tra-cuu/", f"{reverse('units:geometry')}x", "/x/../cb/don-vi/ranh-gioi/"):
        assert most_of(path) == most_of(reverse("places:import"))


# the room


def test_the_room_counts_in_all_and_by_address() -> None:
    room = Room(most=100, of_one=60)
    room.take("a", 60)
    for address, size in (("a", 1), ("b", 41)):
        with pytest.raises(Full):
            room.take(address, size)
    room.take("b", 40)
    room.give_back("a", 60)
    assert room.held == 40 and room._by == {"b": 40}
    room.give_back("b", 40)
    assert room.held == 0 and not room._by


# one body


def sender(body: bytes, size: int, then: Any = None) -> Callable[[], Any]:
    """Sends the body in pieces of `size` bytes; `then` comes in place of its end."""
    pieces = [body[at : at + size] for at in range(0, len(body), size)] or [b""]
    messages = [{"type": "http.request", "body": piece, "more_body": True} for piece in pieces]
    if then is None:
        messages[-1]["more_body"] = False

    async def receive() -> Any:
        if messages:
            return messages.pop(0)
        if then == "silence":
            await asyncio.sleep(5)
        return {"type": "http.disconnect"}

    return receive


async def all_of(upload: Upload) -> bytes:
    data = upload.data()
    if data is None or isinstance(data, bytes):
        return data or b""
    return b"".join([piece async for piece in data])


@pytest.mark.parametrize("size", [0, 1, 70_000, MB, MB + 1, 3 * MB + 17])
def test_a_body_comes_out_as_it_went_in_as_often_as_asked(tmp_path: Path, size: int) -> None:
    async def run() -> None:
        room, body = Room(), os.urandom(size)
        upload = Upload(room, HERE, tmp_path)
        await upload.gather(sender(body, 60_000), size)
        assert upload.size == size and room.held == (size if size > module.SMALL else 0)
        assert upload._in_memory <= MB, "the rest is on disk"
        for _ in range(2):
            assert await all_of(upload) == body
        upload.close()
        assert room.held == 0 and not list(tmp_path.iterdir())

    asyncio.run(run())


@pytest.mark.parametrize(
    ("then", "raised"), [("gone", Gone), ("silence", TimeoutError)], ids=["gone", "silent"]
)
def test_what_never_becomes_whole_leaves_nothing_behind(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, then: str, raised: type[Exception]
) -> None:
    monkeypatch.setattr(module, "BODY_SECONDS", 0.02)
    monkeypatch.setattr(module, "SLOWEST", 100 * MB)

    async def run() -> None:
        room = Room()
        upload = Upload(room, HERE, tmp_path)
        try:
            with pytest.raises(raised):
                await upload.gather(sender(bytes(2 * MB), 500_000, then), -1)
            assert room.held == 2 * MB
        finally:
            upload.close()
        assert room.held == 0 and not list(tmp_path.iterdir())

    asyncio.run(run())


def test_a_large_body_has_as_much_time_as_a_slow_network_needs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_SECONDS", 0.05)
    monkeypatch.setattr(module, "SLOWEST", 100_000)
    left = [bytes(10_000)] * 10

    async def slowly() -> Any:
        await asyncio.sleep(0.02)
        left.pop()
        return {"type": "http.request", "body": bytes(10_000), "more_body": bool(left)}

    async def run() -> int:
        upload = Upload(Room(), HERE, tmp_path)
        await upload.gather(slowly, 100_000)
        upload.close()
        return upload.size

    assert asyncio.run(run()) == 100_000, "0.2 s of 0.05 + 1"


@pytest.mark.parametrize(("length", "size"), [(MOST_BODY + 1, 0), (-1, 300), (10, 300)])
def test_too_large_claimed_or_sent(tmp_path: Path, length: int, size: int) -> None:
    most = 200 if size else MOST_BODY
    with pytest.raises(TooLarge):
        asyncio.run(Upload(Room(), HERE, tmp_path, most).gather(sender(bytes(size), 100), length))


def test_a_full_room_refuses_at_once_what_it_could_not_hold_and_always_takes_what_is_small(
    tmp_path: Path,
) -> None:
    async def run() -> None:
        room = Room(most=MB, of_one=MB)
        room.take("another", MB)
        read: list[bool] = []

        async def never() -> Any:
            read.append(True)

        with pytest.raises(Full):
            await Upload(room, HERE, tmp_path).gather(never, 100_000)
        assert not read
        with pytest.raises(Full):
            await Upload(room, HERE, tmp_path).gather(sender(bytes(100_000), 10_000), -1)
        await Upload(room, HERE, tmp_path).gather(sender(bytes(60_000), 10_000), 60_000)
        assert room.held == MB

    asyncio.run(run())


# through the proxy


async def digest(request: web.Request) -> web.StreamResponse:
    found, size = hashlib.sha256(), 0
    async for piece in request.content.iter_any():
        found.update(piece)
        size += len(piece)
    said = [
        found.hexdigest(),
        size,
        request.headers.get("Content-Length"),
        "Transfer-Encoding" in request.headers,
    ]
    return web.json_response(said)


class Django:
    """A proxy with a small server behind it."""

    def __init__(self, folder: Path) -> None:
        self.proxy = Proxy(folder / "s", secure=False)
        self._socket = str(folder / "s")

    async def __aenter__(self) -> Django:
        application = web.Application(client_max_size=2**30)
        application.router.add_route("*", "/{tail:.*}", digest)
        self._runner = web.AppRunner(application)
        await self._runner.setup()
        await web.UnixSite(self._runner, self._socket).start()
        return self

    async def __aexit__(self, *_: object) -> None:
        await self.proxy.close()
        await self._runner.cleanup()

    async def post(self, receive: Any, length: int | None = None, path: str = "/x") -> list[Any]:
        sent: list[Any] = []

        async def send(message: Any) -> None:
            sent.append(message)

        headers = [] if length is None else [(b"content-length", str(length).encode())]
        asked = {
            "type": "http", "method": "POST", "path": path, "raw_path": path.encode(), "query_string": b"",
            "headers": headers, "client": (HERE, 5),
        }  # fmt: skip
        await self.proxy.pass_on(asked, receive, send, Addresses())
        return sent


def text(sent: list[Any]) -> str:
    return b"".join(message.get("body", b"") for message in sent[1:]).decode()


@pytest.mark.parametrize(
    ("size", "path"), [(10, "/x"), (5 * MB, "/x"), (40 * MB + 500, "/cb/don-vi/ranh-gioi/")]
)
def test_django_gets_the_whole_body_with_its_length(tmp_path: Path, size: int, path: str) -> None:
    async def run() -> None:
        async with Django(tmp_path) as django:
            body = os.urandom(size)
            sent = await django.post(sender(body, 70_000), size, path)
            assert text(sent) == f'["{hashlib.sha256(body).hexdigest()}", {size}, "{size}", false]'
            assert django.proxy._room.held == 0
            assert [path.name for path in tmp_path.iterdir()] == ["s"]

    asyncio.run(run())


def test_each_refusal_has_its_status_and_says_so_in_both_languages(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BODY_SECONDS", 0.02)

    async def run() -> AsyncIterator[tuple[list[Any], int, str, dict[bytes, bytes]]]:
        async with Django(tmp_path) as django:
            outlines = reverse("units:geometry")
            large = most_of(outlines)
            yield await django.post(sender(b"", 1), MOST_BODY + 1), 413, "at most 11 MB", {}
            yield await django.post(sender(bytes(12 * MB), MB)), 413, "at most 11 MB", {}
            yield await django.post(sender(b"", 1), large + 1, outlines), 413, "at most 41 MB", {}
            silent = await django.post(sender(b"x", 1, "silence"), 5)
            yield silent, 408, "too slowly", {b"connection": b"close"}
            django.proxy._room.take("others", module.MOST_OF_ONE)
            django.proxy._room.take("more", module.MOST_OF_ONE)
            full = await django.post(sender(bytes(40 * MB), MB), None, outlines)
            yield full, 503, "many large uploads", {b"retry-after": b"30"}
            assert await django.post(sender(b"", 1, "gone"), 5) == []

    async def all_told() -> None:
        async for sent, status, english, headers in run():
            assert sent[0]["status"] == status and english in text(sent)
            assert headers.items() <= dict(sent[0]["headers"]).items()
            assert text(sent).count("\n") == 2, "a line in each language"

    asyncio.run(all_told())


@pytest.mark.parametrize(("sent", "left"), [(12 * MB, 0), (module.MOST_AWAY + 20 * MB, 8)])
def test_who_sends_too_much_is_heard_out_so_that_the_answer_arrives(
    tmp_path: Path, sent: int, left: int
) -> None:
    """A browser that is answered while it sends shows a broken connection. What nobody sends by mistake is cut off."""
    pieces = [bytes(MB)] * (sent // MB)

    async def receive() -> Any:
        return {"type": "http.request", "body": pieces.pop(), "more_body": bool(pieces)}

    async def run() -> None:
        async with Django(tmp_path) as django:
            answer = await django.post(receive, sent if left == 0 else None)
            assert answer[0]["status"] == 413 and "at most 11 MB" in text(answer)
            assert django.proxy._room.held == 0

    asyncio.run(run())
    assert len(pieces) == left


def test_what_is_claimed_beyond_all_measure_is_not_waited_for(tmp_path: Path) -> None:
    async def never() -> Any:
        raise AssertionError("nothing is read")

    async def run() -> int:
        async with Django(tmp_path) as django:
            return int((await django.post(never, 10**10))[0]["status"])

    assert asyncio.run(run()) == 413


def test_a_full_disk_is_told_as_no_room(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(**_options: Any) -> Any:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.tempfile, "TemporaryFile", full)

    async def run() -> int:
        async with Django(tmp_path) as django:
            sent = await django.post(sender(bytes(2 * MB), MB), 2 * MB)
            assert django.proxy._room.held == 0
            return int(sent[0]["status"])

    assert asyncio.run(run()) == 503
