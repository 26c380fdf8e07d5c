"""Households from a table: upload, look at what would happen, then apply. Every refused row keeps its reason."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import QuerySet

from lachan.base import keys
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.households.identity import alias_of, borne
from lachan.registry.households.importing import Mapping as Columns
from lachan.registry.households.importing import Reading, Taken, map_columns, read_rows
from lachan.registry.households.models import Household, HouseholdImport
from lachan.registry.households.services.members import at_home, move_in
from lachan.registry.households.services.write import ensure_hamlet, ensure_household
from lachan.registry.people.services import Sighting, link_many
from lachan.registry.places.importing import read_table

KEPT = timedelta(days=1)
"""How long an upload that nobody applied is kept."""
CHUNK = 300


def upload(filename: str, data: bytes, unit: str, *, by: Any, now: datetime) -> HouseholdImport:
    """Keep a table, and report what applying it would do. Raises InvalidInput: those of read_table, table_columns."""
    mapping, reading = _read(data, unit, now)
    kept = HouseholdImport(filename=_short(filename), unit=unit, made_by=by.pk, made_at=now)
    kept.content = keys.keyring().seal(data, _aad(kept))
    _write_report(kept, mapping, reading)
    with transaction.atomic():
        abandoned(now).update(content=None)
        kept.save(force_insert=True)
    return kept


@transaction.atomic
def apply_import(kept: HouseholdImport, *, by: Any, now: datetime) -> HouseholdImport:
    """Make what every good row tells; a household or person that is there already stays. The upload is then forgotten.

    Raises InvalidInput `import_done` the second time, or when the upload has been dropped.
    """
    kept = HouseholdImport.objects.select_for_update().get(pk=kept.pk)
    if kept.content is None:
        raise InvalidInput("import_done")
    mapping, reading = _read(keys.keyring().open(bytes(kept.content), _aad(kept)), kept.unit, now)
    _make(kept.unit, reading.taken, by, now)
    kept.content, kept.applied_at = None, now
    _write_report(kept, mapping, reading)
    kept.save()
    record(
        "households.imported",
        actor=by,
        subject_kind="household_import",
        subject=kept.pk,
        unit=kept.unit,
        data={"created": kept.created, "refused": kept.refused},
        now=now,
    )
    return kept


def abandoned(now: datetime) -> QuerySet[HouseholdImport]:
    """Uploads that nobody applied in time and that still have their content."""
    return HouseholdImport.objects.filter(applied_at=None, made_at__lt=now - KEPT, content__isnull=False)


def old(before: datetime) -> QuerySet[HouseholdImport]:
    """Reports made before a moment."""
    return HouseholdImport.objects.filter(made_at__lt=before)


def _read(data: bytes, unit: str, now: datetime) -> tuple[Columns, Reading]:
    table = read_table(data)
    mapping = map_columns(table)
    return mapping, read_rows(table, mapping, unit, local_day(now))


def _make(unit: str, taken: Sequence[Taken], by: Any, now: datetime) -> None:
    houses = _houses(unit, taken, by, now)
    for start in range(0, len(taken), CHUNK):
        some = taken[start : start + CHUNK]
        there = at_home({houses[one.group].pk for one in some})
        new = [
            one for one in some if (houses[one.group].pk, one.identity.name, one.identity.birth) not in there
        ]
        _move_in(unit, new, houses, by, now)


def _move_in(
    unit: str, taken: Sequence[Taken], houses: Mapping[int, Household], by: Any, now: datetime
) -> None:
    aliases = [alias_of(one.identity) for one in taken]
    pairs = list(zip(taken, aliases, strict=True))
    people = link_many([Sighting(one.identity, alias, (unit,)) for one, alias in pairs], now=now)
    for (one, alias), person in zip(pairs, people, strict=True):
        move_in(
            houses[one.group],
            person=person.pk,
            alias=borne(alias, one.identity, person.pk),
            since=local_day(now),
            relation=one.relation,
            pregnant=one.pregnant,
            chronic=one.chronic,
            by=by,
            now=now,
        )


def _houses(unit: str, taken: Sequence[Taken], by: Any, now: datetime) -> dict[int, Household]:
    """The household of each group of rows. Its head is who is said to be, else who stands first."""
    groups: dict[int, list[Taken]] = {}
    for one in taken:
        groups.setdefault(one.group, []).append(one)
    found: dict[int, Household] = {}
    for group, rows in groups.items():
        head = next((one for one in rows if one.head), rows[0])
        placed = next((one for one in rows if one.latitude is not None and one.longitude is not None), None)
        found[group] = ensure_household(
            ensure_hamlet(unit, head.hamlet, by=by, now=now),
            head.house,
            head.identity.name,
            address=head.identity.address,
            phone=dict(head.identity.identifiers).get("phone", ""),
            latitude=placed.latitude if placed else None,
            longitude=placed.longitude if placed else None,
            by=by,
            now=now,
        )
    return found


def _write_report(kept: HouseholdImport, mapping: Columns, reading: Reading) -> None:
    kept.created, kept.refused = len(reading.taken), len(reading.refused)
    told = {
        "headers": mapping.headers,
        "columns": list(mapping.positions),
        "unknown": mapping.unknown,
        "households": len({one.group for one in reading.taken}),
        "refused": [asdict(row) for row in reading.refused],
    }
    kept.report = json.dumps(told, ensure_ascii=False, default=str)


def _aad(kept: HouseholdImport) -> bytes:
    return b"households_householdimport.content" + kept.pk.bytes


def _short(filename: str) -> str:
    try:
        return clean_line(filename.rpartition("/")[2], 2000)[-200:] or "-"
    except InvalidInput:
        return "-"
