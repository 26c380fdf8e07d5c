"""Bulk import: upload, look at what would happen, then apply. Every refused row stays readable with its reason."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from lachan.base import keys
from lachan.base.scope import Scope
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.places.importing import Mapping, Reading, Table, map_columns, read_rows, read_table
from lachan.registry.places.models import Place, PlaceImport
from lachan.registry.places.services.write import create_many

KEPT = timedelta(days=1)
"""How long an upload that nobody applied is kept."""


def upload(filename: str, data: bytes, scope: Scope, *, by: Any, now: datetime) -> PlaceImport:
    """Keep a table, and report what applying it would do; uploads that nobody applied in time are dropped. Raises InvalidInput: those of read_table and map_columns."""
    table = read_table(data)
    mapping = map_columns(table)
    reading = _read(table, mapping, scope)
    with transaction.atomic():
        forget_old(now)
        kept = PlaceImport(filename=_short(filename), made_by=by.pk, made_at=now)
        kept.content = keys.keyring().seal(data, _aad(kept))
        _write_report(kept, mapping, reading)
        kept.save(force_insert=True)
    return kept


def preview(kept: PlaceImport, scope: Scope) -> tuple[Mapping, Reading]:
    """What applying would do now. Raises InvalidInput("import_done") when there is nothing left to apply."""
    data = _content(kept)
    table = read_table(data)
    mapping = map_columns(table)
    return mapping, _read(table, mapping, scope)


def apply_import(kept: PlaceImport, scope: Scope, *, by: Any, now: datetime) -> PlaceImport:
    """Make the places of every row that can be taken; the upload itself is then forgotten.

    Raises InvalidInput("import_done") the second time.
    """
    with transaction.atomic():
        kept = PlaceImport.objects.select_for_update().get(pk=kept.pk)
        mapping, reading = preview(kept, scope)
        create_many(reading.taken, by=by, now=now)
        kept.content, kept.applied_at = None, now
        _write_report(kept, mapping, reading)
        kept.save()
        counts = {"created": kept.created, "refused": kept.refused}
        record(
            "places.imported", actor=by, subject_kind="place_import", subject=kept.pk, data=counts, now=now
        )
    return kept


def forget_old(now: datetime) -> int:
    """Drop the content of uploads that nobody applied. Returns how many."""
    return abandoned(now).update(content=None)


def abandoned(now: datetime) -> QuerySet[PlaceImport]:
    """Uploads that nobody applied within KEPT and that still have their content."""
    return PlaceImport.objects.filter(applied_at=None, made_at__lt=now - KEPT, content__isnull=False)


def _read(table: Table, mapping: Mapping, scope: Scope) -> Reading:
    open_places = Place.objects.exclude(status=Place.Status.CLOSED)
    present = scope.narrow(open_places, "unit").values_list("unit", "folded")
    return read_rows(table, mapping, scope, present.iterator())


def _content(kept: PlaceImport) -> bytes:
    if kept.content is None:
        raise InvalidInput("import_done")
    return keys.keyring().open(bytes(kept.content), _aad(kept))


def _aad(kept: PlaceImport) -> bytes:
    return b"places_placeimport.content" + kept.pk.bytes


def _write_report(kept: PlaceImport, mapping: Mapping, reading: Reading) -> None:
    kept.created, kept.refused = len(reading.taken), len(reading.refused)
    columns = [key for key, _ in sorted(mapping.positions.items(), key=lambda item: item[1])]
    rows = [asdict(row) for row in reading.refused]
    kept.report = json.dumps(
        {"headers": mapping.headers, "columns": columns, "unknown": mapping.unknown, "refused": rows},
        ensure_ascii=False,
        default=str,
    )


def _short(filename: str) -> str:
    try:
        return clean_line(filename.rpartition("/")[2], 2000)[-200:] or "-"
    except InvalidInput:
        return "-"
