"""The front's own parts: addresses, static files, health, the proxy against a small server on a real socket."""

from __future__ import annotations

import asyncio
import gzip
import json
import os
import threading
from collections.abc import Awaitable, Callable
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from aiohttp import web

from lachan.web.front import proxy as proxy_module
from lachan.web.front import static as static_module
from lachan.web.front.address import Addresses
from lachan.web.front.health import Health, worker_state
from lachan.web.front.openapi import merge, own
from lachan.web.front.proxy import Proxy, target_of
from lachan.web.front.static import Static

Headers = list[tuple[bytes, bytes]]


def scope(
    path: str = "/", *, method: str = "GET", headers: Headers | None = None, client: Any = ("10.1.1.1", 5)
) -> Any:
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode(), "query_string": b"",
        "headers": headers or [], "client": client,
    }  # fmt: skip


# addresses


def test_a_stranger_cannot_name_her_own_address() -> None:
    asked = scope(headers=[(b"x-forwarded-for", b"1.2.3.4")])
    assert Addresses().of(asked) == "10.1.1.1"
    assert Addresses(["192.168.0.0/16"]).of(asked) == "10.1.1.1"


def test_a_trusted_proxy_is_believed_up_to_the_first_stranger() -> None:
    hops = [(b"x-forwarded-for", b"6.6.6.6, 1.2.3.4, 10.9.9.9"), (b"x-forwarded-for", b"nonsense")]
    assert Addresses(["10.0.0.0/8"]).of(scope(headers=hops)) == "1.2.3.4"


# static files


def serve(
    static: Static, path: str, *, method: str = "GET", headers: Headers | None = None
) -> tuple[int, dict[str, str], bytes]:
    sent: list[Any] = []

    async def send(message: Any) -> None:
        sent.append(message)

    asyncio.run(static.serve(scope(path, method=method, headers=headers), send))
    found = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
    return sent[0]["status"], found, sent[1]["body"]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    (tmp_path / "build").mkdir()
    (tmp_path / "build" / "public-CqjJRzyx.css").write_text("body{color:red}" * 100)
    (tmp_path / "plain.txt").write_text("x" * 2000)
    (tmp_path / "small.txt").write_text("x")
    return tmp_path


def finder(folder: Path) -> Static:
    def find(name: str) -> str | None:
        path = (folder / name).resolve()
        return str(path) if path.is_relative_to(folder) else None

    return Static(find)


def test_a_hashed_file_is_kept_for_ever_and_travels_compressed(files: Path) -> None:
    static = finder(files)
    asked = [(b"accept-encoding", b"gzip, br")]
    status, headers, body = serve(static, "/static/build/public-CqjJRzyx.css", headers=asked)
    assert status == 200 and "immutable" in headers["cache-control"]
    assert headers["content-type"] == "text/css; charset=utf-8" and headers["content-encoding"] == "gzip"
    assert gzip.decompress(body) == b"body{color:red}" * 100
    again = serve(
        static, "/static/build/public-CqjJRzyx.css", headers=[(b"if-none-match", headers["etag"].encode())]
    )
    assert again[0] == 304 and again[2] == b""


def test_what_was_compressed_at_the_build_is_taken_as_it_is(files: Path) -> None:
    (files / "build" / "public-CqjJRzyx.css.br").write_bytes(b"brotli")
    _, headers, body = serve(
        finder(files), "/static/build/public-CqjJRzyx.css", headers=[(b"accept-encoding", b"br")]
    )
    assert (headers["content-encoding"], body) == ("br", b"brotli")


def test_an_unhashed_file_is_read_anew_when_it_changes(files: Path) -> None:
    static = finder(files)
    _, headers, _ = serve(static, "/static/plain.txt")
    assert headers["cache-control"] == "no-cache"
    (files / "plain.txt").write_text("y" * 3000)
    assert serve(static, "/static/plain.txt")[2] == b"y" * 3000


def test_half_a_file_is_never_kept_though_its_name_is_hashed(files: Path) -> None:
    """Something else than the build may write in place: copying, unpacking."""
    static, path = finder(files), files / "build" / "public-CqjJRzyx.css"
    whole = path.read_bytes()
    path.write_bytes(b"")
    assert serve(static, "/static/build/public-CqjJRzyx.css")[2] == b""
    path.write_bytes(whole[:100])
    assert serve(static, "/static/build/public-CqjJRzyx.css")[2] == whole[:100]
    path.write_bytes(whole)
    assert serve(static, "/static/build/public-CqjJRzyx.css")[2] == whole


def test_a_file_that_changes_under_the_reader_is_read_again(
    files: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    usual, torn = Path.read_bytes, [b"x" * 7, b"x" * 2000]

    def while_written(path: Path) -> bytes:
        if torn and path.name == "plain.txt":
            path.write_bytes(b"y" * (3000 + len(torn)))
            return torn.pop()
        return usual(path)

    monkeypatch.setattr(static_module, "PAUSE", 0.01)
    monkeypatch.setattr(Path, "read_bytes", while_written)
    assert serve(finder(files), "/static/plain.txt")[2] == b"y" * 3001


def test_a_file_that_never_comes_to_rest_is_not_served(files: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(static_module, "PAUSE", 0.0)
    monkeypatch.setattr(Path, "read_bytes", lambda _path: b"torn")
    assert serve(finder(files), "/static/plain.txt")[0] == 404


def test_what_a_new_build_took_away_is_still_there_for_open_pages(files: Path) -> None:
    static, path = finder(files), files / "build" / "public-CqjJRzyx.css"
    body = serve(static, "/static/build/public-CqjJRzyx.css")[2]
    path.unlink()
    assert serve(static, "/static/build/public-CqjJRzyx.css")[2] == body
    assert serve(static, "/static/plain.txt")[0] == 200
    (files / "plain.txt").unlink()
    assert serve(static, "/static/plain.txt")[0] == 404


def test_files_replaced_and_cut_short_under_a_running_server_cost_no_answer(files: Path) -> None:
    """What is mapped or sent from the page cache would end the process with SIGBUS here."""
    path = files / "build" / "app-12345678.js"
    bodies = {b"a" * 400_000, b"b" * 300_000}

    def rebuild() -> None:
        for body in [*bodies] * 20:
            scratch = path.with_name(".scratch")
            scratch.write_bytes(body)
            scratch.replace(path)

    path.write_bytes(b"a" * 400_000)
    static, writer = finder(files), threading.Thread(target=rebuild)
    writer.start()
    while writer.is_alive():
        status, headers, body = serve(static, "/static/build/app-12345678.js")
        assert (status, int(headers["content-length"])) == (200, len(body)) and body in bodies
    writer.join()
    os.truncate(path, 10)
    assert serve(static, "/static/build/app-12345678.js")[0] == 200


def test_small_files_and_those_who_refuse_gzip_get_it_plain(files: Path) -> None:
    static = finder(files)
    assert (
        "content-encoding"
        not in serve(static, "/static/small.txt", headers=[(b"accept-encoding", b"gzip")])[1]
    )
    refuses = [(b"accept-encoding", b"gzip;q=0, br")]
    assert "content-encoding" not in serve(static, "/static/plain.txt", headers=refuses)[1]


def test_head_missing_and_outside(files: Path) -> None:
    static = finder(files)
    status, headers, body = serve(static, "/static/plain.txt", method="HEAD")
    assert (status, headers["content-length"], body) == (200, "2000", b"")
    for path in ("/static/none.css", "/static/../../etc/passwd", "/static/build", "/static/%00", "/static/"):
        assert serve(static, path)[0] == 404
    assert serve(static, "/static/plain.txt", method="POST")[0] == 405


def test_djangos_finders_refuse_what_lies_outside() -> None:
    from django.contrib.staticfiles import finders

    for path in ("/static/../settings.py", "/static/%2e%2e/%2e%2e/settings.py", "/static//etc/passwd"):
        assert serve(Static(finders.find), path)[0] == 404


def test_the_memory_of_files_is_bounded(tmp_path: Path) -> None:
    for number in range(20):
        (tmp_path / f"f{number}.bin").write_bytes(bytes(1000))
    static = Static(lambda name: str(tmp_path / name), most=5000)
    for number in range(20):
        assert serve(static, f"/static/f{number}.bin")[0] == 200
    assert static._bytes <= 5000 and len(static._kept) == 5


# the proxy

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]


def through(
    handler: Handler,
    asked: Any,
    body: bytes = b"",
    tmp_path: Path | None = None,
    *,
    trusted: list[str] | None = None,
) -> list[Any]:
    async def run() -> list[Any]:
        assert tmp_path is not None
        application = web.Application(client_max_size=2**30)
        application.router.add_route("*", "/{tail:.*}", handler)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.UnixSite(runner, str(tmp_path / "s")).start()
        found = Proxy(tmp_path / "s", secure=True)
        try:
            return await passed(found, asked, body, trusted)
        finally:
            await found.close()
            await runner.cleanup()

    return asyncio.run(run())


async def passed(proxy: Proxy, asked: Any, body: bytes = b"", trusted: list[str] | None = None) -> list[Any]:
    sent: list[Any] = []
    half = len(body) // 2
    messages = [
        {"type": "http.request", "body": body[:half], "more_body": True},
        {"type": "http.request", "body": body[half:], "more_body": False},
    ]

    async def receive() -> Any:
        return messages.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    await proxy.pass_on(asked, receive, send, Addresses(trusted or []))
    return sent


async def echo(request: web.Request) -> web.StreamResponse:
    said = {
        "path": request.raw_path, "headers": [(name.lower(), value) for name, value in request.headers.items()],
        "body": (await request.read()).decode(), "method": request.method,
    }  # fmt: skip
    answer = web.json_response(said)
    answer.headers.add("Set-Cookie", "a=1")
    answer.headers.add("Set-Cookie", "b=2")
    answer.headers["Connection"] = "close"
    return answer


def told(sent: list[Any]) -> Any:
    return json.loads(b"".join(message.get("body", b"") for message in sent[1:]))


def test_a_request_goes_through_with_its_body_and_our_headers(tmp_path: Path) -> None:
    given = [
        (b"host", b"khaibao.example"), (b"x-forwarded-for", b"6.6.6.6"), (b"x-forwarded-proto", b"http"),
        (b"connection", b"x-secret"), (b"x-secret", b"1"), (b"cookie", b"l=vi"), (b"cookie", b"s=1"), (b"content-length", b"6"),
    ]  # fmt: skip
    asked = scope("/cb/t%E1%BB%9D-khai/", method="POST", headers=given)
    asked["query_string"] = b"q=a%20b"
    sent = through(echo, asked, b"a=b&cc", tmp_path)
    said = told(sent)
    headers = dict(said["headers"])
    assert (said["path"], said["body"], said["method"]) == ("/cb/t%E1%BB%9D-khai/?q=a%20b", "a=b&cc", "POST")
    assert headers["host"] == headers["x-forwarded-host"] == "khaibao.example"
    assert headers["x-forwarded-for"] == "10.1.1.1" and headers["x-forwarded-proto"] == "https"
    assert headers["content-length"] == "6" and headers["cookie"] == "l=vi; s=1"
    assert "x-secret" not in headers and "accept-encoding" not in headers
    back = sent[0]["headers"]
    assert [value for name, value in back if name == b"set-cookie"] == [b"a=1", b"b=2"]
    assert b"connection" not in dict(back) and sent[-1]["more_body"] is False


def test_a_trusted_proxy_passes_on_what_it_knows(tmp_path: Path) -> None:
    given = [
        (b"host", b"inner"),
        (b"x-forwarded-for", b"1.2.3.4"),
        (b"x-forwarded-proto", b"http"),
        (b"x-forwarded-host", b"outer"),
    ]
    headers = dict(
        told(through(echo, scope(headers=given), b"", tmp_path, trusted=["10.0.0.0/8"]))["headers"]
    )
    assert headers["x-forwarded-for"] == "1.2.3.4, 10.1.1.1"
    assert (headers["x-forwarded-proto"], headers["host"]) == ("http", "outer")


def test_redirects_are_the_browsers_business(tmp_path: Path) -> None:
    async def away(request: web.Request) -> web.StreamResponse:
        return web.Response(status=302, headers={"Location": "/khai/"})

    assert through(away, scope("/"), b"", tmp_path)[0]["status"] == 302


def test_a_large_answer_is_streamed_whole(tmp_path: Path) -> None:
    async def large(request: web.Request) -> web.StreamResponse:
        return web.Response(body=b"x" * 3_000_000)

    sent = through(large, scope("/"), b"", tmp_path)
    assert len(sent) > 3 and sum(len(message.get("body", b"")) for message in sent) == 3_000_000


def test_without_django_the_reader_gets_a_page_that_comes_back(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(proxy_module, "PATIENCE", 0.3)

    async def run() -> list[Any]:
        proxy = Proxy(tmp_path / "none", secure=False)
        try:
            assert await proxy.alive() is False and await proxy.fetch("/x") is None
            return await passed(proxy, scope("/"))
        finally:
            await proxy.close()

    sent = asyncio.run(run())
    assert sent[0]["status"] == 502 and "khởi động lại" in sent[1]["body"].decode()


def test_a_restarting_django_is_waited_for(tmp_path: Path) -> None:
    async def run() -> list[Any]:
        proxy = Proxy(tmp_path / "s", secure=False)
        waiting = asyncio.create_task(passed(proxy, scope("/x"), b"body"))
        await asyncio.sleep(0.3)
        application = web.Application()
        application.router.add_route("*", "/{tail:.*}", echo)
        runner = web.AppRunner(application)
        await runner.setup()
        await web.UnixSite(runner, str(tmp_path / "s")).start()
        try:
            return await waiting
        finally:
            await proxy.close()
            await runner.cleanup()

    assert told(asyncio.run(run()))["body"] == "body"


@pytest.mark.parametrize(
    ("raw", "target"),
    [
        (b"/a b\r\nX: 1", "/a%20b%0D%0AX:%201"),
        (b"//evil.example/x", "/evil.example/x"),
        (b"/\xff", "/%FF"),
        (b"", "/"),
    ],
)
def test_a_path_stays_one_line_and_ours(raw: bytes, target: str) -> None:
    assert target_of({"raw_path": raw, "path": raw.decode("latin-1"), "query_string": b""}) == target


# health and documents


def test_the_workers_sign_of_life(tmp_path: Path) -> None:
    beat = tmp_path / "worker.json"
    assert worker_state(beat, 100.0) == "down"
    beat.write_text('{"at": 95}')
    assert worker_state(beat, 100.0) == "ok" and worker_state(beat, 200.0) == "silent"
    beat.write_text("{torn")
    assert worker_state(beat, 100.0) == "down"


@pytest.mark.parametrize(("writer", "keeper"), [("stopped", None), ("SQLITE_FULL", None), (None, "OSError")])
def test_health_is_503_when_the_writer_or_the_picture_fails(
    tmp_path: Path, writer: str | None, keeper: str | None
) -> None:
    intake: Any = SimpleNamespace(
        writer=SimpleNamespace(trouble=writer), keeper=SimpleNamespace(failing=keeper)
    )
    health = Health(intake, Proxy(tmp_path / "s", secure=False), tmp_path, frozenset())
    assert asyncio.run(health.report()) == (
        503,
        {"status": "starting or failing", "store": writer or keeper},
    )
    intake.writer.trouble = intake.keeper.failing = None
    assert asyncio.run(health.report()) == (200, {"status": "ok", "store": "ok"})


def test_both_documents_are_one_and_ours_stands() -> None:
    theirs = {"paths": {"/api/x": {}, "/api/intake/batch": "theirs"}, "components": {"schemas": {"X": {}}}}
    merged = merge(own(), theirs)
    assert {"/api/x", "/api/intake/declarations"} <= set(merged["paths"])
    assert merged["paths"]["/api/intake/batch"] != "theirs"
    assert {"X", "Submission"} <= set(merged["components"]["schemas"])
    json.dumps(merged)
