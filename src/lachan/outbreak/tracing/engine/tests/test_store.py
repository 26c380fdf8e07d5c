"""What is on the disk: built day by day, whole or not at all, and known for damaged when it is."""

from __future__ import annotations

import json
import random
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path
from uuid import UUID

import numpy as np
import pytest

from lachan.outbreak.tracing.engine import DAY, UUIDS, Damaged, Store, Tracer, VisitChunk, Visits
from lachan.outbreak.tracing.engine.ids import IdMap
from lachan.outbreak.tracing.engine.segment import BLOCK, Segment, sort_visits, write_segment

Row = tuple[int, int, int, int]


def uuids(numbers: list[int]) -> np.ndarray:
    return np.frombuffer(b"".join(UUID(int=number + 1).bytes for number in numbers), UUIDS)


class Table:
    """A database of visits, with UUIDs of its own, that can be changed."""

    def __init__(self, *rows: Row) -> None:
        self.rows = list(rows)
        self.reads: list[int] = []

    def on(self, day: int) -> list[Row]:
        return sorted(row for row in self.rows if row[2] < (day + 1) * DAY and row[3] > day * DAY)

    def days(self) -> Mapping[int, bytes]:
        touched = {day for row in self.rows for day in range(row[2] // DAY, (row[3] - 1) // DAY + 1)}
        return {day: json.dumps(self.on(day)).encode()[-32:] for day in touched}

    def read(self, day: int) -> Iterator[VisitChunk]:
        self.reads.append(day)
        for row in self.on(day):
            start, end = (np.array([second], np.int32) for second in row[2:])
            yield VisitChunk(uuids([row[0]]), uuids([row[1]]), start, end)


def met(store: Store, who: int, *, until: int = 10 * DAY) -> dict[int, int]:
    """{contact: seconds}, in the table's own numbers."""
    number = int(store.subjects.find(uuids([who]))[0])
    found = Tracer(store).f1(number, 0, until, min_overlap_s=60).contacts
    people = [UUID(bytes=each).int - 1 for each in store.subjects.decode(found.subject).tolist()]
    return dict(zip(people, found.seconds.tolist(), strict=True))


NIGHT = (1, 9, DAY - 600, DAY + 600)
OTHER = (2, 9, DAY - 300, DAY + 300)


def test_a_visit_over_midnight_is_met_once(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.refresh(Table(NIGHT, OTHER, (3, 9, DAY + 60, DAY + 200)))
    assert set(store.manifest.days) == {0, 1}
    assert met(store, 1) == {2: 600, 3: 140}


def test_only_days_that_changed_are_built_again(tmp_path: Path) -> None:
    store, table = Store(tmp_path), Table(NIGHT, OTHER, (5, 8, 4 * DAY, 4 * DAY + 900))
    assert [each.day for each in store.refresh(table).built] == [0, 1, 4]
    assert not store.refresh(table).built
    table.rows.append((7, 9, DAY + 100, DAY + 400))  # came late
    done = store.refresh(table)
    assert done.why == {1: "changed"} and done.kept == 2 and table.reads == [0, 1, 4, 1]
    assert met(store, 1) == {2: 600, 7: 300}
    assert met(Store(tmp_path), 7) == {1: 300, 2: 200}
    table.rows = [NIGHT]
    assert store.refresh(table).dropped == (4,)
    assert sorted(path.suffix for path in tmp_path.iterdir()).count(".seg") == 2


def test_a_window_names_the_days_that_were_never_built(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.refresh(Table(NIGHT))
    assert Tracer(store).f1(0, 0, 4 * DAY, min_overlap_s=1).missing == (2, 3)
    assert Tracer(store).at_setting(0, 5 * DAY, 6 * DAY).missing == (5,)


def test_a_reader_sees_another_process_build(tmp_path: Path) -> None:
    writer, reader = Store(tmp_path), Store(tmp_path)
    table = Table(NIGHT)
    writer.refresh(table)
    assert met(reader, 1) == {}
    before = reader.segments(0, DAY)[0][0].columns.subject
    table.rows.append(OTHER)
    writer.refresh(table)
    assert met(reader, 1) == {2: 600}
    assert before.tolist() == [0]  # what was mapped stays readable


def test_one_writer_at_a_time(tmp_path: Path) -> None:
    with Store(tmp_path).writing(), pytest.raises(BlockingIOError), Store(tmp_path).writing():
        pass


def test_visits_that_end_before_they_start_are_counted_and_left_out(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.subjects.encode(uuids([0, 1]))
    store.places.encode(uuids([0]))
    column = np.array([100, 50])
    built = store.build(0, [Visits(np.array([0, 1]), np.array([0, 0]), column, np.array([200, 49]))], b"x")
    assert (built.rows, built.reversed) == (1, 1)
    assert store.build(3, [], b"x").rows == 0
    with pytest.raises(ValueError, match="never gave"):
        store.build(0, [Visits(np.array([2]), np.array([0]), column[:1], column[:1])], b"x")


def test_nobody_meets_for_no_time(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="didn't meet"):
        Tracer(Store(tmp_path)).f1(0, 0, 10, min_overlap_s=0)


def crowded(folder: Path) -> tuple[Path, int]:
    """A segment of a few hundred visits, written; its path and length."""
    draw = np.random.default_rng(3)
    start = draw.integers(0, DAY, 300).astype(np.int32)
    visits = Visits(
        draw.integers(0, 40, 300).astype(np.uint32),
        draw.integers(0, 9, 300).astype(np.uint32),
        start,
        start + 900,
    )
    columns, _ = sort_visits(0, visits)
    path = folder / "day-0-00000001.seg"
    return path, write_segment(path, 0, columns, b"f", (40, b"12345678"), (9, b"87654321")).length


def test_any_changed_byte_is_noticed(tmp_path: Path) -> None:
    path, length = crowded(tmp_path)
    whole = path.read_bytes()
    assert Segment(path).head.rows == 300 and len(whole) == length
    for at in [*range(0, 200), *random.Random(1).sample(range(200, length), 200), length - 1]:
        path.write_bytes(whole[:at] + bytes([whole[at] ^ 0x10]) + whole[at + 1 :])
        with pytest.raises(Damaged):
            Segment(path)


def test_any_cut_is_noticed(tmp_path: Path) -> None:
    path, length = crowded(tmp_path)
    whole = path.read_bytes()
    for size in [0, 1, 191, 192, *random.Random(2).sample(range(length), 60), length - 1]:
        path.write_bytes(whole[:size])
        with pytest.raises(Damaged):
            Segment(path)
    path.write_bytes(whole + b"\0")
    with pytest.raises(Damaged):
        Segment(path)


def test_a_segment_of_several_blocks_is_checked_to_its_end(tmp_path: Path) -> None:
    count = BLOCK // 8
    start = (np.arange(count) % 80_000).astype(np.int32)
    columns, _ = sort_visits(
        0, Visits(np.arange(count, dtype=np.uint32), np.zeros(count, np.uint32), start, start + 60)
    )
    path = tmp_path / "many.seg"
    head = write_segment(path, 0, columns, b"f", (0, bytes(8)), (0, bytes(8)))
    assert Segment(path).columns.row.size == count and head.length > 2 * BLOCK
    with path.open("r+b") as file:
        file.seek(2 * BLOCK + 5000)
        file.write(b"\xff\xee")
    with pytest.raises(Damaged, match="block 2"):
        Segment(path)


def test_a_damaged_segment_gives_no_answer_and_is_built_again(tmp_path: Path) -> None:
    table = Table(NIGHT, OTHER)
    Store(tmp_path).refresh(table)
    path = next(tmp_path.glob("day-1-*.seg"))
    path.write_bytes(path.read_bytes()[:-1])
    store = Store(tmp_path)
    with pytest.raises(Damaged):
        met(store, 1)
    assert set(store.damaged()) == {1}
    assert store.refresh(table).why == {1: "damaged: cut short"}
    assert met(store, 1) == {2: 600}


def test_a_segment_put_in_place_of_another_is_noticed(tmp_path: Path) -> None:
    store, table = Store(tmp_path), Table(NIGHT, OTHER)
    store.refresh(table)
    old = next(tmp_path.glob("day-1-*.seg")).read_bytes()
    table.rows.append((4, 9, DAY + 1, DAY + 500))
    store.refresh(table)
    next(tmp_path.glob("day-1-*.seg")).write_bytes(old)
    assert "another" in Store(tmp_path).damaged()[1]


@pytest.mark.parametrize("harm", ["gone", "empty", "changed", "garbage"])
def test_a_lost_manifest_is_made_from_the_segments(tmp_path: Path, harm: str) -> None:
    table = Table(NIGHT, OTHER)
    Store(tmp_path).refresh(table)
    path = tmp_path / "manifest.json"
    held = path.read_bytes()
    path.unlink()
    if harm != "gone":
        path.write_bytes({"empty": b"", "changed": held.replace(b"1", b"2"), "garbage": b"[1]"}[harm])
    store = Store(tmp_path)
    assert met(store, 1) == {2: 600} and store.refresh(table).kept == 2


@pytest.mark.parametrize("at", [3, 14, 25, 60])
def test_lost_ids_make_the_days_that_used_them_damaged(tmp_path: Path, at: int) -> None:
    """A number that meant one person must never be read as another."""
    table = Table(NIGHT, OTHER)
    Store(tmp_path).refresh(table)
    path = tmp_path / "subjects.ids"
    held = path.read_bytes()
    at = min(at, len(held) - 1)
    path.write_bytes(held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :])
    store = Store(tmp_path)
    with pytest.raises(Damaged, match="id maps"):
        store.segments(0, 2 * DAY)
    table.rows.insert(0, (8, 9, 0, 900))  # so that numbers are given in another order
    assert len(store.refresh(table).built) == 2
    assert met(store, 1) == {2: 600} and not Store(tmp_path).damaged()


def test_what_a_killed_build_left_is_swept(tmp_path: Path) -> None:
    store, table = Store(tmp_path), Table(NIGHT)
    store.refresh(table)
    for name in ("day-9-00000099.seg", "day-1-00000077.seg.part", "manifest.json.part"):
        (tmp_path / name).write_bytes(b"half")
    store.refresh(table)
    assert not list(tmp_path.glob("*.part")) and not list(tmp_path.glob("day-9*"))


def test_a_failing_source_leaves_what_was(tmp_path: Path) -> None:
    class Broken(Table):
        def read(self, day: int) -> Iterator[VisitChunk]:
            yield from super().read(day)
            raise OSError("the database went away")

    Store(tmp_path).refresh(Table(NIGHT, OTHER))
    store = Store(tmp_path)
    with pytest.raises(OSError, match="went away"):
        store.refresh(Broken(NIGHT, OTHER, (6, 9, DAY, DAY + 600)))
    assert met(Store(tmp_path), 1) == {2: 600}


def test_a_worker_that_must_end_stops_between_days(tmp_path: Path) -> None:
    ending = threading.Event()

    class Slow(Table):
        def read(self, day: int) -> Iterator[VisitChunk]:
            ending.set()
            return super().read(day)

    store, table = Store(tmp_path), Slow(NIGHT, OTHER)
    assert [each.day for each in store.refresh(table, stop=ending.is_set).built] == [0]
    assert [each.day for each in store.refresh(table).built] == [1]


def test_ids_last_and_a_torn_end_is_cut_off(tmp_path: Path) -> None:
    ids = IdMap(tmp_path / "x.ids")
    assert ids.encode(uuids([5, 3, 5])).tolist() == [0, 1, 0]
    first = ids.commit()
    ids.encode(uuids([9]))
    second = ids.commit()
    path = tmp_path / "x.ids"
    whole = path.read_bytes()
    path.write_bytes(whole + whole[-20:])
    again = IdMap(path)
    assert again.find(uuids([9, 3, 4])).tolist() == [2, 1, -1] and again.mark == second
    path.write_bytes(whole[:-1])
    torn = IdMap(path)
    assert torn.holds(first) and not torn.holds(second)
    torn.encode(uuids([7]))
    assert torn.commit() != second and IdMap(path).find(uuids([7, 9])).tolist() == [2, -1]
    assert [UUID(bytes=each).int - 1 for each in torn.decode(np.array([1, 2])).tolist()] == [3, 7]
