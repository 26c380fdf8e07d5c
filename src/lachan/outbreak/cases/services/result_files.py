"""Results that a laboratory sends at once: from a table, or from its own system. Each line has its answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from decimal import Decimal, InvalidOperation
from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.db import transaction

from lachan.base.scope import Scope
from lachan.base.tables import read_cells, text_of
from lachan.kernel.clock import VN, local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.outbreak.cases.importing import days, values
from lachan.outbreak.cases.importing.columns import key_of
from lachan.outbreak.cases.models import LabToken
from lachan.outbreak.cases.selectors.lab import by_code
from lachan.outbreak.cases.services.lab import record_result
from lachan.registry.audit.services import record

MOST = 5000
CODES = ("ma mau", "ma so mau", "ma xet nghiem", "ma ong", "sample", "sample code", "barcode")
TAKEN, KNOWN, REFUSED = "taken", "known", "refused"


@dataclass(frozen=True, slots=True)
class Line:
    """One result as it came. `resulted_at`: ISO, "" for now; `error`: the code of what is wrong with it."""

    row: int
    code: str
    result: str
    resulted_at: str = ""
    ct: str = ""
    error: str = ""
    status: str = ""


def read_results(data: bytes, now: datetime) -> list[Line]:
    """The lines of a table. Raises InvalidInput: those of read_cells; `table_columns` without codes and results."""
    cells = read_cells(data)
    at, places = _columns(cells.rows)
    body = cells.rows[at + 1 :][:MOST]
    today = local_day(now)
    order = days.decide((_cell(row, places, "confirmed_on") for _number, row in body), today)
    return [_line(number, row, places, order, now) for number, row in body]


def _columns(rows: Sequence[tuple[int, list[Any]]]) -> tuple[int, dict[str, int]]:
    for at, (_number, row) in enumerate(rows[:20]):
        places: dict[str, int] = {}
        for place, cell in enumerate(row):
            words = text_of(cell)
            key = "sample" if _is_code(words) else key_of(words)
            if key is not None:
                places.setdefault(key, place)
        if {"sample", "result"} <= places.keys():
            return at, places
    raise InvalidInput("table_result_columns")


def _is_code(words: str) -> bool:
    from lachan.kernel.text import fold

    return " ".join(fold(words).replace("_", " ").split()) in CODES


def _cell(row: Sequence[Any], places: Mapping[str, int], key: str) -> Any:
    place = places.get(key, -1)
    return row[place] if 0 <= place < len(row) else ""


def _line(
    number: int, row: Sequence[Any], places: Mapping[str, int], order: days.Reading, now: datetime
) -> Line:
    code, ct = text_of(_cell(row, places, "sample")).upper(), values.ct(_cell(row, places, "ct"))
    try:
        result = values.one_of(_cell(row, places, "result"), values.RESULTS, "result") or ""
        day = days.read(_cell(row, places, "confirmed_on"), order, local_day(now))
    except InvalidInput as error:
        return Line(number, code, "", error=error.code)
    at = (
        ""
        if day is None or day == local_day(now)
        else datetime(day.year, day.month, day.day, 23, 59, tzinfo=VN).isoformat()
    )
    return Line(number, code, result, at, str(ct) if ct else "")


def take(lines: Sequence[Line], scope: Scope, *, by: Any, now: datetime, dry_run: bool = False) -> list[Line]:
    """Record each; a line that can't be is refused with its reason and holds up no other. `dry_run`: nothing stays."""
    with transaction.atomic():
        done = [_take(line, scope, by, now) for line in lines]
        if dry_run:
            transaction.set_rollback(True)
        else:
            counts = {status: sum(one.status == status for one in done) for status in (TAKEN, KNOWN, REFUSED)}
            record("sample.imported", actor=by, data=counts, now=now)
    return done


def _take(line: Line, scope: Scope, by: Any, now: datetime) -> Line:
    if line.error:
        return replace(line, status=REFUSED)
    sample = by_code(scope, line.code)
    if sample is None:
        return replace(line, status=REFUSED, error="sample_unknown")
    try:
        at = datetime.fromisoformat(line.resulted_at) if line.resulted_at else now
        ct = Decimal(line.ct).quantize(Decimal("0.1")) if line.ct else None
    except (ValueError, InvalidOperation):
        return replace(line, status=REFUSED, error="not_date_time")
    if at.tzinfo is None:
        return replace(line, status=REFUSED, error="datetime_naive")
    if (sample.result, sample.ct) == (line.result, ct):
        return replace(line, status=KNOWN)
    try:
        with transaction.atomic():
            record_result(sample, line.result, at, ct, by=by, now=now)
    except InvalidInput as error:
        return replace(line, status=REFUSED, error=error.code)
    return replace(line, status=TAKEN)


def make_token(name: str, unit: str, *, by: Any, now: datetime) -> tuple[LabToken, str]:
    """A laboratory's token, shown once. Raises InvalidInput without a name."""
    name = clean_line(name, 120)
    if not name:
        raise InvalidInput("required", field="name")
    secret = token_urlsafe(32)
    with transaction.atomic():
        row = LabToken.objects.create(
            name=name, unit=unit, digest=sha256(secret.encode()).digest(), made_by=by.pk, made_at=now
        )
        record("lab_token.made", actor=by, subject_kind="lab_token", subject=row.pk, unit=unit, now=now)
    return row, secret


def revoke_token(row: LabToken, *, by: Any, now: datetime) -> None:
    """From now on nobody comes in with it."""
    with transaction.atomic():
        if LabToken.objects.filter(pk=row.pk, revoked_at=None).update(revoked_at=now):
            record(
                "lab_token.revoked",
                actor=by,
                subject_kind="lab_token",
                subject=row.pk,
                unit=row.unit,
                now=now,
            )


def token_of(secret: str, now: datetime) -> LabToken | None:
    """Whose token it is, if it stands."""
    row = LabToken.objects.filter(digest=sha256(secret.encode()).digest(), revoked_at=None).first()
    if row is not None:
        LabToken.objects.filter(pk=row.pk).update(used_at=now)
    return row
