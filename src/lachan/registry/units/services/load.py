"""Loading the administrative units. Run again, it changes only what differs, and never an operator's own rows."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field, fields, replace
from datetime import date, datetime
from uuid import UUID

from django.db import transaction

from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.services import record
from lachan.registry.units import sources, tree
from lachan.registry.units.models import Succession, Unit
from lachan.registry.units.operator_file import Parsed, Refused, read_communes, read_mapping
from lachan.registry.units.sources import COMMUNE, DISTRICT, OPERATOR, PACKAGE, Link, Row

STRUCTURES = ("2021", "2025")
FORMED_LATER = date(2025, 1, 1)
"""A commune of the package that isn't in the operator's list of 2021 came with the mergers in between; the package
doesn't say on which day, only that it stood in early 2025."""

_COLUMNS = [f.name for f in fields(Row) if f.name != "path"]


@dataclass(slots=True)
class LoadReport:
    """What a load did."""

    created: int = 0
    changed: int = 0
    unchanged: int = 0
    links: int = 0
    refused: list[Refused] = field(default_factory=list)


@dataclass(slots=True)
class _Plan:
    rows: dict[str, Row]
    links: dict[tuple[str, str], Link]
    refused: list[Refused] = field(default_factory=list)


def load(
    structure: str | None = None,
    *,
    communes: bytes | None = None,
    crosswalk: bytes | None = None,
    now: datetime,
    by: UUID | None = None,
) -> LoadReport:
    """Bring the tables to the package's units of one structure or both, and to the operator's files where given.

    Raises InvalidInput: structure_unknown, units_not_loaded (two tiers need their provinces first), and those of
    operator_file. Refused lines are in the report; the other lines are taken.
    """
    if structure not in (None, *STRUCTURES):
        raise InvalidInput("structure_unknown", field="structure")
    with transaction.atomic():
        plan = _package(structure)
        _add_operator(plan, communes, crosswalk)
        report = LoadReport(refused=plan.refused)
        _write_units(plan.rows, report)
        report.links = _write_links(plan.links.values())
        if report.created or report.changed or report.links:
            tree.bump(now)
            counts = {"created": report.created, "changed": report.changed, "links": report.links}
            record(
                "units.loaded",
                actor=by,
                subject_kind="units",
                data={**counts, "refused": len(report.refused)},
                now=now,
            )
    tree.forget()
    return report


def _package(structure: str | None) -> _Plan:
    """The package's rows without those that an operator's file replaced earlier."""
    rows: list[Row] = []
    if structure in (None, "2021"):
        rows += sources.three_tiers()
    if structure in (None, "2025"):
        rows += sources.two_tiers()
    if structure == "2025" and not Unit.objects.filter(level=sources.PROVINCE).exists():
        raise InvalidInput("units_not_loaded", field="structure")
    own = _operator_rows()
    kept = {row.path: row for row in rows if row.path not in own} | own
    links = sources.succession() if structure is None or _both_loaded(structure) else []
    mapped = set(Succession.objects.filter(source=OPERATOR).values_list("before", flat=True))
    return _Plan(kept, {(link.before, link.after): link for link in links if link.before not in mapped})


def _operator_rows() -> dict[str, Row]:
    own = Unit.objects.exclude(source=PACKAGE).values("path", *_COLUMNS)
    return {values["path"]: Row(**values) for values in own}


def _both_loaded(structure: str) -> bool:
    other = "2025" if structure == "2021" else "2021"
    return Unit.objects.filter(structure=other, level=COMMUNE).exists()


def _add_operator(plan: _Plan, communes: bytes | None, crosswalk: bytes | None) -> None:
    if communes is None and crosswalk is None:
        return
    known = _known() | plan.rows
    districts = {row.code: row for row in known.values() if row.level == DISTRICT}
    later = {row.code: row.path for row in known.values() if row.structure == "2025" and row.level == COMMUNE}
    if communes is not None:
        parsed = read_communes(communes, districts, later)
        _date_later_ones(plan, parsed)
        _take(plan, parsed)
    if crosswalk is not None:
        paths = {row.path for row in (known | plan.rows).values() if row.structure == "2021"}
        _take(plan, read_mapping(crosswalk, districts, later, paths))


def _known() -> dict[str, Row]:
    return {values["path"]: Row(**values) for values in Unit.objects.values("path", *_COLUMNS)}


def _take(plan: _Plan, parsed: Parsed) -> None:
    plan.rows |= {row.path: row for row in parsed.rows}
    plan.refused += parsed.refused
    mapped = {link.before for link in parsed.links}
    plan.links = {key: link for key, link in plan.links.items() if link.before not in mapped}
    plan.links |= {(link.before, link.after): link for link in parsed.links}


def _date_later_ones(plan: _Plan, parsed: Parsed) -> None:
    listed = {row.path for row in parsed.rows}
    provinces = {path.split("/")[0] for path in listed}
    for path, row in plan.rows.items():
        of_list = row.level == COMMUNE and row.structure == "2021" and path.split("/")[0] in provinces
        if of_list and path not in listed and row.source == PACKAGE:
            plan.rows[path] = replace(row, valid_from=FORMED_LATER, source=OPERATOR)


def _write_units(rows: dict[str, Row], report: LoadReport) -> None:
    present = _known()
    fresh = [row for path, row in rows.items() if path not in present]
    differing = [row for path, row in rows.items() if path in present and present[path] != row]
    for level in (sources.PROVINCE, DISTRICT, COMMUNE):
        Unit.objects.bulk_create([_unit(row) for row in fresh if row.level == level], batch_size=500)
    Unit.objects.bulk_update([_unit(row) for row in differing], _COLUMNS, batch_size=200)
    report.created, report.changed = len(fresh), len(differing)
    report.unchanged = len(rows) - len(fresh) - len(differing)


def _unit(row: Row) -> Unit:
    return Unit(**asdict(row), parent_id=row.parent)


def _write_links(links: Iterable[Link]) -> int:
    """Make the table agree for every `before` that is spoken of. Returns how many rows came, went or changed."""
    wanted = {(link.before, link.after): link for link in links}
    befores = {before for before, _ in wanted}
    present = {(row.before, row.after): row for row in Succession.objects.all() if row.before in befores}
    gone = [row.pk for key, row in present.items() if key not in wanted]
    stale = [row for key, row in present.items() if key in wanted and _differs(row, wanted[key])]
    fresh = [link for key, link in wanted.items() if key not in present]
    for start in range(0, len(gone), 500):
        Succession.objects.filter(pk__in=gone[start : start + 500]).delete()
    for row in stale:
        link = wanted[row.before, row.after]
        row.divided, row.source = link.divided, link.source
    Succession.objects.bulk_update(stale, ["divided", "source"], batch_size=200)
    Succession.objects.bulk_create([Succession(**asdict(link)) for link in fresh], batch_size=500)
    return len(gone) + len(stale) + len(fresh)


def _differs(row: Succession, link: Link) -> bool:
    return (row.divided, row.source) != (link.divided, link.source)
