"""The two endpoints through their ASGI interface, without a server: every answer, every way to be refused."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import cbor2
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.gate.declarations.prepare import PlaceInfo, Prepared, World
from lachan.gate.intake import app as intake_app
from lachan.gate.intake import openapi
from lachan.gate.intake.app import BATCH, DECLARATIONS, Intake
from lachan.gate.intake.body import Patience, whole
from lachan.gate.intake.keeper import Keeper
from lachan.gate.intake.limits import Limits, Rates
from lachan.gate.intake.stores import Busy, Kept, Outcome, Unavailable
from lachan.kernel.clock import FixedClock
from lachan.kernel.codes import SigningKey
from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.ids import uuid7

NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)
HOME = "56/568/22327/"
JSON, CBOR = "application/json", "application/cbor"
ANSWERS: dict[str, Any] = {
    "name": "Lê Thị Cúc", "birth": "1985-02-03", "sex": "female", "nationality": "VN", "national_id": "056185123456",
    "phone": "0905123456", "residence": HOME, "address": "1 Lê Lợi", "no_symptoms": True, "no_contact": True,
    "pledge": True,
}  # fmt: skip


def make_world(places: tuple[str, ...] = ("AB12CD34",)) -> World:
    return World(
        Keyring.generate(),
        SigningKey.generate(),
        {"2021-07": DataKey.generate()},
        places={code: PlaceInfo(uuid7(), code, HOME, "domestic", "active") for code in places},
        units=frozenset({HOME, "56/"}),
    )


class Memory:
    """Stands for the writer: keeps rows by id, or fails as it is told."""

    def __init__(self) -> None:
        self.rows: dict[UUID, Prepared] = {}
        self.trouble: Exception | None = None
        self.failing = None

    async def put(self, rows: Any) -> list[Outcome]:
        if self.trouble:
            raise self.trouble
        return [self._one(row) for row in rows]

    def _one(self, row: Prepared) -> Outcome:
        before = self.rows.setdefault(row.id, row)
        if before is row:
            return Outcome(Kept.CREATED)
        return self._same(before) if before.digest == row.digest else Outcome(Kept.CONFLICT)

    def _same(self, row: Prepared) -> Outcome:
        return Outcome(Kept.SAME, row.declaration[11], row.declaration[15])

    async def look(self, id: UUID, digest: bytes) -> list[Outcome]:
        row = self.rows.get(id)
        return [self._same(row)] if row and row.digest == digest else []


class Ground:
    """An intake with its clock, world and store in hand."""

    def __init__(self, rates: Rates | None = None) -> None:
        self.clock = FixedClock(NOW)
        self.world = make_world()
        self.store = Memory()
        self.looks = 0
        self.keeper = Keeper(self._load, self.clock)
        self.keeper.world = self.world
        self.intake = Intake(self.store, self.keeper, Limits(rates or Rates(0, 0, 0)), self.clock)  # type: ignore[arg-type]

    def _load(self, now: datetime, *, fresh: bool = False) -> World:
        self.looks += 1
        return self.world

    def post(self, body: Any, path: str = DECLARATIONS, kind: str = JSON, **options: Any) -> Reply:
        raw = (
            body
            if isinstance(body, bytes)
            else cbor2.dumps(body)
            if kind == CBOR
            else json.dumps(body).encode()
        )
        return asyncio.run(self._post(raw, path, kind, **options))

    async def _post(
        self, raw: bytes, path: str, kind: str, *, method: str = "POST", language: str = "", length: int | None = None,
        client: str = "10.0.0.1", encoding: str = "", parts: int = 1,
    ) -> Reply:  # fmt: skip
        headers = [(b"content-type", kind.encode()), (b"accept-language", language.encode())]
        headers.append((b"content-length", str(len(raw) if length is None else length).encode()))
        if encoding:
            headers.append((b"content-encoding", encoding.encode()))
        size = len(raw) // parts + 1
        pieces = [raw[at : at + size] for at in range(0, len(raw), size)] or [b""]
        messages = [
            {"type": "http.request", "body": piece, "more_body": at < len(pieces) - 1}
            for at, piece in enumerate(pieces)
        ]
        sent: list[Any] = []

        async def receive() -> Any:
            return messages.pop(0)

        async def send(message: Any) -> None:
            sent.append(message)

        scope = {"type": "http", "method": method, "path": path, "headers": headers}
        await self.intake.handle(scope, receive, send, client)
        return Reply(sent)


class Reply:
    def __init__(self, sent: list[Any]) -> None:
        self.status: int = sent[0]["status"]
        self.headers = {name.decode(): value.decode() for name, value in sent[0]["headers"]}
        self.json: Any = json.loads(sent[1]["body"])

    @property
    def fields(self) -> dict[str, str]:
        return {error["field"]: error["code"] for error in self.json["fields"]}


@pytest.fixture
def ground() -> Ground:
    return Ground()


def said(**fields: Any) -> dict[str, Any]:
    return {"id": str(uuid7()), "form": "domestic", "place": "AB12CD34", "answers": ANSWERS, **fields}


def test_created_then_the_same_then_a_conflict(ground: Ground) -> None:
    first = said()
    created = ground.post(first)
    assert created.status == 201 and created.json["confirmed"] is True
    ground.clock.advance(timedelta(minutes=5))
    again = ground.post(first)
    assert again.status == 200 and again.json == created.json
    other = ground.post({**first, "answers": {**ANSWERS, "name": "Khác"}})
    assert (other.status, other.json["error"]) == (409, "conflict")


def test_cbor_is_the_same_declaration(ground: Ground) -> None:
    first = said(occurred_at="2021-07-22T01:00:00Z")
    assert ground.post(first).status == 201
    assert (
        ground.post(
            {**first, "id": UUID(first["id"]), "occurred_at": NOW - timedelta(minutes=30)}, kind=CBOR
        ).status
        == 200
    )


def test_a_retry_of_what_todays_rules_refuse_is_still_the_same(ground: Ground) -> None:
    first = said()
    created = ground.post(first)
    ground.world.places = {}
    again = ground.post(first)
    assert (again.status, again.json["code"]) == (200, created.json["code"])
    assert ground.post(said()).fields == {"place": "place_unknown"}


def test_a_place_made_a_moment_ago_is_looked_for(ground: Ground) -> None:
    ground.world = make_world(("NEW00001",))
    ground.keeper.start()
    try:
        assert ground.post(said(place="NEW00001")).status == 201
    finally:
        ground.keeper.stop()


def test_every_field_is_named_in_the_readers_language(ground: Ground) -> None:
    reply = ground.post({"id": 5, "form": ["x"], "answers": "no", "lang": "en", "occurred_at": "yesterday"})
    assert reply.status == 422
    assert reply.fields == dict.fromkeys(("id", "form", "answers", "occurred_at"), "wrong_type")
    vietnamese = ground.post(said(answers={**ANSWERS, "name": ""}))
    assert vietnamese.fields == {"name": "required"}
    assert vietnamese.json["fields"][0]["message"] == "Mục này bắt buộc."


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        (b"", JSON), (b"{", JSON), (b"\xff\xfe", JSON), (b"[" * 60_000, JSON), (b'{"id":"\\ud800"}', JSON), (b"NaN", JSON),
        (b"null", JSON), (b"[]", JSON), (b"5", JSON), (b"", CBOR), (b"\xff", CBOR), (b"\x9f" * 500, CBOR), (b"\xa1\x61\xff", CBOR),
        (b"\xd8\x1c\x81\xd8\x1d\x00", CBOR), (b"\xc2\x58\xff", CBOR), (b"\x5b\xff\xff\xff\xff\xff\xff\xff\xff", CBOR), (b"\xf7", CBOR),
    ],
)  # fmt: skip
def test_what_is_no_submission_at_all_is_unprocessable(ground: Ground, body: bytes, kind: str) -> None:
    assert ground.post(body, kind=kind).status == 422
    assert ground.post(body, path=BATCH, kind=kind).status == 422


def hostile() -> list[Any]:
    endless: list[Any] = []
    endless.append(endless)
    deep: Any = 1
    for _ in range(40):
        deep = [deep]
    return [
        float("nan"), float("inf"), 10**30, -(10**30), deep, {"a": {"b": {}}}, "a" * 10_000, "\x00", "a\x00b", b"raw",
        [None] * 3000, True, 0, "", [], {}, "__proto__", "<script>", "‮", "1" * 5000, uuid4(), datetime(1, 1, 1, tzinfo=UTC),
    ]  # fmt: skip


@pytest.mark.parametrize("value", hostile(), ids=lambda value: type(value).__name__)
@pytest.mark.parametrize(
    "field", ["name", "phone", "residence", "visited_units", "no_symptoms", "doses", "__proto__"]
)
def test_a_hostile_answer_is_refused_by_name_or_taken_never_worse(
    ground: Ground, field: str, value: Any
) -> None:
    reply = ground.post(said(answers={**ANSWERS, field: value}), kind=CBOR)
    assert reply.status in (201, 422)
    if reply.status == 422:
        assert set(reply.fields) <= {field, "body", "answers"}
    if isinstance(value, str | bool | list | dict) and "\x00" not in str(value):
        assert ground.post(json.dumps(said(answers={**ANSWERS, field: value})).encode()).status in (201, 422)


def test_numbers_no_machine_holds_are_refused_not_failed(ground: Ground) -> None:
    for number in ("1" + "0" * 400, "1e400", "-1e999", "1" * 6000):
        body = json.dumps(said()).replace('"pledge": true', f'"pledge": true, "doses": {number}')
        assert ground.post(body.encode()).status == 422


def test_duplicate_keys_and_unknown_ones_are_harmless(ground: Ground) -> None:
    body = json.dumps(said(__proto__={"admin": True}, constructor=1))[:-1] + ', "form": "domestic"}'
    assert ground.post(body.encode()).status == 201


def test_shared_references_do_not_grow_without_end(ground: Ground) -> None:
    shared: Any = ["x"] * 9
    for _ in range(7):
        shared = [shared] * 9
    body = cbor2.dumps(said(answers={**ANSWERS, "places_visited": shared}), value_sharing=True)
    assert len(body) < 2000 and ground.post(body, kind=CBOR).status == 422


def test_methods_types_and_sizes(ground: Ground) -> None:
    assert ground.post(said(), method="GET").status == 405
    assert ground.post(said(), kind="text/plain").status == 415
    assert ground.post(said(), encoding="gzip").status == 415
    assert ground.post(b"", length=10**9).status == 413
    assert ground.post(b" " * 70_000, length=10, parts=9).status == 413
    assert ground.post(json.dumps(said()).encode(), parts=7).status == 201


def test_staff_channels_are_not_for_the_open_intake(ground: Ground) -> None:
    for channel in ("staff", "paper", "nonsense"):
        assert ground.post(said(channel=channel)).fields == {"channel": "not_an_option"}


@pytest.mark.parametrize(("trouble", "wait"), [(Busy(), 1), (Unavailable("SQLITE_FULL"), 5)])
def test_a_store_in_trouble_asks_to_come_again(ground: Ground, trouble: Exception, wait: int) -> None:
    ground.store.trouble = trouble
    for body, path in ((said(), DECLARATIONS), ({"items": [said()]}, BATCH)):
        reply = ground.post(body, path)
        assert (reply.status, int(reply.headers["retry-after"])) == (503, wait)
        assert "SQLITE" not in json.dumps(reply.json)
    ground.store.trouble = None
    assert ground.post(said()).status == 201


def test_before_the_world_is_known_it_asks_to_come_again(ground: Ground) -> None:
    ground.keeper.world = None
    assert ground.post(said()).status == 503


def test_a_device_is_limited_before_the_gate_it_stands_at() -> None:
    ground = Ground(Rates(device=20, place=30, address=1000))
    statuses = [ground.post(said(device="one")).status for _ in range(25)]
    assert statuses.count(429) == 5
    reply = ground.post(said(device="one"))
    assert 1 <= int(reply.headers["retry-after"]) <= 60 and reply.json["error"] == "too_often"
    others = [ground.post(said(device=f"d{number}")).status for number in range(12)]
    assert others == [201] * 10 + [429] * 2, "the gate's own limit: 30 with those before"


@pytest.mark.parametrize("kind", [JSON, CBOR])
def test_in_a_batch_too_each_device_and_each_gate_has_its_limit(kind: str) -> None:
    ground = Ground(Rates(device=20, place=30, address=1000))
    ground.world = ground.keeper.world = make_world(("AB12CD34", "AB12CD35"))
    items = [said(device="one", lang="en") for _ in range(25)]
    items += [said(device=f"d{number}") for number in range(12)] + [said(device="z", place="AB12CD35")]
    results = ground.post({"items": items}, BATCH, kind).json["results"]
    assert [result["status"] for result in results] == [*[201] * 20, *[429] * 5, *[201] * 10, 429, 429, 201]
    assert [result["id"] for result in results] == [item["id"] for item in items]
    refused = results[24]
    assert refused["error"] == "too_often" and 1 <= refused["retry_after"] <= 60
    assert refused["message"] == "Sent too often, please try again later."
    assert results[35]["message"].startswith("Gửi quá nhiều lần")
    assert len(ground.store.rows) == 31


def test_a_batch_and_single_declarations_share_the_limits() -> None:
    ground = Ground(Rates(device=20, place=0, address=0))
    ground.post({"items": [said(device="one") for _ in range(19)]}, BATCH)
    assert [ground.post(said(device="one")).status for _ in range(2)] == [201, 429]
    result = ground.post({"items": [said(device="one")]}, BATCH).json["results"][0]
    assert result["status"] == 429


def test_an_address_is_limited_for_the_whole_batch() -> None:
    ground = Ground(Rates(device=0, place=0, address=10))
    assert ground.post({"items": [said() for _ in range(10)]}, BATCH).status == 200
    reply = ground.post({"items": [said()]}, BATCH)
    assert reply.status == 429 and 1 <= int(reply.headers["retry-after"]) <= 6


def test_a_batch_answers_each_item_in_order(ground: Ground) -> None:
    first = said()
    ground.post(first)
    items = [first, said(), said(form="nope"), {"id": "x"}, 5, {**first, "answers": {}}, said()]
    for kind in (JSON, CBOR):
        reply = ground.post({"items": items}, BATCH, kind)
        assert [result["status"] for result in reply.json["results"]][:5] == [
            200,
            201 if kind == JSON else 200,
            422,
            422,
            422,
        ]
        assert reply.json["results"][2]["id"] == items[2]["id"]
        assert reply.json["results"][2]["fields"][0]["field"] == "form"
    assert len(ground.store.rows) == 3


def test_a_batch_of_a_thousand_is_taken_and_one_more_is_not(ground: Ground) -> None:
    items = [said() for _ in range(1001)]
    assert ground.post({"items": items}, BATCH).fields == {"items": "too_many"}
    reply = ground.post({"items": items[:1000]}, BATCH)
    assert {result["status"] for result in reply.json["results"]} == {201}
    assert len(ground.store.rows) == 1000


anything: Callable[[], st.SearchStrategy[Any]] = lambda: st.recursive(  # noqa: E731
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=30) | st.binary(max_size=20) | st.datetimes(timezones=st.just(UTC)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=12) | st.sampled_from([*ANSWERS, "id"]), inner, max_size=5),
    max_leaves=12,
)  # fmt: skip
SHARED = Ground()


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    answers=st.dictionaries(st.sampled_from([*ANSWERS, "visited_units", "x"]), anything()), frame=anything()
)
def test_no_cbor_brings_it_down(answers: Any, frame: Any) -> None:
    bodies = [said(answers={**ANSWERS, **answers}), frame, {"items": [said(answers=answers), frame]}]
    if isinstance(frame, dict):
        bodies.append({**said(), **frame})
    for body in bodies:
        for path in (DECLARATIONS, BATCH):
            assert SHARED.post(body, path, CBOR).status in (200, 201, 409, 413, 422)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(body=st.binary(max_size=400), tail=st.integers(0, 400))
def test_no_bytes_bring_it_down(body: bytes, tail: int) -> None:
    torn = json.dumps(said(), ensure_ascii=False).encode()[:tail]
    for kind in (JSON, CBOR):
        for raw in (body, torn + body):
            assert SHARED.post(raw, kind=kind).status in (201, 413, 422)
            assert SHARED.post(raw, BATCH, kind).status in (200, 413, 422)


def test_the_document_tells_of_every_status_that_is_answered() -> None:
    document = openapi.paths()
    assert set(document) == {DECLARATIONS, BATCH}
    told = set(document[DECLARATIONS]["post"]["responses"])
    assert told == {"200", "201", "405", "408", "409", "413", "415", "422", "429", "503"}
    assert {"Submission", "Answer", "Invalid"} <= set(openapi.schemas())
    assert openapi.schemas()["Answer"]["properties"]["pass"]
    item = openapi.schemas()["ItemResult"]
    assert {"retry_after", "message"} <= set(item["properties"]) and "429" in item["description"]


async def answered_to(intake: Intake, messages: list[Any]) -> Any:
    """The first thing that a client hears who sends `messages` and then nothing more."""
    sent: list[Any] = []

    async def receive() -> Any:
        if messages:
            return messages.pop(0)
        await asyncio.sleep(5)

    async def send(message: Any) -> None:
        sent.append(message)

    headers = [(b"content-type", JSON.encode())]
    scope = {"type": "http", "method": "POST", "path": DECLARATIONS, "headers": headers}
    await intake.handle(scope, receive, send, "")
    return Reply(sent)


BEGUN = {"type": "http.request", "body": b"{", "more_body": True}


@pytest.mark.parametrize("messages", [[], [BEGUN], [BEGUN, BEGUN]], ids=["nothing", "a piece", "pieces"])
def test_the_slow_sender_gives_up_its_place(monkeypatch: pytest.MonkeyPatch, messages: list[Any]) -> None:
    monkeypatch.setattr(intake_app, "BODY_SECONDS", 0.02)
    reply = asyncio.run(answered_to(Ground().intake, list(messages)))
    assert (reply.status, reply.json["error"], reply.headers["connection"]) == (408, "timeout", "close")
    assert reply.json["message"] == "Dữ liệu gửi lên quá chậm, xin gửi lại."


def test_who_left_is_not_taken_for_an_empty_declaration() -> None:
    assert asyncio.run(answered_to(Ground().intake, [{"type": "http.disconnect"}])).status == 408


@pytest.mark.parametrize("late", [0.0, 0.03, 0.07, 0.11])
def test_who_sends_nothing_is_cut_within_the_time_but_has_most_of_it(late: float) -> None:
    """Whenever it comes in the timer's turn; `late` counts from another client's coming."""
    seconds = 0.15

    async def run() -> float:
        patience = Patience(seconds)
        first = asyncio.create_task(wait_for_nothing(patience))
        await asyncio.sleep(late)
        began = asyncio.get_running_loop().time()
        await wait_for_nothing(patience)
        await first
        return asyncio.get_running_loop().time() - began

    taken = asyncio.run(run())
    assert 0.7 * seconds < taken < seconds + 0.05


async def wait_for_nothing(patience: Patience) -> None:
    with pytest.raises(TimeoutError):
        await whole(asyncio.Event().wait, -1, 10, patience)  # type: ignore[arg-type]


def test_one_timer_turns_for_all_and_stands_still_when_nobody_waits() -> None:
    async def run() -> None:
        patience = Patience(0.02)

        async def wait(seconds: float) -> str:
            task, here = asyncio.current_task(), patience.here()
            assert task is not None
            here.add(task)
            try:
                await asyncio.sleep(seconds)
            except asyncio.CancelledError:
                return "cut" if patience.was_cut(task) else "cancelled"
            finally:
                here.discard(task)
            return "whole"

        slow = [asyncio.create_task(wait(5)) for _ in range(3)]
        stopped = asyncio.create_task(wait(5))
        quick = asyncio.create_task(wait(0.001))
        await asyncio.sleep(0.005)
        stopped.cancel()
        assert await asyncio.gather(*slow, quick, stopped) == [*["cut"] * 3, "whole", "cancelled"]
        assert not any(task.cancelling() for task in slow)
        await asyncio.sleep(0.05)
        assert not (any(patience._by_age) or patience._cut or patience._turning)
        assert await wait(5) == "cut", "it turns again"

    asyncio.run(run())
