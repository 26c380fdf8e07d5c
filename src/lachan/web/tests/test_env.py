"""Settings are read exactly, from a variable or from a file, and a bad one stops the start by name."""

from __future__ import annotations

import sqlite3
from pathlib import Path

import pytest

from lachan.web import databases, env


def test_a_value_may_come_from_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    secret = tmp_path / "secret"
    secret.write_text("  word\n")
    monkeypatch.setenv("X_FILE", str(secret))
    monkeypatch.setenv("X", "other")
    assert env.text("X") == "word"
    secret.unlink()
    with pytest.raises(env.BadSetting, match=r"X_FILE=.*No such file"):
        env.text("X")


@pytest.mark.parametrize(("given", "read"), [("1", True), ("Yes", True), ("off", False), ("", False)])
def test_yes_and_no(monkeypatch: pytest.MonkeyPatch, given: str, read: bool) -> None:
    monkeypatch.setenv("X", given)
    assert env.boolean("X", not read) is read


@pytest.mark.parametrize("given", ["maybe", "2", "tru"])
def test_neither_yes_nor_no(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("X", given)
    with pytest.raises(env.BadSetting, match="X="):
        env.boolean("X")


@pytest.mark.parametrize(
    ("given", "problem"), [("many", "whole number"), ("0", "1 to 64"), ("65", "1 to 64")]
)
def test_numbers_have_bounds(monkeypatch: pytest.MonkeyPatch, given: str, problem: str) -> None:
    monkeypatch.setenv("X", given)
    with pytest.raises(env.BadSetting, match=problem):
        env.integer("X", 4, low=1, high=64)


def test_words_and_folders(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("X", " a, b ,,c")
    assert env.words("X") == ["a", "b", "c"]
    monkeypatch.setenv("X", "~/data")
    assert env.folder("X", tmp_path) == Path.home() / "data"


def test_no_address_is_sqlite_that_keeps_what_it_acknowledged(tmp_path: Path) -> None:
    store = databases.from_url("", tmp_path)
    assert store["NAME"] == str(tmp_path / "lachan.sqlite3")
    assert "synchronous=FULL" in store["OPTIONS"]["init_command"]
    assert store["OPTIONS"]["transaction_mode"] == "IMMEDIATE"
    assert databases.from_url("sqlite:///x/y.db", tmp_path)["NAME"] == "/x/y.db"


def test_the_front_reads_the_file_and_maps_nothing(tmp_path: Path) -> None:
    store, other = databases.from_url("", tmp_path), databases.from_url("", tmp_path)
    databases.unmapped(store)
    for database, mapped in ((store, 0), (other, 268435456)):
        db = sqlite3.connect(database["NAME"])
        db.executescript(database["OPTIONS"]["init_command"])
        assert db.execute("PRAGMA mmap_size").fetchone() == (mapped,)
        assert db.execute("PRAGMA synchronous").fetchone() == (2,), "the rest stands"
        db.close()
    server = databases.from_url("postgresql://an@db.example/x", tmp_path)
    databases.unmapped(server)
    assert "init_command" not in server["OPTIONS"]


def test_an_address_of_postgresql(tmp_path: Path) -> None:
    store = databases.from_url("postgresql://an:p%40ss@db.example:6432/la%20chan?sslmode=require", tmp_path)
    assert (store["USER"], store["PASSWORD"], store["HOST"], store["PORT"], store["NAME"]) == (
        "an", "p@ss", "db.example", "6432", "la chan",
    )  # fmt: skip
    assert store["OPTIONS"]["sslmode"] == "require"
    assert store["OPTIONS"]["prepare_threshold"] is None  # pgbouncer keeps no prepared statements
    assert databases.from_url("postgresql://an@/x?host=/run/pg", tmp_path)["HOST"] == "/run/pg"


def test_another_scheme_stops_the_start(tmp_path: Path) -> None:
    with pytest.raises(env.BadSetting, match="mysql"):
        databases.from_url("mysql://x/y", tmp_path)
