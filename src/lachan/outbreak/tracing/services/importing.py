"""A list of contacts from a table, in the columns of Decision 5053's forms as far as they are known. No row is lost: whoever
has a number is linked and waits for confirmation, who has only a name is noted as named by the patient, the rest is told."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import transaction

from lachan.base.messages import text_of
from lachan.base.tables import Table
from lachan.kernel.clock import VN, local_day, parse_date
from lachan.kernel.diseases import moment_of
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.outbreak.cases.identity import alias_of, identity_of
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.models import Exposure, Interview
from lachan.outbreak.tracing.selectors.identity import roots
from lachan.outbreak.tracing.selectors.infectious import aliases_of_case
from lachan.outbreak.tracing.services.by_hand import Meeting, link_interview, name_in_interview
from lachan.registry.audit import services as audit
from lachan.registry.people.services import link
from lachan.registry.units import selectors as units

HEADINGS: dict[str, tuple[str, ...]] = {
    "name": ("ho va ten", "ho ten", "ten", "full name", "name"),
    "birth": ("nam sinh", "ngay sinh", "ngay thang nam sinh", "birth", "year of birth"),
    "sex": ("gioi", "gioi tinh", "sex"),
    "document": (
        "cccd",
        "cmnd",
        "cccd/cmnd",
        "cmnd/cccd",
        "so cccd",
        "so cmnd",
        "so giay to",
        "identity number",
    ),
    "insurance": ("bhyt", "so bhyt", "ma bhyt", "insurance"),
    "phone": ("dien thoai", "so dien thoai", "sdt", "phone"),
    "address": ("dia chi", "noi o", "cho o", "address"),
    "unit": ("xa", "xa phuong", "xa/phuong", "phuong/xa", "commune"),
    "last": ("ngay tiep xuc cuoi", "ngay tiep xuc", "tiep xuc lan cuoi", "last exposure"),
    "how": ("hoan canh tiep xuc", "noi tiep xuc", "hoan canh", "how"),
    "relation": ("quan he", "moi quan he", "relation"),
}
SEXES = {"nam": "m", "m": "m", "male": "m", "nu": "f", "f": "f", "female": "f", "khac": "o"}
ADDED, KNOWN, NAMED, REFUSED = "added", "known", "named", "refused"
HEADER_ROWS = 15
"""Offices put a letterhead above the table: the header is looked for in so many rows."""


@dataclass(frozen=True, slots=True)
class RowReport:
    """What becomes of a row: `number` in the file; `outcome` added, known, named or refused; `reason` in words."""

    number: int
    outcome: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    rows: tuple[RowReport, ...]

    @property
    def counts(self) -> Counter[str]:
        return Counter(row.outcome for row in self.rows)


class _DryRun(Exception):
    """Ends a trial: everything written in it is taken back."""


def import_contacts(case: Case, table: Table, *, by: Any, now: datetime, dry_run: bool) -> Report:
    """Take every row of a table; a dry run tells the same and writes nothing. Raises InvalidInput `contacts_no_header`."""
    header, rows = _header(table)
    report: Report | None = None
    try:
        with transaction.atomic():
            report = Report(tuple(_row(case, number, header, cells, by, now) for number, cells in rows))
            counts = {key: report.counts[key] for key in (ADDED, KNOWN, NAMED, REFUSED)}
            audit.record(
                "contact.imported", actor=by, subject_kind="case", subject=case.pk, unit=case.unit, data=counts, now=now
            )  # fmt: skip
            if dry_run:
                raise _DryRun
    except _DryRun:
        pass
    assert report is not None  # nothing else leaves the block without raising
    return report


def _header(table: Table) -> tuple[dict[str, int], list[tuple[int, list[str]]]]:
    for at, (_number, cells) in enumerate(table.rows[:HEADER_ROWS]):
        found = _columns(cells)
        if "name" in found and len(found) > 1:
            return found, table.rows[at + 1 :]
    raise InvalidInput("contacts_no_header", field="file")


def _columns(cells: Sequence[str]) -> dict[str, int]:
    found: dict[str, int] = {}
    for at, cell in enumerate(cells):
        title = " ".join(fold(cell).replace("*", " ").split())
        for key, titles in HEADINGS.items():
            if title in titles:
                found.setdefault(key, at)
    return found


def _row(
    case: Case, number: int, header: Mapping[str, int], cells: Sequence[str], by: Any, now: datetime
) -> RowReport:
    given = {key: cells[at].strip() for key, at in header.items() if at < len(cells)}
    try:
        with transaction.atomic():
            return RowReport(number, _take(case, given, by, now))
    except InvalidInput as error:
        return RowReport(number, REFUSED, text_of(error.code, error.params))


def _take(case: Case, given: Mapping[str, str], by: Any, now: datetime) -> str:
    meeting = _meeting(given, now)
    if not any(given.get(key) for key in ("document", "insurance", "phone")):
        return _named(case, given, by, now)
    identity = identity_of(_typed(given), _unit(given, case), local_day(now))
    wanted = alias_of(identity)
    person = link(identity, wanted, seen_in=(case.unit,), now=now)
    alias = _borne(person.pk, wanted)
    if _already(case, alias):
        return KNOWN
    named = name_in_interview(case, identity.name, given.get("relation", ""), _said(given), by=by, now=now)
    link_interview(named, alias, meeting, by=by, now=now)
    return ADDED


def _typed(given: Mapping[str, str]) -> dict[str, str]:
    birth = given.get("birth", "")
    return {
        "name": given.get("name", ""),
        "birth": birth,
        "sex": SEXES.get(fold(given.get("sex", "")), ""),
        "cccd": given.get("document", ""),
        "insurance": given.get("insurance", ""),
        "phone": given.get("phone", ""),
        "address": given.get("address", ""),
    }


def _unit(given: Mapping[str, str], case: Case) -> str:
    """The commune named, else the case's: better somebody near than nobody."""
    found = units.search(given["unit"], limit=1) if given.get("unit") else []
    return str(found[0].path) if found else case.unit


def _borne(person: UUID, wanted: UUID) -> UUID:
    """The pseudonym if it is this person's, else one that is."""
    from lachan.registry.people.models import Alias

    mine = Alias.objects.filter(person=person).order_by("since", "alias").values_list("alias", flat=True)
    known = list(mine)
    return wanted if wanted in known or not known else known[0]


def _already(case: Case, alias: UUID) -> bool:
    rows = Exposure.objects.filter(source__in=aliases_of_case(case), disease=case.disease)
    targets = set(rows.values_list("target", flat=True))
    nodes = roots({alias, *targets})
    return nodes[alias] in {nodes[each] for each in targets}


def _named(case: Case, given: Mapping[str, str], by: Any, now: datetime) -> str:
    wanted = fold(given.get("name", ""))
    for each in Interview.objects.filter(case=case.pk):
        if wanted and fold(each.name) == wanted:
            return KNOWN
    name_in_interview(case, given.get("name", ""), given.get("relation", ""), _said(given), by=by, now=now)
    return NAMED


def _said(given: Mapping[str, str]) -> dict[str, str]:
    when = " ".join(filter(None, (given.get("last", ""), given.get("how", ""))))
    return {"phone": given.get("phone", ""), "address": given.get("address", ""), "when": when}


def _meeting(given: Mapping[str, str], now: datetime) -> Meeting:
    """The day of the last contact as a whole; none where the column is empty."""
    text = given.get("last", "")
    if not text:
        return Meeting()
    try:
        day: date | None = parse_date(text, latest=local_day(now)).whole()
    except InvalidInput as error:
        raise error.at("last") from None
    if day is None:
        raise InvalidInput("contacts_day", field="last")
    start = moment_of(day, True, VN)
    return Meeting(start, start + timedelta(days=1))
