"""Four ways to the same answer: the kernels compiled and interpreted, Ibis on DuckDB, plain SQL on SQLite, over random worlds."""

from __future__ import annotations

import random
import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from lachan.outbreak.tracing.engine import DAY, Sources, Store, Tracer, Visits, jit, kernels, sql_question

ibis = pytest.importorskip("ibis")
from lachan.outbreak.tracing.engine import ibis_question  # noqa: E402

pytestmark = pytest.mark.filterwarnings("ignore:fetch_arrow_table:DeprecationWarning")  # Ibis, of DuckDB

Rows = list[tuple[int, int, int, int]]
PEOPLE, PLACES, DAYS = 6, 3, 3
MOMENTS = st.one_of(
    st.sampled_from([0, 1, DAY - 1, DAY, DAY + 1, 2 * DAY - 60, 2 * DAY, 3 * DAY]),
    st.integers(0, 30).map(lambda step: step * 60),
    st.integers(-100, DAYS * DAY + 100),
)
LENGTHS = st.one_of(st.sampled_from([0, 1, 59, 60, 61, DAY, 2 * DAY]), st.integers(0, 4000))
VISIT = st.builds(
    lambda who, place, start, length: (who, place, start, start + length),
    st.integers(0, PEOPLE - 1), st.integers(0, PLACES - 1), MOMENTS, LENGTHS,
)  # fmt: skip
WORLD = st.lists(VISIT, max_size=24)
CROWD = st.lists(  # in steps of 20 seconds, so that many overlaps are of just the length that counts
    st.builds(
        lambda who, start, length: (who, 0, DAY + 20 * start, DAY + 20 * (start + length)),
        st.integers(0, PEOPLE - 1),
        st.integers(-20, 20),
        st.integers(0, 15),
    ),
    min_size=10,
    max_size=40,
)
SOURCES = st.lists(st.tuples(st.integers(0, PEOPLE), MOMENTS, MOMENTS), min_size=1, max_size=6)
ALWAYS = st.lists(st.tuples(st.integers(0, PEOPLE), st.just(-DAY), st.just(5 * DAY)), min_size=2, max_size=4)
LEAST = st.sampled_from([1, 60, 61, 900])


@pytest.fixture(autouse=True)
def unflushed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hundreds of small stores are built here; none has to outlive a power cut."""
    monkeypatch.setattr("os.fsync", lambda handle: None)


@pytest.fixture(scope="module", params=["interpreted", "swept", "compiled"])
def how(request: pytest.FixtureRequest) -> Iterator[str]:
    if request.param == "compiled":
        pytest.importorskip("numba")
        jit.compile_kernels()
    if request.param == "swept":
        kernels.EASY = 0  # places are swept however few sources were there
    yield request.param
    jit.interpret_kernels()


@pytest.fixture(scope="module")
def duck() -> Iterator[Any]:
    found = ibis.duckdb.connect()
    for name, columns in TABLES.items():
        found.create_table(name, schema=dict.fromkeys(columns, "int64"))
    yield found
    found.disconnect()


TABLES = {"visits": ("subject", "place", "start", "end"), "sources": ("subject", "since", "until")}


def store_of(folder: str, rows: Rows) -> Store:
    """Segments for days -1 to DAYS + 2, each offered every visit."""
    store = Store(Path(folder))
    for ids, count in ((store.subjects, PEOPLE), (store.places, PLACES)):
        ids.encode(np.frombuffer(b"".join(bytes([number]) * 16 for number in range(count)), "V16"))
    table = np.array(rows, np.int64).reshape(-1, 4)
    visits = Visits(*(table[:, number] for number in range(4)))  # brought to its types by the store
    for day in range(-1, DAYS + 3):
        store.build(day, [visits], b"x")
    return store


def lines(answer: Any, *names: str) -> list[tuple[int, ...]]:
    return sorted(zip(*(getattr(answer, name).tolist() for name in names), strict=True))


class Sqlite:
    def __init__(self, rows: Rows, sources: list[tuple[int, int, int]]) -> None:
        self.held = sqlite3.connect(":memory:")
        for name, columns in TABLES.items():
            self.held.execute(f"create table {name} ({', '.join(f'{column!r}' for column in columns)})")
        self.held.executemany("insert into visits values (?, ?, ?, ?)", rows)
        self.held.executemany("insert into sources values (?, ?, ?)", sources)

    def ask(self, question: str, **parameters: int) -> list[tuple[int, ...]]:
        longest = self.held.execute('select max("end" - start) from visits').fetchone()[0] or 0
        return sorted(self.held.execute(question, {**parameters, "longest": longest}))


class Duck:
    def __init__(self, held: Any, rows: Rows, sources: list[tuple[int, int, int]]) -> None:
        for name, values in (("visits", rows), ("sources", sources)):
            held.raw_sql(f"delete from {name}")
            if values:
                held.raw_sql(f"insert into {name} values {', '.join(map(str, values))}")
        self.visits, self.sources = held.table("visits"), held.table("sources")

    @staticmethod
    def ask(expression: Any) -> list[tuple[int, ...]]:
        table = expression.to_pyarrow()
        return sorted(zip(*(column.to_pylist() for column in table.columns), strict=True))


SUMS = ("seconds", "first", "last", "meetings")
checked = settings(
    deadline=None,
    max_examples=12,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)


@checked
@given(
    rows=st.one_of(WORLD, CROWD), who=st.integers(0, PEOPLE - 1), since=MOMENTS, until=MOMENTS, least=LEAST
)
def test_contacts_of_one_agree(
    how: str, duck: Any, rows: Rows, who: int, since: int, until: int, least: int
) -> None:
    sources = [(who, since, until)]
    sql = Sqlite(rows, sources)
    with tempfile.TemporaryDirectory() as folder:
        found = Tracer(store_of(folder, rows)).f1(who, since, until, min_overlap_s=least)
    by_place = lines(found.by_place, "subject", "place", *SUMS)
    assert by_place == sql.ask(sql_question.MEETINGS, least=least)
    if how == "compiled":  # once is enough
        ducks = Duck(duck, rows, sources)
        assert by_place == ducks.ask(ibis_question.meetings(ducks.visits, ducks.sources, least))
    assert lines(found.contacts, "subject", *SUMS) == sql.ask(sql_question.CONTACTS, least=least)
    assert who not in found.contacts.subject and not found.missing


@checked
@example(  # a window that opens on the second day of a visit, beside one that opens before
    rows=[(0, 0, DAY - 600, DAY + 600), (1, 0, DAY - 600, DAY + 600)],
    sources=[(0, DAY + 60, 2 * DAY), (2, 0, DAY)],
    least=60,
    threads=1,
)
@given(
    rows=st.one_of(WORLD, CROWD),
    sources=st.one_of(SOURCES, ALWAYS),
    least=LEAST,
    threads=st.sampled_from([1, 2]),
)
def test_contacts_of_many_agree(
    how: str, duck: Any, rows: Rows, sources: list[tuple[int, int, int]], least: int, threads: int
) -> None:
    sql = Sqlite(rows, sources)
    with tempfile.TemporaryDirectory() as folder:
        tracer = Tracer(store_of(folder, rows), threads=threads)
        found, _ = tracer.f1_many(Sources.of(sources), min_overlap_s=least)
    expected = sql.ask(sql_question.CONTACTS, least=least)
    assert lines(found, "subject", *SUMS) == expected
    if how == "compiled":
        ducks = Duck(duck, rows, sources)
        assert ducks.ask(ibis_question.contacts(ducks.visits, ducks.sources, least)) == expected


@checked
@given(
    rows=st.one_of(WORLD, CROWD), who=st.integers(0, PEOPLE - 1), since=MOMENTS, until=MOMENTS, least=LEAST,
    latency=st.sampled_from([0, 1, 120, DAY]),
)  # fmt: skip
def test_contacts_of_contacts_agree(
    how: str, duck: Any, rows: Rows, who: int, since: int, until: int, least: int, latency: int
) -> None:
    sources = [(who, since, until)]
    sql = Sqlite(rows, sources)
    with tempfile.TemporaryDirectory() as folder:
        tracer = Tracer(store_of(folder, rows))
        found = tracer.f1f2(who, since, until, min_overlap_s=least, latency_s=latency)
    expected = sql.ask(sql_question.F2, least=least, latency=latency, until=until)
    assert lines(found.f2, "subject", *SUMS) == expected
    if how == "compiled":
        ducks = Duck(duck, rows, sources)
        asked = ibis_question.f2(ducks.visits, ducks.sources, until, least, latency)
        assert ducks.ask(asked) == expected
    assert not {who, *found.f1.contacts.subject.tolist()} & set(found.f2.subject.tolist())


@checked
@given(rows=st.one_of(WORLD, CROWD), place=st.integers(0, PLACES), since=MOMENTS, until=MOMENTS, least=LEAST)
def test_who_was_at_a_setting_agrees(
    duck: Any, rows: Rows, place: int, since: int, until: int, least: int
) -> None:
    sql, ducks = Sqlite(rows, []), Duck(duck, rows, [])
    with tempfile.TemporaryDirectory() as folder:
        found = Tracer(store_of(folder, rows)).at_setting(place, since, until, min_stay_s=least)
    expected = sql.ask(sql_question.PRESENT, least=least, place=place, since=since, until=until)
    assert lines(found, "subject", "seconds", "first", "last", "visits") == expected
    assert ducks.ask(ibis_question.present(ducks.visits, place, since, until, least)) == expected


@checked
@given(rows=st.one_of(WORLD, CROWD), least=LEAST)
def test_all_pairs_are_half_of_what_everyone_meets(how: str, rows: Rows, least: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        tracer = Tracer(store_of(folder, rows))
        everyone = Sources.of([(who, -DAY, 6 * DAY) for who in range(PEOPLE)])
        found, _ = tracer.f1_many(everyone, min_overlap_s=least)
        pairs = tracer.pairs(-DAY, (DAYS + 3) * DAY, min_overlap_s=least)
    assert 2 * pairs.meetings == found.meetings.sum() and 2 * pairs.seconds == found.seconds.sum()


def test_dense_crowds_agree_to_the_second(how: str) -> None:
    """Many meetings of just the length that counts, which rare examples of the tests above seldom have."""
    draw = random.Random(1)
    for _ in range(15):
        rows = []
        for _ in range(30):
            start = DAY + 20 * draw.randint(-20, 20)
            rows.append((draw.randrange(PEOPLE), 0, start, start + 20 * draw.randint(0, 15)))
        sources = [(0, -DAY, 5 * DAY), (3, DAY - 60, 5 * DAY), (4, -DAY, DAY + 100)]
        with tempfile.TemporaryDirectory() as folder:
            found, _ = Tracer(store_of(folder, rows)).f1_many(Sources.of(sources), min_overlap_s=60)
        assert lines(found, "subject", *SUMS) == Sqlite(rows, sources).ask(sql_question.CONTACTS, least=60)
