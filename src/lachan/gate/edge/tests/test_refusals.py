"""What is refused, and how it is told: by item and field, in the reader's language, with a time to come again."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from lachan.gate.checkpoints.models import Scan
from lachan.gate.edge import app
from lachan.gate.edge.tests.sim import Answer, Keeps, Sim, rows, serving, store_at
from lachan.gate.intake.limits import Rates
from lachan.gate.intake.stores import Unavailable


class Nowhere:
    """A store that can't be opened, or writes only when it is let."""

    def __init__(self, opens: bool) -> None:
        self.opens = opens
        self.gate = threading.Event()

    def open(self) -> None:
        if not self.opens:
            raise Unavailable("full")

    def transact(self, run: Any, *rows: Any) -> Any:
        self.gate.wait(5)
        raise Unavailable("full")

    def idle(self) -> None: ...
    def close(self) -> None: ...


def said(bodies: list[Any], device: Sim | None = None, lang: str = "vi", **more: Any) -> list[Answer]:
    scope = more.pop("scope", {})

    async def whole() -> list[Answer]:
        async with serving(Nowhere(False), [device] if device else [], **more) as server:  # type: ignore[arg-type]
            return [await server.post(body, lang, **scope) for body in bodies]

    return asyncio.run(whole())


def honest() -> tuple[Sim, dict[str, Any]]:
    one = Sim()
    one.scan(3)
    return one, one.batch()


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"device": "x"}, "device", "wrong_type"),
        ({"log": 7}, "log", "wrong_type"),
        ({"first": 0}, "first", "wrong_type"),
        ({"first": 2**50}, "first", "wrong_type"),
        ({"prev": "AA"}, "prev", "malformed"),
        ({"head": "*" * 43}, "head", "malformed"),
        ({"sig": ""}, "sig", "malformed"),
        ({"items": []}, "items", "required"),
        ({"items": ["{}"] * 501}, "items", "too_many"),
        ({"items": ["{}", 5]}, "items.1", "wrong_type"),
        ({"items": None}, "items", "wrong_type"),
        ({"waiting": -1}, "waiting", "wrong_type"),
    ],
)
def test_a_wrong_field_is_named(change: dict[str, Any], field: str, code: str) -> None:
    one, batch = honest()
    (answer,) = said([batch | change], one)
    assert answer.status == 422 and answer.said["error"] == "invalid"
    assert [(each["field"], each["code"]) for each in answer.said["fields"]] == [(field, code)]


@pytest.mark.parametrize("body", [b"", b"{", b"[]", b"\xff", b'{"device":', b"[" * 100_000, b"null"])
def test_what_is_no_batch_is_refused(body: bytes) -> None:
    (answer,) = said([body])
    assert answer.status == 422 and answer.said["fields"]


def test_each_language_has_its_words() -> None:
    one, batch = honest()
    cut = batch | {"items": batch["items"][:2]}
    (vi,), (en,) = said([cut], one), said([cut], one, "en-GB,en;q=0.9")
    assert vi.said["fields"][0]["message"].startswith("Các lượt quét không khớp")
    assert en.said["fields"][0]["message"].startswith("The scans don't match")


def test_method_type_and_size() -> None:
    get, form, large = (
        said([b""], scope={"method": "GET"})[0],
        said([b""], scope={"headers": [(b"content-type", b"text/plain")]})[0],
        said([b"x" * (8 * 1024 * 1024 + 1)])[0],
    )
    assert [each.status for each in (get, form, large)] == [405, 415, 413]


def test_devices_and_addresses_have_their_limit() -> None:
    one, batch = honest()
    found = said([batch] * 22, one, rates=Rates(20, 0, 0))
    assert [each.status for each in found[:20]] == [503] * 20 and found[-1].status == 429
    assert found[-1].retry_after
    strangers = said([honest()[1] for _ in range(4)], rates=Rates(0, 0, 3))
    assert [each.status for each in strangers] == [401, 401, 401, 429]


def test_a_stranger_uses_up_nobodys_turn() -> None:
    one, batch = honest()
    forged = {**batch, "sig": "A" * 86}
    found = said([*[forged] * 25, batch], one, rates=Rates(20, 0, 0))
    assert [each.status for each in found[:25]] == [401] * 25 and found[-1].status == 503  # its store is shut


def test_a_store_that_cant_write_says_when_to_come_again() -> None:
    one, batch = honest()
    (answer,) = said([batch], one)
    assert (answer.status, answer.said["error"], answer.retry_after) == (503, "unavailable", 5)


def test_a_world_that_isnt_read_yet_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    one, batch = honest()
    monkeypatch.setattr(Keeps, "world", None)
    (answer,) = said([batch], one)
    assert (answer.status, answer.said["error"], answer.retry_after) == (503, "busy", 1)


def test_too_much_waiting_is_busy(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(app, "MOST_BYTES_WAITING", 1000)
    one, batch = honest()
    store = Nowhere(True)

    async def whole() -> list[Answer]:
        async with serving(store, [one]) as server:  # type: ignore[arg-type]
            waiting = asyncio.create_task(server.post(batch))
            await asyncio.sleep(0.2)
            busy = await server.post(batch)
            store.gate.set()
            return [busy, await waiting]

    busy, late = asyncio.run(whole())
    assert (busy.status, busy.said["error"]) == (503, "busy") and busy.retry_after
    assert late.status == 503


def test_a_refused_batch_leaves_nothing(ground: str) -> None:
    one = Sim()
    one.scan(3)
    one.enrol()
    store = store_at(ground)

    async def whole() -> Answer:
        async with serving(store, [one]) as server:
            return await server.post(one.batch(items=["{}"]))

    assert asyncio.run(whole()).status == 422
    assert one.state()[0] == 1 and not rows(Scan).exists()
