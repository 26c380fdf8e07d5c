"""The writer: groups, lanes, trouble told, nobody left waiting."""

from __future__ import annotations

import asyncio
import threading
from typing import Any

import pytest

from lachan.gate.intake.stores import Busy, GroupWriter, Kept, Lane, Outcome, Unavailable
from lachan.gate.intake.stores import writer as writer_module
from lachan.gate.intake.stores.contract import BadRow, Store
from lachan.gate.intake.stores.writer import USUAL
from lachan.gate.intake.tests.stores.made import prepared
from lachan.kernel.ids import uuid7


class Fake:
    """A store that does what it is told."""

    def __init__(self) -> None:
        self.groups: list[int] = []
        self.trouble: list[Exception] = []
        self.gate = threading.Event()
        self.gate.set()

    def open(self) -> None: ...
    def idle(self) -> None: ...
    def close(self) -> None: ...
    def find(self, id: Any, digest: bytes) -> Outcome | None:
        return None

    def write(self, group: Any) -> list[Outcome]:
        self.gate.wait(5)
        if self.trouble:
            raise self.trouble.pop(0)
        if any(one.digest == b"bad" for one in group):
            raise BadRow("x")
        self.groups.append(len(group))
        return [Outcome(Kept.CREATED)] * len(group)


def run(store: Fake, test: Any, capacity: int = 1000) -> Any:
    async def whole() -> Any:
        writer = GroupWriter(store, capacity)
        writer.start(asyncio.get_running_loop())
        try:
            return await test(writer)
        finally:
            await asyncio.get_running_loop().run_in_executor(None, writer.stop)

    return asyncio.run(whole())


def test_what_waits_becomes_one_group() -> None:
    store = Fake()
    store.gate.clear()

    async def many(writer: GroupWriter) -> None:
        first = writer.put([prepared()])
        await asyncio.sleep(0.1)
        rest = [writer.put([prepared()]) for _ in range(50)]
        store.gate.set()
        await asyncio.gather(first, *rest)
        assert writer.waiting == 0

    run(store, many)
    assert store.groups[0] == 1 and sum(store.groups) == 51 and len(store.groups) <= 3


def test_a_full_queue_says_busy_and_recovers() -> None:
    store = Fake()
    store.gate.clear()

    async def flood(writer: GroupWriter) -> None:
        waiting = [writer.put([prepared()]) for _ in range(5)]
        with pytest.raises(Busy):
            writer.put([prepared()])
        store.gate.set()
        await asyncio.gather(*waiting)
        await writer.put([prepared()])

    run(store, flood, capacity=5)


def test_an_unavailable_store_fails_its_group_and_the_next_try_is_new() -> None:
    store = Fake()
    store.trouble = [Unavailable("disk"), RuntimeError("unforeseen")]

    async def twice(writer: GroupWriter) -> None:
        for _ in range(2):
            with pytest.raises(Unavailable):
                await writer.put([prepared()])
            assert writer.failing or store.trouble == []
        assert (await writer.put([prepared()]))[0].kept is Kept.CREATED
        assert writer.failing is None

    run(store, twice)


def test_one_bad_row_harms_no_neighbour() -> None:
    store = Fake()
    bad = prepared()
    bad.digest = b"bad"

    async def mixed(writer: GroupWriter) -> list[Outcome]:
        return await writer.put([prepared(), prepared(), bad, prepared()])

    kept = [outcome.kept for outcome in run(store, mixed)]
    assert kept == [Kept.CREATED, Kept.CREATED, Kept.REFUSED, Kept.CREATED]


def test_what_is_queued_at_the_stop_is_still_written() -> None:
    store = Fake()
    store.gate.clear()

    async def leave(writer: GroupWriter) -> list[asyncio.Future[list[Outcome]]]:
        futures = [writer.put([prepared()]) for _ in range(3)]
        threading.Timer(0.2, store.gate.set).start()
        return futures

    run(store, leave)
    assert sum(store.groups) == 3


def test_a_client_that_left_harms_nothing() -> None:
    store = Fake()

    async def leave(writer: GroupWriter) -> None:
        writer.put([prepared()]).cancel()
        await writer.put([prepared()])
        assert writer.waiting == 0

    run(store, leave)


class Rotten(Fake):
    """A store whose other verbs fail in ways that nobody foresaw."""

    def __init__(self, *rotten: str) -> None:
        super().__init__()
        self.rotten = set(rotten)
        self.opened = 0

    def _do(self, verb: str) -> None:
        if verb in self.rotten:
            raise OSError(verb)

    def open(self) -> None:
        self._do("open")
        self.opened += 1

    def idle(self) -> None:
        self._do("idle")

    def close(self) -> None:
        self._do("close")


async def until(found: Any) -> None:
    for _ in range(300):
        if found():
            return
        await asyncio.sleep(0.01)
    raise AssertionError("waited three seconds")


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "IDLE", 0.01)
    monkeypatch.setattr(writer_module, "RETRY_AFTER", 0.01)
    monkeypatch.setattr(writer_module, "HOLD", 0.05)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("verb", ["open", "idle"])
def test_the_writer_outlives_what_nobody_foresaw(verb: str) -> None:
    store = Rotten(verb, "close")

    async def rot(writer: GroupWriter) -> None:
        await until(lambda: writer.trouble == "error")
        if verb == "open":
            with pytest.raises(Unavailable):
                await writer.put([prepared()])
        store.rotten.clear()
        await until(lambda: writer.trouble is None)  # without a declaration
        assert (await writer.put([prepared()]))[0].kept is Kept.CREATED
        assert writer._thread is not None and writer._thread.is_alive() and writer.waiting == 0

    run(store, rot)


@pytest.mark.usefixtures("impatient")
def test_a_group_that_was_written_is_told_so_though_the_housekeeping_after_it_fails() -> None:
    store = Rotten()

    async def rot(writer: GroupWriter) -> None:
        await until(lambda: store.opened)
        store.rotten = {"idle", "close"}
        assert (await writer.put([prepared()]))[0].kept is Kept.CREATED
        await until(lambda: writer.trouble == "error")
        store.rotten = set()
        assert (await writer.put([prepared()]))[0].kept is Kept.CREATED
        assert store.opened == 2

    run(store, rot)


@pytest.mark.usefixtures("impatient")
@pytest.mark.parametrize("verb", ["idle", "open"])
def test_what_still_waits_behind_a_failure_waits_for_no_other_request(verb: str) -> None:
    """More than a group's worth is queued when the store fails; nobody comes after it."""
    store = Rotten(verb)
    groups = [[prepared() for _ in range(USUAL)] for _ in range(4)]

    async def rot(writer: GroupWriter) -> list[Any]:
        await until(lambda: writer.trouble == "error")
        if verb == "idle":
            store.rotten.clear()
            await until(lambda: writer.trouble is None)
            store.rotten = {verb}
        queued = [writer.put(group) for group in groups]  # at once: before the thread has looked
        return await asyncio.wait_for(asyncio.gather(*queued, return_exceptions=True), 2)

    for said in run(store, rot):
        assert len(said) == USUAL if verb == "idle" else isinstance(said, Unavailable)


@pytest.mark.usefixtures("impatient")
def test_a_failed_write_is_told_until_one_succeeds_or_for_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(writer_module, "HOLD", 60.0)
    store = Rotten()

    async def fail(writer: GroupWriter) -> None:
        store.trouble = [Unavailable("full")]
        with pytest.raises(Unavailable):
            await writer.put([prepared()])
        await until(lambda: store.opened == 2)
        assert writer.trouble == "full", "it opens, but does it write?"
        writer._held = 0.0  # a minute later
        await until(lambda: writer.trouble is None)

    run(store, fail)


def test_without_its_thread_the_writer_says_so_and_nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    class Dead(BaseException):
        pass

    monkeypatch.setattr(threading, "excepthook", lambda _found: None)

    async def die(writer: GroupWriter) -> None:
        store.gate.clear()
        waiting = [writer.put([prepared()])]
        await until(lambda: not writer._queue)
        waiting += [writer.put([prepared()]), writer.look(uuid7(), b"")]
        lane: Lane[str, str] = Lane(lambda _store, items: items, most=4, capacity=8)
        writer.add(lane)
        waiting.append(lane.put("x", 1))  # type: ignore[arg-type]
        store.trouble = [Dead()]  # type: ignore[list-item]
        store.gate.set()
        await until(lambda: writer.trouble == "stopped")
        for each in waiting[1:]:
            with pytest.raises(Unavailable):
                await asyncio.wait_for(each, 1)
        for again in (
            lambda: writer.put([prepared()]),
            lambda: writer.look(uuid7(), b""),
            lambda: lane.put("x", 1),
        ):
            with pytest.raises(Unavailable):
                again()

    store = Fake()
    run(store, die)


def test_a_group_that_never_ends_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    store = Fake()

    def slowly(_store: Any, items: list[str]) -> list[str]:
        store.gate.wait(5)
        return items

    async def hang(writer: GroupWriter) -> None:
        lane: Lane[str, str] = Lane(slowly, most=4, capacity=8)
        writer.add(lane)
        store.gate.clear()
        waiting = writer.put([prepared()])
        await until(lambda: not writer._queue)
        assert writer.trouble is None
        monkeypatch.setattr(writer_module, "STUCK", 0.0)
        assert writer.trouble == "stuck"
        store.gate.set()
        await waiting
        assert writer.trouble is None
        store.gate.clear()
        other = lane.put("x", 1)
        await until(lambda: not len(lane))
        assert writer.trouble == "stuck", "whatever kind of rows it is that waits"
        store.gate.set()
        assert await other == "x"
        assert writer.trouble is None

    run(store, hang)


def test_another_kind_goes_through_the_same_writer(store: Store) -> None:
    """A lane's groups and declarations take turns in one thread; what a lane raises hits its own requests only."""
    threads: set[int] = set()
    groups: list[list[str]] = []

    def write(given: Store, items: list[str]) -> list[str]:
        assert given is store
        threads.add(threading.get_ident())
        groups.append(items)
        if "trouble" in items:
            raise Unavailable("full")
        return [item.upper() for item in items]

    async def run() -> tuple[list[Any], Any]:
        writer: GroupWriter = GroupWriter(store, 100)
        lane: Lane[str, str] = Lane(write, most=4, capacity=8)
        writer.add(lane)
        writer.start(asyncio.get_running_loop())
        said = await asyncio.gather(*[lane.put(item, 2) for item in "abc"], writer.put([prepared()]))
        trouble = await asyncio.gather(lane.put("trouble", 8), return_exceptions=True)
        full = [lane.put("x", 2) for _ in range(4)]
        with pytest.raises(Busy):
            lane.put("x", 2)
        await asyncio.gather(*full)
        again = await lane.put("z", 1)
        await asyncio.get_running_loop().run_in_executor(None, writer.stop)
        return [*said, again, lane.waiting], trouble[0]

    said, trouble = asyncio.run(run())
    assert said[:3] == ["A", "B", "C"] and said[3][0].kept is Kept.CREATED and said[4:] == ["Z", 0]
    assert isinstance(trouble, Unavailable) and len(threads) == 1
    assert all(len(group) <= 4 for group in groups) and groups[0][0] == "a"
