"""Both stores: rows as Django reads them, exactly once, conflicts told."""

from __future__ import annotations

import pytest
from django.db import connections

from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import (
    DECLARATION_COLUMNS,
    ENTRY_COLUMNS,
)
from lachan.gate.intake.stores import Kept, Outcome
from lachan.gate.intake.stores.contract import BadRow, Store
from lachan.gate.intake.tests.conftest import ALIAS
from lachan.gate.intake.tests.stores.made import NOW, prepared, rows
from lachan.kernel.ids import uuid7
from lachan.registry.audit.models import Event, PendingSeal
from lachan.registry.audit.rows import EVENT_COLUMNS


def test_columns_are_those_of_the_models() -> None:
    for model, columns in (
        (Declaration, DECLARATION_COLUMNS),
        (Entry, ENTRY_COLUMNS),
        (Event, EVENT_COLUMNS),
    ):
        assert tuple(field.column for field in model._meta.concrete_fields) == tuple(columns)


def test_django_reads_what_was_prepared(store: Store) -> None:
    one = prepared()
    assert store.write([one]) == [Outcome(Kept.CREATED)]
    for model, columns, row in (
        (Declaration, DECLARATION_COLUMNS, one.declaration),
        (Entry, ENTRY_COLUMNS, one.entry),
        (Event, EVENT_COLUMNS, one.event),
    ):
        read = rows(model).get(pk=row[0])
        for column, value in zip(columns, row, strict=True):
            found = getattr(read, column)
            assert (bytes(found) if isinstance(value, bytes) else found) == value, column
    assert rows(PendingSeal).filter(event=one.event.id).exists()


def test_django_writes_the_same_bytes(store: Store) -> None:
    """Row by row and type by type, the store's rows and those of Django's own insert are equal."""
    ours, theirs = prepared(), prepared()
    store.write([ours])
    Declaration(**dict(zip(DECLARATION_COLUMNS, theirs.declaration, strict=True))).save(
        force_insert=True, using=ALIAS
    )
    with connections[ALIAS].cursor() as cursor:
        cursor.execute("SELECT * FROM declarations_declaration")
        found = cursor.fetchall()
    assert [[type(value) for value in row] for row in found[:1]] == [
        [type(value) for value in row] for row in found[1:]
    ]
    assert len({row[DECLARATION_COLUMNS.index("occurred_at")] for row in found}) == 1


def test_a_retry_is_the_same_row_and_another_content_a_conflict(store: Store) -> None:
    one = prepared()
    other = prepared("Người Khác", one.id)
    store.write([one])
    same, conflict, fresh = store.write([one, other, prepared()])
    assert (same.kept, same.recorded_at, same.result) == (Kept.SAME, NOW, 0)
    assert conflict.kept is Kept.CONFLICT
    assert fresh.kept is Kept.CREATED
    counts = [rows(model).count() for model in (Declaration, Entry, Event, PendingSeal)]
    assert counts == [2, 2, 2, 2]


def test_twice_in_one_group_is_written_once(store: Store) -> None:
    one = prepared()
    kept = [outcome.kept for outcome in store.write([one, one, prepared("Khác", one.id)])]
    assert kept == [Kept.CREATED, Kept.SAME, Kept.CONFLICT]
    assert rows(Entry).count() == 1


def test_a_large_group_of_odd_size_is_whole(store: Store) -> None:
    group = [prepared() for _ in range(343)]
    assert {outcome.kept for outcome in store.write(group)} == {Kept.CREATED}
    assert rows(Declaration).count() == rows(Entry).count() == rows(PendingSeal).count() == 343


def test_find_tells_same_conflict_and_nothing(store: Store) -> None:
    one = prepared()
    store.write([one])
    assert store.find(one.id, one.digest) == Outcome(Kept.SAME, 0, NOW)
    assert store.find(one.id, bytes(32)) == Outcome(Kept.CONFLICT)
    assert store.find(uuid7(), one.digest) is None


def test_a_failing_second_table_undoes_the_first(store: Store) -> None:
    one, two = prepared(), prepared()
    two.entry = (one.entry[0], *two.entry[1:])  # the entry's id is taken
    store.write([one])
    with pytest.raises(BadRow):
        store.write([two])
    assert not rows(Declaration).filter(pk=two.id).exists()
    assert store.write([prepared()])[0].kept is Kept.CREATED
