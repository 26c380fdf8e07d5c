"""Rows of a table as people in households, each either taken or refused with the column and the reason.

A list of a hamlet names the household once and leaves the cells below it empty (they were merged): such a row belongs
to the household above it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line, fold
from lachan.registry.households.identity import at, identity_of
from lachan.registry.households.importing.columns import Mapping
from lachan.registry.households.services.write import MOST_NAME, MOST_NUMBER
from lachan.registry.people.services import Identity
from lachan.registry.places.importing import Table

HEADS = frozenset({"chu ho", "ch", "head"})
YES = frozenset({"x", "co", "yes", "1", "true", "v"})
NO = frozenset({"khong", "no", "0", "false", "k"})
SEXES = {"nam": "m", "nu": "f", "m": "m", "f": "f", "male": "m", "female": "f", "1": "m", "0": "f"}


@dataclass(frozen=True, slots=True)
class Taken:
    """One person of the table. `house`: the number in its hamlet; None: a household without one, then `group` tells
    which rows are one household."""

    row: int
    hamlet: str
    house: int | None
    group: int
    identity: Identity
    relation: str
    head: bool
    pregnant: bool | None
    chronic: bool | None
    latitude: float | None
    longitude: float | None


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`row`: its number in the file; `key`: the column at fault; `code`, `params`: the reason."""

    row: int
    key: str
    code: str
    params: dict[str, Any]
    cells: list[str]


@dataclass(slots=True)
class Reading:
    taken: list[Taken] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)


@dataclass(slots=True)
class _Above:
    """What the rows before said, for cells that were merged."""

    hamlet: str = ""
    house: int | None = None
    address: str = ""
    group: int = 0


def read_rows(table: Table, mapping: Mapping, unit: str, today: date) -> Reading:
    """Every row of the table is in the reading once: taken or refused."""
    reading, above = Reading(), _Above()
    seen: dict[tuple[str, ...], int] = {}
    for number, cells in table.rows[mapping.first :]:
        row = {key: cells[at].strip() if at < len(cells) else "" for key, at in mapping.positions.items()}
        try:
            taken = _take(row, number, above, unit, today)
            _refuse_twice(taken, seen)
        except InvalidInput as error:
            reading.refused.append(RefusedRow(number, error.field or "", error.code, error.params, cells))
        else:
            reading.taken.append(taken)
    return reading


def _take(row: dict[str, str], number: int, above: _Above, unit: str, today: date) -> Taken:
    relation = at("relation", lambda: clean_line(row.get("relation", ""), 40))
    head = fold(relation) in HEADS
    _place(row, head, above)
    if not above.hamlet:
        raise InvalidInput("hamlet_name", field="hamlet")
    typed = {**row, "sex": _sex(row.get("sex", "")), "phone": _with_zero(row.get("phone", ""))}
    return Taken(
        row=number,
        hamlet=above.hamlet,
        house=above.house,
        group=above.group,
        identity=identity_of(typed, unit, above.address, today),
        relation=relation,
        head=head,
        pregnant=_yes(row.get("pregnant", ""), "pregnant"),
        chronic=_yes(row.get("chronic", ""), "chronic"),
        latitude=_degrees(row.get("latitude", ""), "latitude", 90),
        longitude=_degrees(row.get("longitude", ""), "longitude", 180),
    )


def _place(row: dict[str, str], head: bool, above: _Above) -> None:
    """Move to the household of this row, if it begins another one. A row that is wrong elsewhere still begins it."""
    house = _house(row.get("house", ""))
    hamlet = at("hamlet", lambda: clean_line(row.get("hamlet", ""), MOST_NAME))
    other = (hamlet and fold(hamlet) != fold(above.hamlet)) or (house is not None and house != above.house)
    if other or (house is None and head) or not above.group:
        above.group, above.house, above.address = above.group + 1, house, ""
    above.hamlet = hamlet or above.hamlet
    above.address = row.get("address", "") or above.address


def _house(text: str) -> int | None:
    if not text:
        return None
    digits = text.removesuffix(".0").lstrip("0")
    if not (digits.isascii() and digits.isdigit() and 1 <= int(digits[:9]) <= MOST_NUMBER):
        raise InvalidInput("household_number", field="house", most=MOST_NUMBER)
    return int(digits)


def _sex(text: str) -> str:
    if text and fold(text) not in SEXES:
        raise InvalidInput("member_sex", field="sex")
    return SEXES.get(fold(text), "")


def _yes(text: str, key: str) -> bool | None:
    """An empty cell isn't a no; other words say what the illness is, which is a yes."""
    folded = fold(text)
    if not folded:
        return None
    if key == "pregnant" and folded not in YES | NO:
        raise InvalidInput("member_yes", field=key)
    return folded not in NO


def _with_zero(text: str) -> str:
    """A phone that a spreadsheet took for a number lost its first 0."""
    text = text.removesuffix(".0")
    return f"0{text}" if text.isascii() and text.isdigit() and len(text) == 9 and text[0] != "0" else text


def _degrees(text: str, key: str, most: int) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and abs(value) <= most):
        raise InvalidInput("household_where", field=key)
    return value


def _refuse_twice(taken: Taken, seen: dict[tuple[str, ...], int]) -> None:
    who = taken.identity
    number = dict(who.identifiers).get("cccd") or dict(who.identifiers).get("cmnd") or ""
    key = (number,) if number else (fold(taken.hamlet), str(taken.group), who.name, who.birth)
    if key in seen:
        raise InvalidInput("member_twice", field="name", row=seen[key])
    seen[key] = taken.row
