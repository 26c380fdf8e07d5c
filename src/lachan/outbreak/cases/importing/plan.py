"""What would become of every row: new, update, duplicate, unusual, refused. The same plan is shown and then carried out."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from lachan.base.scope import Scope
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import dates
from lachan.outbreak.cases.importing.matching import Known, case_for, earlier_rows, known_of
from lachan.outbreak.cases.importing.rows import Parsed
from lachan.outbreak.cases.models import Case

NEW, UPDATE, DUPLICATE, UNUSUAL, REFUSED = "new", "update", "duplicate", "unusual", "refused"
STATUSES = (NEW, UPDATE, DUPLICATE, UNUSUAL, REFUSED)
FILLED = (
    "national_code", "onset", "sampled_on", "confirmed_on", "detection", "infection", "outcome", "outcome_on",
)  # fmt: skip
"""What an import adds to a case that stands, where the case says nothing. It never overwrites."""


@dataclass(slots=True)
class Planned:
    """One row's fate. `of`: the case's code or the earlier row's number that it belongs to; `fills`: columns that it would
    add; `differs`: columns in which the case says something else, and stays as it is."""

    row: Parsed
    status: str
    case: Case | None = None
    of: str = ""
    code: str = ""
    params: Mapping[str, Any] = field(default_factory=dict)
    key: str = ""
    fills: tuple[str, ...] = ()
    differs: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """Dates that nobody has confirmed."""
        return self.status == UNUSUAL


def plan(
    rows: Sequence[Parsed], disease: Disease, scope: Scope, reporter: str, confirmed: frozenset[int]
) -> list[Planned]:
    """`confirmed`: numbers of the rows whose unusual dates are so. One fate a row, in the order of the file."""
    known, earlier = known_of(rows, disease), earlier_rows(rows, disease)
    return [_planned(row, known, earlier, disease, scope, reporter, confirmed) for row in rows]


def _planned(
    row: Parsed,
    known: Known,
    earlier: Mapping[int, tuple[Parsed, str]],
    disease: Disease,
    scope: Scope,
    reporter: str,
    confirmed: frozenset[int],
) -> Planned:
    if row.error is not None:
        return _refused(row, row.error)
    if row.number in earlier:
        first, why = earlier[row.number]
        return Planned(
            row, DUPLICATE, of=str(first.number), code=f"row_same_{why}", params={"row": first.number}
        )
    case = case_for(row, known, disease)
    if case is not None:
        return _of_case(row, case, disease, scope, confirmed)
    if row.values.get("code"):
        return _refused(row, InvalidInput("row_code_unknown", field="code"))
    if not scope.covers_any(row.unit, reporter):
        return _refused(row, InvalidInput("place_unit_out_of_scope", field="commune"))
    if row.findings and row.number not in confirmed:
        one = row.findings[0]
        return Planned(row, UNUSUAL, code=one.code, params=one.params, key=one.field)
    return Planned(row, NEW)


def _refused(row: Parsed, error: InvalidInput) -> Planned:
    return Planned(row, REFUSED, code=error.code, params=error.params, key=error.field or "")


def _of_case(row: Parsed, case: Case, disease: Disease, scope: Scope, confirmed: frozenset[int]) -> Planned:
    """An update where the row knows more, else a duplicate."""
    if not scope.covers_any(case.unit, case.reported_by):
        return _refused(row, InvalidInput("row_case_elsewhere", field="name"))
    said = {name: row.values.get(name) for name in FILLED if row.values.get(name) not in (None, "")}
    fills = tuple(name for name in said if getattr(case, name) in (None, ""))
    differs = tuple(name for name in said if name not in fills and getattr(case, name) != said[name])
    if fills and (odd := _odd_together(row, case, fills, disease, confirmed)) is not None:
        return odd
    code = "row_case_differs" if differs and not fills else "row_case_known"
    status = UPDATE if fills else DUPLICATE
    return Planned(
        row, status, case, case.code, "" if fills else code, {"code": case.code}, "", fills, differs
    )


def _odd_together(
    row: Parsed, case: Case, fills: tuple[str, ...], disease: Disease, confirmed: frozenset[int]
) -> Planned | None:
    """Dates of the row beside those that the case has: refused, or to be confirmed."""
    known = {name: row.values[name] if name in fills else getattr(case, name) for name in dates.FIELDS}
    birth = row.identity.birth if row.identity else ""
    row.findings = dates.of(known, birth, row.today, disease.incubation)
    refused = [one for one in row.findings if one.severity == dates.REFUSED]
    if not row.findings or (row.number in confirmed and not refused):
        return None
    one = (refused or row.findings)[0]
    status = REFUSED if refused else UNUSUAL
    return Planned(row, status, case, case.code, one.code, one.params, one.field)


def totals(plan: Sequence[Planned]) -> dict[str, int]:
    """How many rows of each fate; they add up to the rows of the file."""
    counted = Counter(one.status for one in plan)
    return {status: counted[status] for status in STATUSES}
