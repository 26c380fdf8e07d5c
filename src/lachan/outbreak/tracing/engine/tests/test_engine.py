"""What the engine needs and how it starts."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

import numpy as np
import pytest

from lachan.outbreak.tracing.engine import (
    DAY,
    Sources,
    Store,
    Tracer,
    Visits,
    day_of,
    moment,
    seconds,
)

HEAVY = {"numba", "llvmlite", "duckdb", "ibis", "pandas", "pyarrow"}


def loaded(code: str) -> set[str]:
    """Which of the heavy packages a fresh interpreter has loaded after running `code`."""
    done = subprocess.run(
        [sys.executable, "-c", f"{code}\nimport sys\nprint(*sys.modules)"],
        capture_output=True,
        text=True,
        check=True,
    )
    return HEAVY & set(done.stdout.split())


ASK = """
import tempfile
from pathlib import Path
from lachan.outbreak.tracing.engine import *
Tracer(Store(Path(tempfile.mkdtemp()))).f1f2(0, 0, 10, min_overlap_s=1)
"""


def test_asking_loads_no_compiler_unless_the_process_asked_for_it() -> None:
    assert loaded(ASK) == set()
    pytest.importorskip("numba")
    assert loaded(ASK + "assert compile_kernels()") == {"numba", "llvmlite"}


def test_serving_loads_neither_compiler_nor_database_engines() -> None:
    """Everything that the server's processes import: settings, apps, addresses, the supervisor, the front."""
    code = """
import os
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "lachan.web.settings")
import django
django.setup()
from django.urls import get_resolver
get_resolver().url_patterns
import pkgutil, importlib
import lachan.web.serve, lachan.web.cli
for package in (lachan.web.serve, lachan.web.cli):
    for each in pkgutil.iter_modules(package.__path__, package.__name__ + "."):
        if not each.name.endswith("__main__"):
            importlib.import_module(each.name)
"""
    assert loaded(code) == set()


def test_machine_code_is_kept_where_it_is_told(tmp_path: Path) -> None:
    pytest.importorskip("numba")
    code = f"""
from pathlib import Path
from lachan.outbreak.tracing.engine import *
from lachan.outbreak.tracing.engine import kernels
assert compile_kernels(Path({str(tmp_path / "code")!r})) and compiled()
kernels.lower(__import__("numpy").arange(5), 3, 0, 5)
"""
    loaded(code)
    assert list((tmp_path / "code").rglob("*.nbi"))


def test_seconds_and_days_are_vietnams() -> None:
    at = datetime(2021, 7, 22, 17, 0, 0, 900_000, tzinfo=UTC)  # midnight there, the 23rd
    assert day_of(seconds(at)) - day_of(seconds(at - timedelta(seconds=1))) == 1
    assert seconds(at) % DAY == 0 and moment(seconds(at)) == at.replace(microsecond=0)
    with pytest.raises(ValueError, match="time zone"):
        seconds(datetime(2021, 7, 22))  # noqa: DTZ001
    with pytest.raises(ValueError, match="calendar"):
        seconds(datetime(2120, 1, 1, tzinfo=UTC))


def small(folder: Path) -> Tracer:
    """Three people at a market (0) and an office (1): 0 meets 1 for 30 minutes at the market and an hour at the office."""
    store = Store(folder)
    for ids in (store.subjects, store.places):
        ids.encode(np.frombuffer(bytes(range(160)), "V16"))
    rows = [
        (0, 0, 0, 3600),
        (1, 0, 1800, 5400),
        (2, 0, 5000, 6000),
        (0, 1, 7000, 12_000),
        (1, 1, 8000, 11_600),
    ]
    columns = [np.array(column) for column in zip(*rows, strict=True)]
    store.build(0, [Visits(*columns)], b"x")
    return Tracer(store)


def test_a_second_in_a_crowded_room_counts_for_more(tmp_path: Path) -> None:
    found = small(tmp_path).f1(0, 0, DAY, min_overlap_s=60, weights=np.array([0.1, 2.0]))
    assert found.contacts.subject.tolist() == [1] and found.contacts.seconds.tolist() == [5400]
    assert found.contacts.score is not None and found.contacts.score.tolist() == [1800 * 0.1 + 3600 * 2.0]
    assert found.by_place.place.tolist() == [0, 1] and found.by_place.first.tolist() == [1800, 8000]


def test_those_whom_a_contact_met_before_are_no_contacts_of_it(tmp_path: Path) -> None:
    tracer = small(tmp_path)
    assert tracer.f1f2(0, 0, DAY, min_overlap_s=60).f2.subject.tolist() == [2]
    assert tracer.f1f2(0, 0, DAY, min_overlap_s=60, latency_s=3600).f2.subject.tolist() == []
    assert tracer.f1f2(2, 0, DAY, min_overlap_s=60).f2.subject.tolist() == [0]


def test_people_whom_nobody_knows_met_nobody(tmp_path: Path) -> None:
    tracer = small(tmp_path)
    assert len(tracer.f1(4_000_000, 0, DAY, min_overlap_s=1).contacts) == 0
    assert len(tracer.f1_many(Sources.of([(9, 0, DAY)]), min_overlap_s=1)[0]) == 0
    assert len(tracer.f1_many(Sources.of([]), min_overlap_s=1)[0]) == 0
    assert len(tracer.at_setting(77, 0, DAY)) == 0
    assert len(tracer.f1(0, DAY, 0, min_overlap_s=1).contacts) == 0
