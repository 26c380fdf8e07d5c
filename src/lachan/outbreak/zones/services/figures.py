"""People by unit from a table: tried as often as one likes, then taken. The last word on a day stands, so that the same table
with other numbers, taken again, puts a mistake right."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from lachan.base.scope import Scope
from lachan.base.tables import Table, read_table, short_name
from lachan.kernel.clock import local_day, parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line, fold
from lachan.outbreak.zones.models import FiguresImport, UnitFigures
from lachan.outbreak.zones.services.proposing import MOST_SOURCE, check_figures, set_figures
from lachan.registry.audit.services import record
from lachan.registry.units.models import Unit

HEADINGS: dict[str, tuple[str, ...]] = {
    "unit": ("ma don vi", "ma xa", "ma xa phuong", "ma phuong xa", "ma don vi hanh chinh", "ma hanh chinh", "ma", "unit code", "code"),
    "population": ("dan so", "so dan", "tong dan so", "population", "people"),
    "on": ("ngay", "den ngay", "tai ngay", "ngay so lieu", "so lieu den ngay", "date", "as of"),
    "source": ("nguon", "nguon so lieu", "can cu", "source"),
}  # fmt: skip
SEARCHED_ROWS, MOST_ROWS = 15, 15_000
NEW, CHANGED, SAME, REFUSED = "new", "changed", "same", "refused"
FATES = (NEW, CHANGED, SAME, REFUSED)
_SEPARATORS = str.maketrans(dict.fromkeys(",.;:/\\-–()*_\n", " "))
_GROUPED = re.compile(r"[0-9]{1,3}(?:[., \u00a0][0-9]{3}){1,3}")
_WHOLE = re.compile(r"[0-9]{1,9}(?:[.,]0+)?")


@dataclass(frozen=True, slots=True)
class Fate:
    """What becomes of a row. `before`: the number that stands for the unit on that day; `code`: why it is refused."""

    number: int
    fate: str
    typed: str
    unit: str = ""
    population: int | None = None
    on: str = ""
    source: str = ""
    before: int | None = None
    code: str = ""


def upload(filename: str, data: bytes, on: date, source: str, *, by: Any, now: datetime) -> FiguresImport:
    """Keep a table. Raises InvalidInput: those of read_table, `figures_columns`, `figures_day`, `table_too_many`."""
    if on > local_day(now):
        raise InvalidInput("figures_day", field="on")
    header, rows = _header(read_table(data))
    if len(rows) > MOST_ROWS:
        raise InvalidInput("table_too_many", max=MOST_ROWS)
    cells = [[number, *(_cell(row, header, key) for key in HEADINGS)] for number, row in rows]
    return FiguresImport.objects.create(
        filename=short_name(filename), cells=[row for row in cells if any(row[1:])], on=on, source=clean_line(source, MOST_SOURCE) if source.strip() else "",
        made_by=by.pk, made_at=now,
    )  # fmt: skip


def _header(table: Table) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    for at, (_number, cells) in enumerate(table.rows[:SEARCHED_ROWS]):
        titles = [" ".join(fold(cell).translate(_SEPARATORS).split()) for cell in cells]
        found = {
            key: next((place for place, title in enumerate(titles) if title in known), -1)
            for key, known in HEADINGS.items()
        }
        if found["unit"] >= 0 and found["population"] >= 0:
            return found, table.rows[at + 1 :]
    raise InvalidInput("figures_columns", field="file")


def _cell(row: Sequence[str], header: Mapping[str, int], key: str) -> str:
    place = header[key]
    return row[place].strip()[:MOST_SOURCE] if 0 <= place < len(row) else ""


def fates(kept: FiguresImport, scope: Scope, now: datetime) -> list[Fate]:
    """What would become of every row now, in the order of the file. One fate a row."""
    units = _units({row[1] for row in kept.cells})
    standing = _standing(set(units.values()))
    seen: set[tuple[str, date]] = set()
    return [_fate(row, kept, units, standing, seen, scope, now) for row in kept.cells]


def _fate(
    row: Sequence[Any], kept: FiguresImport, units: Mapping[str, str], standing: Mapping[str, list[UnitFigures]],
    seen: set[tuple[str, date]], scope: Scope, now: datetime,
) -> Fate:  # fmt: skip
    number, typed, people, day, source = row
    try:
        unit = units.get(typed, "")
        if not unit:
            raise InvalidInput("unit_unknown")
        if not scope.covers(unit):
            raise InvalidInput("place_unit_out_of_scope")
        on, count = _day(day, kept.on), _count(people)
        source = source or kept.source
        check_figures(on, population=count, source=source, now=now)
        if (unit, on) in seen:
            raise InvalidInput("figures_twice")
    except InvalidInput as error:
        return Fate(number, REFUSED, typed, code=error.code)
    seen.add((unit, on))
    before = next((one for one in standing.get(unit, ()) if one.on <= on), None)
    known = before.population if before else None
    same = before is not None and (known, before.on, before.source) == (count, on, source)
    fate = SAME if same else NEW if known is None else CHANGED
    return Fate(number, fate, typed, unit, count, on.isoformat(), source, known)


def _units(codes: set[str]) -> dict[str, str]:
    """The unit of each code, as typed: a path, or the code of a level, whose zeros in front a table may have lost."""
    padded = {
        code: {code.zfill(width) for width in (2, 3, 5)}
        for code in codes
        if code.isdigit() and len(code) <= 5
    }
    wanted = set().union(*padded.values(), codes)
    here = Q(structure=settings.STRUCTURE) | Q(level=Unit.Level.PROVINCE)
    rows = Unit.objects.filter(here, Q(code__in=wanted) | Q(path__in=codes))
    paths = {path for path, _code, _level in rows.values_list("path", "code", "level")}
    by_code = {(code, level): path for path, code, level in rows.values_list("path", "code", "level")}
    found = {code: code for code in codes & paths}
    for code in padded:
        for width, level in ((5, 3), (3, 2), (2, 1)):
            path = by_code.get((code.zfill(width), level)) if len(code) <= width else None
            if path:
                found.setdefault(code, path)
    return found


def _standing(units: set[str]) -> dict[str, list[UnitFigures]]:
    """What was said of people, the last word first."""
    found: dict[str, list[UnitFigures]] = {}
    rows = UnitFigures.objects.filter(unit__in=units, population__isnull=False).order_by("-on", "-id")
    for row in rows:
        found.setdefault(row.unit, []).append(row)
    return found


def _day(text: str, usual: date) -> date:
    if not text:
        return usual
    try:
        iso = parse_date(text).iso()
        return date.fromisoformat(iso)
    except (ValueError, InvalidInput):
        raise InvalidInput("figures_day_unread") from None


def _count(text: str) -> int:
    """12.345, 12,345 and 12 345 are one number; 12345.0 is 12345."""
    if _GROUPED.fullmatch(text):
        return int(re.sub(r"[., \u00a0]", "", text))
    if _WHOLE.fullmatch(text):
        return int(re.split("[.,]", text)[0])
    raise InvalidInput("figures_population", field="population")


@transaction.atomic
def apply(kept: FiguresImport, scope: Scope, *, by: Any, now: datetime) -> Counter[str]:
    """Take what every good row says. Raises InvalidInput `import_done` the second time; how many of each fate."""
    kept = FiguresImport.objects.select_for_update().get(pk=kept.pk)
    if kept.applied_at is not None:
        raise InvalidInput("import_done")
    found = fates(kept, scope, now)
    for one in found:
        if one.fate in (NEW, CHANGED):
            set_figures(
                one.unit,
                date.fromisoformat(one.on),
                population=one.population,
                source=one.source,
                by=by,
                now=now,
            )
    kept.report, kept.applied_at = [asdict(one) for one in found], now
    kept.save(update_fields=["report", "applied_at"])
    counts = Counter(one.fate for one in found)
    unit = scope.paths[0] if scope.paths else ""
    data = {fate: counts[fate] for fate in FATES}
    record(
        "zone.figures_imported",
        actor=by,
        subject_kind="figures_import",
        subject=kept.pk,
        unit=unit,
        data=data,
        now=now,
    )
    return counts


def report_of(kept: FiguresImport, scope: Scope, now: datetime) -> list[Fate]:
    """What became of every row, or would become now."""
    return [Fate(**one) for one in kept.report] if kept.applied_at else fates(kept, scope, now)
