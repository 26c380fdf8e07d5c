"""Everything that is in one store is in the other afterwards, or nothing is."""

from __future__ import annotations

import json
import os
import secrets
import sqlite3
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta, timezone
from functools import partial
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from django.db.backends.base.base import BaseDatabaseWrapper
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event, EventSeal, StuckEvent
from lachan.registry.people.models import Merge, Person
from lachan.registry.places.models import PlaceImport
from lachan.web.demo import fill
from lachan.web.demo.fill import Plan
from lachan.web.demo.tests.province import units
from lachan.web.ops.move import MoveError, moving, stores
from lachan.web.ops.move.moving import move
from lachan.web.ops.move.tables import READERS, Tally, tables
from lachan.web.tests.installation import Installation

NOW = datetime(2021, 7, 22, 8, 0, tzinfo=UTC)
ON_POSTGRES = connection.vendor == "postgresql"
STORES = [
    "sqlite",
    pytest.param("postgres", marks=pytest.mark.skipif(not ON_POSTGRES, reason="no PostgreSQL")),
]


@pytest.fixture
def filled(db: None, settings: Any, tmp_path: Path) -> None:
    """A small demo, and a row of each kind that it doesn't make."""
    settings.DEMO, settings.DATA = True, tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    units()
    fill.fill(Plan.of(25, days=2), NOW, lambda said: None)
    kept, absorbed = Person.objects.order_by("id")[:2]
    moved = {"b": [1, 2.5, 1e20], "a": {"ten": "Nguyễn Thị Ổi", "không": None, "có": True}}
    Merge.objects.create(
        kept=kept, absorbed=absorbed, reason="một người", moved=moved, made_by=uuid7(), made_at=NOW
    )
    PlaceImport.objects.create(
        filename='a "b"\t\\ç.xlsx', content=bytes(range(256)) * 50, made_by=uuid7(), made_at=NOW, report="{}"
    )
    StuckEvent.objects.create(
        id=77, consumer="c", seq=3, event=uuid7(), kind="k", tries=1, error="x\ny", first_at=NOW,
        last_at=NOW + timedelta(microseconds=1),
    )  # fmt: skip


@pytest.fixture(autouse=True)
def _second_connection(db: None, django_db_blocker: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Django's tests refuse a connection that the settings don't name, and here there are no migrations."""
    guarded, real = BaseDatabaseWrapper.ensure_connection, django_db_blocker._real_ensure_connection

    def ensure(self: Any) -> None:
        (real if self.alias == moving.TARGET else guarded)(self)

    monkeypatch.setattr(BaseDatabaseWrapper, "ensure_connection", ensure)
    monkeypatch.setattr(moving, "call_command", partial(moving.call_command, run_syncdb=True))


@pytest.fixture(params=STORES)
def target(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The address of an empty store."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/moved.sqlite3"
        return
    name = f"lachan_move_{secrets.token_hex(4)}"
    with _psycopg(_address("postgres")) as server:
        server.execute(f"CREATE DATABASE {name}")
    yield _address(name)
    with _psycopg(_address("postgres")) as server:
        server.execute(f"DROP DATABASE {name} WITH (FORCE)")


def _address(name: str) -> str:
    of = connection.settings_dict
    return f"postgresql://{of['USER']}@{of['HOST'] if '/' not in of['HOST'] else ''}/{name}?host={of['HOST']}"


def _psycopg(url: str) -> Any:
    import psycopg

    return psycopg.connect(url, autocommit=True)


def asked(url: str, sql: str) -> list[tuple[Any, ...]]:
    """By the store's own driver, without anything of ours."""
    if url.startswith("sqlite"):
        opened = sqlite3.connect(url.removeprefix("sqlite://"))
        try:
            return opened.execute(sql).fetchall()
        finally:
            opened.close()
    with _psycopg(url) as server:
        return list(server.execute(sql).fetchall())


def test_every_row_arrives_as_its_store_keeps_it(filled: None, target: str) -> None:
    said: list[str] = []
    moved = move(target, said.append, verify=False)
    for table in tables():
        [(count,)] = asked(target, f"SELECT count(*) FROM {table.name}")
        assert count == table.model._default_manager.count() == moved.tables[table.name], table.name
    assert moved.tables["declarations_declaration"] > 20 and moved.tables["audit_event"] > 20
    assert any("declarations_entry" in line for line in said)
    head = EventSeal.objects.order_by("-seq").first()
    assert head is not None and moved.head == f"{head.seq}:{bytes(head.hash).hex()}"
    _types_are_the_stores_own(target)


def _types_are_the_stores_own(target: str) -> None:
    event = Event.objects.order_by("id").first()
    assert event is not None
    [(key, at)] = asked(target, "SELECT id, recorded_at FROM audit_event ORDER BY id LIMIT 1")
    if target.startswith("sqlite"):
        assert key == event.id.hex and at == str(event.recorded_at.astimezone(UTC).replace(tzinfo=None))
    else:
        assert key == event.id and at == event.recorded_at
    [(content,)] = asked(target, "SELECT content FROM places_placeimport")
    assert content == bytes(range(256)) * 50
    [(said,)] = asked(target, "SELECT moved FROM people_merge")
    assert (json.loads(said) if isinstance(said, str) else said) == Merge.objects.get().moved
    [(demo,)] = asked(target, "SELECT is_demo FROM accounts_user WHERE username = 'quantri'")
    assert demo == 1


def test_own_numbers_go_on_after_the_highest(filled: None, target: str) -> None:
    move(target, lambda said: None, verify=False)
    columns = "consumer, seq, event, kind, tries, error, first_at, last_at"
    values = f"'d', 4, '{uuid7().hex}', 'k', 1, '', '2021-07-22', '2021-07-22'"
    sql = f"INSERT INTO audit_stuckevent ({columns}) VALUES ({values}) RETURNING id"
    assert asked(target, sql) == [(78,)]


def test_a_target_with_rows_is_refused_and_left_alone(filled: None, target: str) -> None:
    move(target, lambda said: None, verify=False)
    before = asked(target, "SELECT count(*) FROM audit_event")
    with pytest.raises(MoveError, match="isn't empty"):
        move(target, lambda said: None, verify=False)
    assert asked(target, "SELECT count(*) FROM audit_event") == before


def test_a_failure_leaves_nothing_and_the_next_try_moves_all(
    filled: None, target: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = moving._one

    def broken(table: Any, ours: Any, theirs: Any, say: Any) -> int:
        if table.name == "people_merge":
            raise MoveError("the cable")
        return one(table, ours, theirs, say)

    monkeypatch.setattr(moving, "_one", broken)
    with pytest.raises(MoveError, match="the cable"):
        move(target, lambda said: None, verify=False)
    assert asked(target, "SELECT count(*) FROM units_unit") == [(0,)]
    monkeypatch.setattr(moving, "_one", one)
    assert move(target, lambda said: None, verify=False).tables["people_merge"] == 1


@pytest.mark.parametrize("lost", [True, False])
def test_what_comes_back_otherwise_is_found(
    filled: None, target: str, lost: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Rows that the target lost, and rows that it changed."""
    kind = stores.Sqlite if target.startswith("sqlite") else stores.Postgres
    write = kind.write

    def unfaithful(self: Any, table: Any, rows: Any) -> None:
        if table.name != "people_person":
            return write(self, table, rows)
        at = table.columns.index("folded")
        first, *others = rows
        changed = (*first[:at], first[at] + "x", *first[at + 1 :])
        write(self, table, others if lost else [changed, *others])

    monkeypatch.setattr(kind, "write", unfaithful)
    with pytest.raises(MoveError, match="people_person"):
        move(target, lambda said: None, verify=False)
    assert asked(target, "SELECT count(*) FROM people_person") == [(0,)]


@pytest.mark.skipif(not ON_POSTGRES, reason="no PostgreSQL")
@pytest.mark.parametrize("target", ["postgres"], indirect=True)
def test_a_value_that_does_not_fit_is_named_by_its_column_and_never_shown(filled: None, target: str) -> None:
    """SQLite keeps a text of any length, PostgreSQL doesn't."""
    with pytest.raises(MoveError) as refused, _longer_than_its_column():
        move(target, lambda said: None, verify=False)
    assert "column consumer" in str(refused.value) and "Nguyễn" not in str(refused.value)


class _longer_than_its_column:
    def __enter__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("ALTER TABLE audit_stuckevent ALTER COLUMN consumer TYPE text")
            cursor.execute("UPDATE audit_stuckevent SET consumer = %s", ["Nguyễn " * 200])

    def __exit__(self, *error: object) -> None:
        """The test's transaction takes it back."""


@pytest.mark.parametrize("url", ["mysql://x/y", "sqlite:", "lachan", "sqlite:////nowhere/at/all/x.sqlite3"])
def test_a_target_that_is_none_is_refused_in_one_line(
    db: None, settings: Any, tmp_path: Path, url: str
) -> None:
    settings.DATA = tmp_path
    with pytest.raises(MoveError) as refused:
        move(url, lambda said: None)
    assert "\n" not in str(refused.value)


def test_nothing_is_moved_to_itself_or_from_under_a_server(
    db: None, settings: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    settings.DATA = tmp_path
    own = f"sqlite:///{tmp_path}/../{tmp_path.name}/own.sqlite3"
    if ON_POSTGRES:
        own = _address(connection.settings_dict["NAME"])
    else:
        monkeypatch.setitem(connection.settings_dict, "NAME", str(tmp_path / "own.sqlite3"))
    with pytest.raises(MoveError, match="runs on"):
        move(own, lambda said: None)
    (tmp_path / "run").mkdir()
    (tmp_path / "run/worker.json").write_text(json.dumps({"at": time.time(), "pid": os.getpid()}))
    with pytest.raises(MoveError, match="stop it first"):
        move(f"sqlite:///{tmp_path}/x.sqlite3", lambda said: None)
    assert not (tmp_path / "x.sqlite3").exists()


def test_tables_stand_after_those_they_point_to(db: None) -> None:
    names = [table.name for table in tables()]
    assert len(names) == len(set(names)) and ContentType._meta.db_table in names
    assert names.index("django_content_type") < names.index("auth_permission")
    assert names.index("accounts_user") < names.index("accounts_grant")
    assert names.index("people_person") < names.index("people_alias")


moments = st.datetimes(
    datetime(1900, 1, 1),  # noqa: DTZ001 - the strategy wants it so
    datetime(2999, 1, 1),  # noqa: DTZ001
    timezones=st.sampled_from([UTC, timezone(timedelta(hours=7))]),
)
numbers = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
contents = st.recursive(
    st.none()
    | st.booleans()
    | numbers
    | st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"])),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=5), inner, max_size=4),
    max_leaves=10,
)


@given(identifier=st.uuids(), at=moments, day=st.dates(), content=contents)
def test_a_value_reads_the_same_from_either_store(
    identifier: UUID, at: datetime, day: Any, content: Any
) -> None:
    for kind, value, postgres in (
        ("UUIDField", identifier, identifier), ("DateTimeField", at, at), ("DateField", day, day),
    ):  # fmt: skip
        read = READERS[kind]
        assert read(stores._plain(value)) == read(postgres) == value
    read = READERS["JSONField"]
    assert read(read(json.dumps(content))) == read(json.dumps(content, sort_keys=True, indent=1))


@given(rows=st.lists(st.tuples(st.integers(-(2**63), 2**63 - 2), st.text()), max_size=20), seed=st.randoms())
def test_a_digest_knows_its_rows_and_not_their_order(rows: list[tuple[int, str]], seed: Any) -> None:
    mixed = list(rows)
    seed.shuffle(mixed)
    assert _tally(rows).digest == _tally(mixed).digest
    if rows:
        assert _tally(rows).digest != _tally(rows[1:]).digest
        assert _tally(rows).digest != _tally([(rows[0][0] + 1, rows[0][1]), *rows[1:]]).digest
        assert _tally(rows).digest != _tally([*rows, rows[0], rows[0]]).digest


def _tally(rows: list[tuple[int, str]]) -> Tally:
    tally = Tally()
    for row in rows:
        tally.add(row)
    return tally


def test_large_rows_come_a_few_at_a_time() -> None:
    assert stores._next_size([("x",)] * 20) == 80
    assert stores._next_size([("x",)] * 5000) == 5000
    assert stores._next_size([("x",)] * 19 + [(b"x" * 10_000_000,)]) == 1


@pytest.mark.skipif(not ON_POSTGRES, reason="no PostgreSQL")
@pytest.mark.parametrize("target", ["postgres"], indirect=True)
def test_an_officer_moves_an_installation_and_goes_on_with_it(target: str, tmp_path: Path) -> None:
    """By the command line alone: from SQLite to PostgreSQL, and back into another file."""
    ours = Installation(tmp_path / "data")
    create = "user create an.nguyen An --role province_admin --unit 56/ --password-stdin"
    for words in ("keys make", "migrate", "units load", create):
        ours.lachan(*words.split(), given="một mật khẩu đủ dài\n")
    address = tmp_path / "address"
    address.write_text(f"{target}\n", encoding="utf-8")
    said = ours.lachan("move", "--to-file", str(address))
    assert "audit_event" in said and "whole" in said and "Đã chuyển (moved)" in said
    assert "isn't empty" in ours.lachan("move", "--to", target, code=1)
    ours.environment["DATABASE_URL"] = target
    assert "an.nguyen" in ours.lachan("user", "list")
    ours.lachan("user", "lock", "an.nguyen", "--reason", "thử")
    assert "Đã chuyển" in ours.lachan("move", "--to", f"sqlite:///{tmp_path}/back.sqlite3")
    assert (tmp_path / "back.sqlite3").stat().st_mode & 0o077 == 0
    ours.environment["DATABASE_URL"] = f"sqlite:///{tmp_path}/back.sqlite3"
    assert "an.nguyen" in ours.lachan("user", "list")
    assert "whole" in ours.lachan("audit", "verify")
