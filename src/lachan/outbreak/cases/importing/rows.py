"""One row of a line list made into what a case needs, or refused with the column at fault."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

from lachan.base.scope import Scope
from lachan.base.tables import Cells, text_of
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.outbreak.cases import dates
from lachan.outbreak.cases.identity import identity_of
from lachan.outbreak.cases.importing import days, values
from lachan.outbreak.cases.importing.columns import DAYS, Layout, value_at
from lachan.registry.people.services import Identity
from lachan.registry.units import selectors as units

CASE_DAYS = ("onset", "sampled_on", "confirmed_on", "reported_on", "outcome_on")
FOOTERS = ("tong cong", "tong so", "cong", "nguoi lap", "lap bang", "total")


@dataclass(slots=True)
class Parsed:
    """What a row says. `number`: of the row in the file; `unusual`: keys and words of dates that need confirming."""

    number: int
    cells: list[str]
    today: date
    identity: Identity | None = None
    unit: str = ""
    values: dict[str, Any] = field(default_factory=dict)
    classification: str = ""
    result: str = ""
    kind: str = ""
    ct: Decimal | None = None
    source: str = ""
    facility: str = ""
    findings: list[dates.Finding] = field(default_factory=list)
    error: InvalidInput | None = None

    @property
    def day(self) -> date:
        """By which the illness is placed in time."""
        found: date = self.values.get("onset") or self.values.get("sampled_on") or self.values["reported_on"]
        return found


@dataclass(frozen=True, slots=True)
class Reader:
    """How a file is read: its layout, the order of each column of dates, the disease, the day of today."""

    layout: Layout
    orders: Mapping[str, days.Reading]
    disease: Disease
    today: date
    scope: Scope
    match: Callable[[str, str, Scope | None], tuple[str, ...]]


def reader_for(
    cells: Cells, layout: Layout, disease: Disease, today: date, scope: Scope, chosen: Mapping[str, str]
) -> Reader:
    """Decides each column of dates by its cells. `chosen`: orders that the officer set, by key."""
    body = cells.rows[layout.first :]
    orders = {
        key: days.decide((value_at(row, layout, key) for _number, row in body), today, chosen.get(key, ""))
        for key in DAYS
        if key in layout.positions
    }
    return Reader(layout, orders, disease, today, scope, cache(_match))


def read_rows(cells: Cells, reader: Reader) -> list[Parsed]:
    """Every row below the header, in its order; a row that can't be read bears its error."""
    return [_parsed(number, row, reader) for number, row in cells.rows[reader.layout.first :]]


def _parsed(number: int, row: Sequence[Any], reader: Reader) -> Parsed:
    parsed = Parsed(number, [text_of(cell) for cell in row], reader.today)
    try:
        _refuse_what_is_no_case(parsed, row, reader)
        _fill(parsed, row, reader)
    except InvalidInput as error:
        parsed.error = error
    return parsed


def _refuse_what_is_no_case(parsed: Parsed, row: Sequence[Any], reader: Reader) -> None:
    """Titles between rows, numbers of columns, sums and signatures at the end."""
    filled = [cell for cell in parsed.cells if cell]
    if len(set(filled)) == 1 or fold(filled[0]).startswith(FOOTERS):
        raise InvalidInput("row_title")
    bare = [cell.strip("() ") for cell in filled]
    if len(bare) > 2 and all(cell.isdigit() for cell in bare) and bare == sorted(bare, key=int):
        raise InvalidInput("row_title")


def _fill(parsed: Parsed, row: Sequence[Any], reader: Reader) -> None:
    def cell(key: str) -> Any:
        return value_at(row, reader.layout, key)

    found: dict[str, Any] = parsed.values
    for key in CASE_DAYS:
        found[key] = _day(cell(key), key, reader)
    found["reported_on"] = (
        found["reported_on"] or found["confirmed_on"] or found["sampled_on"] or reader.today
    )
    parsed.unit = _unit(cell, reader)
    parsed.identity = _identity(cell, parsed.unit, found["reported_on"], reader)
    parsed.classification = values.one_of(cell("classification"), values.CLASSES, "classification") or ""
    parsed.result = values.one_of(cell("result"), values.RESULTS, "result") or ""
    parsed.kind = values.one_of(cell("kind"), values.KINDS, "kind") or "pcr"
    parsed.ct = values.ct(cell("ct"))
    for key, words in (
        ("detection", values.DETECTIONS),
        ("infection", values.INFECTIONS),
        ("outcome", values.OUTCOMES),
    ):
        found[key] = values.one_of(cell(key), words, key) or ""
    found["national_code"] = _code(cell("national_code"), "BN")
    found["code"] = _code(cell("code"), "")
    parsed.source = _code(cell("source"), "")
    parsed.facility = text_of(cell("facility"))
    parsed.findings = dates.of(found, parsed.identity.birth, reader.today, reader.disease.incubation)
    refused = next((one for one in parsed.findings if one.severity == dates.REFUSED), None)
    if refused is not None:
        raise InvalidInput(refused.code, refused.params, field=refused.field)


def _day(cell: Any, key: str, reader: Reader) -> date | None:
    if key not in reader.orders:
        return None
    try:
        return days.read(cell, reader.orders[key], reader.today)
    except InvalidInput as error:
        raise error.at(key) from None


def _code(cell: Any, prefix: str) -> str:
    text = text_of(cell).replace(" ", "").upper()[:40]
    return f"{prefix}{text}" if prefix and text.isdigit() else text


def _identity(cell: Any, unit: str, today: date, reader: Reader) -> Identity:
    birth, sex = _birth_and_sex(cell, today, reader)
    numbers = {"cccd": values.document(cell("cccd")), "cmnd": values.document(cell("cmnd"))}
    for part in text_of(cell("document")).replace(";", "/").replace(",", "/").split("/"):
        number = values.document(part)
        if number:
            numbers["cccd" if len(number) == 12 else "cmnd"] = number
    typed = {
        "name": _name(text_of(cell("name"))), "birth": birth, "sex": sex, **numbers, "insurance": values.number(cell("insurance")),
        "phone": values.phone(cell("phone")), "address": text_of(cell("address"))[:200],
    }  # fmt: skip
    return identity_of(typed, unit, reader.today)


def _name(text: str) -> str:
    """Lists are often written in capitals."""
    return text.title() if text.isupper() else text


def _birth_and_sex(cell: Any, today: date, reader: Reader) -> tuple[str, str]:
    """Many lists write the year of birth into one of two columns, by sex."""
    for key, sex in (("birth_m", "m"), ("birth_f", "f")):
        if text_of(cell(key)) not in ("", "x", "X"):
            return values.birth(cell(key), days.Reading("dmy", "usual"), today), sex
        if text_of(cell(key)):
            return _birth(cell, today, reader), sex
    return _birth(cell, today, reader), values.sex(cell("sex"))


def _birth(cell: Any, today: date, reader: Reader) -> str:
    order = reader.orders.get("birth", days.Reading("dmy", "usual"))
    return values.birth(cell("birth"), order, today) or values.age(cell("age"), today)


def _unit(cell: Any, reader: Reader) -> str:
    """The commune by code, by name and district, else by the end of the address."""
    code, commune, district = text_of(cell("unit_code")), text_of(cell("commune")), text_of(cell("district"))
    match, scope = reader.match, reader.scope
    if code:
        found, key = match(code, "", scope), "unit_code"
    elif commune:
        found, key = match(commune, district, scope) or match(commune, district, None), "commune"
    else:
        found, key = _by_address(text_of(cell("address")), reader), "address"
    if len(found) > 1:
        raise InvalidInput("place_unit_ambiguous", field=key)
    if not found:
        raise InvalidInput("case_unit", field=key)
    return found[0]


def _match(text: str, parent: str, scope: Scope | None) -> tuple[str, ...]:
    try:
        return tuple(unit.path for unit in units.match(text, parent=parent, within=scope))
    except InvalidInput:
        return ()


def _by_address(text: str, reader: Reader) -> tuple[str, ...]:
    """ "12 Trần Phú, Vĩnh Hòa, Nha Trang": the last part that names a commune, with what follows as its district."""
    parts = [part.strip() for part in text.replace(" - ", ",").replace(";", ",").split(",") if part.strip()]
    for at in range(len(parts) - 1, -1, -1):
        below = parts[at + 1] if at + 1 < len(parts) else ""
        if found := reader.match(parts[at], below, reader.scope):
            return found
    return ()
