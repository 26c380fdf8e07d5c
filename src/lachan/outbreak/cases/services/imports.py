"""A line list from a table: kept sealed, tried as often as one likes, applied once. Every row's fate stays readable."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from lachan.base import keys
from lachan.base.messages import text_of
from lachan.base.scope import Scope
from lachan.base.tables import Cells, read_cells, short_name
from lachan.kernel.clock import local_day
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.importing.columns import Layout, layout_of
from lachan.outbreak.cases.importing.plan import (
    DUPLICATE,
    NEW,
    REFUSED,
    UNUSUAL,
    UPDATE,
    Planned,
    plan,
    totals,
)
from lachan.outbreak.cases.importing.rows import Reader, read_rows, reader_for
from lachan.outbreak.cases.models import Case, LineListImport
from lachan.outbreak.cases.services.bulk import create_cases
from lachan.outbreak.cases.services.changing import update_case
from lachan.outbreak.cases.services.judge import disease_at
from lachan.registry.audit.services import record

KEPT = timedelta(days=1)
"""How long an upload that nobody applied is kept."""
BATCH = 250
"""Rows in a transaction: who else writes waits for no more."""


def upload(
    filename: str, data: bytes, disease: str, *, unit: str, scope: Scope, by: Any, now: datetime
) -> LineListImport:
    """Keep a table; `unit` reports its cases. Raises InvalidInput: those of read_cells, `table_columns`, `disease_unknown`."""
    disease_at(disease, local_day(now))
    cells = read_cells(data)
    layout = layout_of(cells)
    kept = LineListImport(
        filename=short_name(filename),
        disease=disease,
        unit=unit,
        mapping=dict(layout.positions),
        made_by=by.pk,
        made_at=now,
    )
    kept.content = keys.keyring().seal(data, _aad(kept))
    with transaction.atomic():
        abandoned(now).update(content=None)
        kept.save(force_insert=True)
        _try(kept, cells, scope, now)
    return kept


def remap(
    kept: LineListImport,
    positions: Mapping[str, int],
    orders: Mapping[str, str],
    confirmed: Sequence[int],
    *,
    scope: Scope,
    now: datetime,
) -> LineListImport:
    """The officer's own mapping, order of days and confirmed rows; tried again. Raises InvalidInput("import_done")."""
    with _content(kept) as cells, transaction.atomic():
        layout = layout_of(cells).with_positions(positions)
        if "name" not in layout.positions:
            raise InvalidInput("table_columns", columns="name")
        kept.mapping = dict(layout.positions)
        kept.options = {"orders": dict(orders), "confirmed": sorted(set(confirmed))}
        _try(kept, cells, scope, now)
    return kept


def apply_import(kept: LineListImport, scope: Scope, *, by: Any, now: datetime) -> LineListImport:
    """Open and complete the cases, a batch of rows at a time: an interruption leaves whole batches, and going on finds
    them as known. The upload is then forgotten. Raises InvalidInput("import_done") the second time."""
    with _content(kept) as cells:
        reader = _reader(kept, cells, scope, now)
        planned = _plan(kept, cells, reader, scope)
        final: dict[int, Planned] = {one.row.number: one for one in planned}
        todo = [one for one in planned if one.status in (NEW, UPDATE)]
        for start in range(0, len(todo), BATCH):
            _apply_batch(kept, todo[start : start + BATCH], final, reader.disease, by, now)
    with transaction.atomic():
        done = [_unconfirmed(final[one.row.number]) for one in planned]
        kept.content, kept.applied_at = None, now
        _report(kept, reader, done)
        kept.save()
        data = {
            "created": kept.created,
            "updated": kept.updated,
            "refused": kept.refused,
            "duplicates": kept.duplicates,
        }
        record(
            "case.imported",
            actor=by,
            subject_kind="case_import",
            subject=kept.pk,
            unit=kept.unit,
            data=data,
            now=now,
        )
    return kept


def _unconfirmed(one: Planned) -> Planned:
    """An unusual row that nobody confirmed isn't taken: it is refused, with its reason."""
    if one.status != UNUSUAL:
        return one
    return Planned(one.row, REFUSED, code=one.code, params=one.params, key=one.key)


def _apply_batch(
    kept: LineListImport,
    some: Sequence[Planned],
    final: dict[int, Planned],
    disease: Disease,
    by: Any,
    now: datetime,
) -> None:
    with transaction.atomic():
        fresh = [one for one in some if one.status == NEW]
        for one, case, made in create_cases(fresh, disease, kept, by=by, now=now):
            if made:
                one.case, one.of = case, case.code
            else:  # somebody opened it since, or the registry knows the person by another name
                known = Planned(one.row, DUPLICATE, case, case.code, "row_case_known", {"code": case.code})
                final[one.row.number] = known
        for one in some:
            if one.status == UPDATE:
                final[one.row.number] = _updated(one, by, now)


def _updated(one: Planned, by: Any, now: datetime) -> Planned:
    """Fill what the case didn't know; dates that don't fit with it refuse the row."""
    assert one.case is not None
    try:
        with transaction.atomic():
            case = Case.objects.select_for_update().get(pk=one.case.pk)
            empty = {name: one.row.values[name] for name in one.fills if getattr(case, name) in (None, "")}
            update_case(
                case, empty, by=by, now=now, confirmed_unusual=[found.key for found in one.row.findings]
            )
    except InvalidInput as error:
        return Planned(one.row, REFUSED, one.case, one.of, error.code, error.params, error.field or "")
    return one


def abandoned(now: datetime) -> QuerySet[LineListImport]:
    """Uploads that nobody applied within KEPT and that still have their content."""
    return LineListImport.objects.filter(applied_at=None, made_at__lt=now - KEPT, content__isnull=False)


@contextmanager
def _content(kept: LineListImport) -> Iterator[Cells]:
    fresh = LineListImport.objects.get(pk=kept.pk)
    if fresh.content is None:
        raise InvalidInput("import_done")
    yield read_cells(keys.keyring().open(bytes(fresh.content), _aad(kept)))


def layout(kept: LineListImport) -> tuple[Layout, list[tuple[str, list[str]]]]:
    """The layout in use and each column with a few of its values, for the page of the mapping."""
    from lachan.base.tables import text_of as words

    with _content(kept) as cells:
        guessed = layout_of(cells)
        body = cells.rows[guessed.first : guessed.first + 200]
    columns = []
    for at, header in enumerate(guessed.headers):
        seen = [words(row[at]) for _number, row in body if at < len(row) and words(row[at])]
        columns.append((header, list(dict.fromkeys(seen))[:3]))
    return guessed.with_positions(kept.mapping), columns


def _reader(kept: LineListImport, cells: Cells, scope: Scope, now: datetime) -> Reader:
    today = local_day(now)
    disease = disease_at(kept.disease, today)
    found = layout_of(cells).with_positions(kept.mapping)
    return reader_for(cells, found, disease, today, scope, kept.options.get("orders", {}))


def _plan(kept: LineListImport, cells: Cells, reader: Reader, scope: Scope) -> list[Planned]:
    confirmed = frozenset(kept.options.get("confirmed", ()))
    return plan(read_rows(cells, reader), reader.disease, scope, kept.unit, confirmed)


def _try(kept: LineListImport, cells: Cells, scope: Scope, now: datetime) -> None:
    reader = _reader(kept, cells, scope, now)
    _report(kept, reader, _plan(kept, cells, reader, scope))
    kept.save()


def _report(kept: LineListImport, reader: Reader, planned: Sequence[Planned]) -> None:
    counted = totals(planned)
    kept.created, kept.updated, kept.duplicates = counted[NEW], counted[UPDATE], counted[DUPLICATE]
    kept.refused = counted[REFUSED] + counted[UNUSUAL]
    kept.rows = len(planned)
    columns = {at: key for key, at in reader.layout.positions.items()}
    kept.report = json.dumps(
        {
            "headers": list(reader.layout.headers),
            "columns": [columns.get(at, "") for at in range(len(reader.layout.headers))],
            "totals": counted,
            "orders": {
                key: {
                    "order": one.order,
                    "reason": one.reason,
                    "seen": one.seen,
                    "against": one.against,
                    "swapped": one.swapped,
                }
                for key, one in reader.orders.items()
            },
            "rows": [_line(one) for one in planned],
        },
        ensure_ascii=False,
        default=str,
    )


def _line(one: Planned) -> dict[str, Any]:
    return {
        "row": one.row.number, "status": one.status, "of": one.of, "case": str(one.case.pk) if one.case else "",
        "code": one.code, "params": dict(one.params), "key": one.key, "fills": one.fills, "differs": one.differs,
        "cells": one.row.cells,
    }  # fmt: skip


def reason_of(line: Mapping[str, Any]) -> str:
    """Why a row is where it is, in words."""
    return text_of(line["code"], line["params"]) if line["code"] else ""


def _aad(kept: LineListImport) -> bytes:
    return b"cases_linelistimport.content" + kept.pk.bytes
