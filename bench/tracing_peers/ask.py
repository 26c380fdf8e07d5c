"""The engine and its peers behind one face: each answers F1 of one person by (contact, place)."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Protocol

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from bench.tracing_peers.world import FIRST_DAY, World
from lachan.outbreak.tracing.engine import Store, Tracer, Visits, ibis_question, sql_question

COLUMNS = ("subject", "place", "start", "end")
Answer = npt.NDArray[np.int64]
"""(contacts × places, 6): subject, place, seconds, first, last, meetings; sorted."""


class Peer(Protocol):
    rows: int

    def f1(self, who: int) -> Answer: ...


def _sorted(columns: list[Any]) -> Answer:
    table = np.stack([np.asarray(column, np.int64) for column in columns], 1) if columns else np.zeros((0, 6))
    return table[np.lexsort((table[:, 1], table[:, 0]))]


class Engine:
    def __init__(self, store: Store, world: World, least: int) -> None:
        self.tracer, self.world, self.least, self.rows = Tracer(store), world, least, world.visits

    def f1(self, who: int) -> Answer:
        found = self.tracer.f1(who, self.world.since, self.world.until, min_overlap_s=self.least).by_place
        return _sorted([found.subject, found.place, found.seconds, found.first, found.last, found.meetings])


def once(
    store: Store, world: World, places: npt.NDArray[np.bool_] | None = None, *, ordered: bool = True
) -> Iterator[Visits]:
    """Each visit (to `places`) once, day by day, by place and start: as kind to a peer as the segments are to the engine."""
    for segment in store.segments(world.since, world.until)[0]:
        held = segment.columns
        place = np.repeat(held.place, np.diff(held.place_at.astype(np.int64)))
        chosen = np.ones(place.size, bool) if segment.head.day == FIRST_DAY else held.start >= segment.dawn
        if places is not None:
            chosen &= places[place]
        visits = Visits(held.subject[chosen], place[chosen], held.start[chosen], held.end[chosen])
        if ordered:
            order = np.lexsort((visits.start, visits.place))
            visits = Visits(
                visits.subject[order], visits.place[order], visits.start[order], visits.end[order]
            )
        yield visits


class Duck:
    """DuckDB by the Ibis expression, on both cores, its table in day order and by place within a day."""

    def __init__(self, folder: Path, store: Store, world: World, least: int) -> None:
        self.held = ibis.duckdb.connect(str(folder / "visits.duckdb"), memory_limit="6GB")
        self.held.create_table("visits", schema={"subject": "uint32", "place": "uint32", "start": "int32", "end": "int32"})  # fmt: skip
        self.rows = 0
        for part in once(store, world):
            table = pa.table({name: getattr(part, name) for name in COLUMNS})
            self.held.con.register("part", table)
            self.held.raw_sql("insert into visits select * from part")
            self.held.con.unregister("part")
            self.rows += len(table)
        self.world, self.least = world, least

    def f1(self, who: int) -> Answer:
        sources = ibis.memtable({"subject": [who], "since": [self.world.since], "until": [self.world.until]})
        found = self.held.to_pyarrow(ibis_question.meetings(self.held.table("visits"), sources, self.least))
        return _sorted([column.to_numpy() for column in found.columns])


class Sql:
    """SQLite, clustered by (place, start) with an index of subjects, all of it in the cache.

    It holds every visit to the places that the asked-for people visited, so that its answers are whole, and no other: kinder than a table of
    everything.
    """

    def __init__(
        self, folder: Path, store: Store, world: World, least: int, people: npt.NDArray[Any]
    ) -> None:
        self.held = sqlite3.connect(folder / "visits.sqlite")
        for line in ("journal_mode=off", "synchronous=off", "cache_size=-4000000", "mmap_size=8000000000"):
            self.held.execute(f"pragma {line}")
        self.held.execute(
            'create table visits (place int, start int, "end" int, subject int, n int, '
            'primary key (place, start, "end", subject, n)) without rowid'
        )
        self.held.execute("create table sources (subject int, since int, until int)")
        places = self._places(store, world, people)
        self.rows = 0
        for part in once(store, world, places):
            numbers = range(self.rows, self.rows + part.place.size)
            columns = (part.place, part.start, part.end, part.subject)
            self.held.executemany(
                "insert into visits values (?, ?, ?, ?, ?)",
                zip(*(column.tolist() for column in columns), numbers, strict=True),
            )
            self.rows += part.place.size
        self.held.execute("create index visits_subject on visits (subject, start)")
        self.held.execute("analyze")
        self.longest = self.held.execute('select max("end" - start) from visits').fetchone()[0]
        self.held.commit()
        self.world, self.least = world, least

    @staticmethod
    def _places(store: Store, world: World, people: npt.NDArray[Any]) -> npt.NDArray[np.bool_]:
        places = np.zeros(world.places, bool)
        for part in once(store, world, ordered=False):
            places[part.place[np.isin(part.subject, people)]] = True
        return places

    def f1(self, who: int) -> Answer:
        self.held.execute("delete from sources")
        self.held.execute("insert into sources values (?, ?, ?)", (who, self.world.since, self.world.until))
        found = self.held.execute(
            sql_question.MEETINGS, {"least": self.least, "longest": self.longest}
        ).fetchall()
        return _sorted(list(np.array(found, np.int64).reshape(-1, 6).T))


def scratch() -> tempfile.TemporaryDirectory[str]:
    return tempfile.TemporaryDirectory(prefix="lachan-bench-")
