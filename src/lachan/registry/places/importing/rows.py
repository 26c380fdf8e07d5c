"""Rows of a table as places, each either taken or refused with the column and the reason."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.utils import translation

from lachan.base.scope import Scope
from lachan.base.tables import Table
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold
from lachan.registry.places.details import Details, clean
from lachan.registry.places.importing.columns import Mapping
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

_KIND_WORDS = {
    "office": ("co quan", "cong so", "tru so", "van phong", "ubnd", "cong ty"),
    "shop": ("cua hang", "dich vu", "shop", "quan an", "nha hang", "quan", "tiem"),
    "market": ("cho", "sieu thi", "trung tam thuong mai"),
    "school": ("truong hoc", "truong", "mam non", "dai hoc"),
    "factory": ("nha may", "xi nghiep", "xuong", "khu cong nghiep", "cong truong"),
    "checkpoint": ("tram kiem soat", "chot", "chot kiem soat"),
    "facility": ("co so y te", "tram y te", "benh vien", "phong kham", "nha thuoc"),
    "isolation": ("khu cach ly", "cach ly"),
    "lodging": ("noi luu tru", "khach san", "nha nghi", "homestay", "luu tru"),
    "transport": ("ben xe", "nha ga", "ga", "san bay", "cang", "ben tau"),
    "worship": ("co so ton giao", "chua", "nha tho", "dinh", "den"),
    "other": ("noi khac", "khac"),
}


@dataclass(frozen=True, slots=True)
class RefusedRow:
    """`row`: its number in the file; `key`: the column at fault, "" for the row; `code`, `params`: the reason."""

    row: int
    key: str
    code: str
    params: dict[str, Any]
    cells: list[str]


@dataclass(slots=True)
class Reading:
    """What a table holds: places to make, and the rows that can't be."""

    taken: list[Details] = field(default_factory=list)
    refused: list[RefusedRow] = field(default_factory=list)

    @property
    def total(self) -> int:
        return len(self.taken) + len(self.refused)


def read_rows(table: Table, mapping: Mapping, scope: Scope, present: Iterable[tuple[str, str]]) -> Reading:
    """`present`: (unit, folded name) of the places that are there already; a row of the same is refused."""
    reading, kinds = Reading(), _kind_names()
    seen: dict[tuple[str, str], int] = dict.fromkeys(present, 0)
    for number, cells in table.rows[mapping.first :]:
        try:
            details = _details(_Row(cells, mapping), kinds, scope)
            _refuse_duplicate(details, number, seen)
        except InvalidInput as error:
            reading.refused.append(RefusedRow(number, error.field or "", error.code, error.params, cells))
        else:
            reading.taken.append(details)
    return reading


@dataclass(frozen=True, slots=True)
class _Row:
    cells: list[str]
    mapping: Mapping

    def __getitem__(self, key: str) -> str:
        position = self.mapping.positions.get(key, -1)
        return self.cells[position] if 0 <= position < len(self.cells) else ""


def _details(row: _Row, kinds: dict[str, str], scope: Scope) -> Details:
    return clean(
        Details(
            name=row["name"],
            kind=_kind(row["kind"], kinds),
            unit=_unit(row, scope),
            address=row["address"],
            form=row["form"],
            owner_name=row["owner_name"],
            owner_phone=_with_zero(row["owner_phone"]),
            capacity=_whole(row["capacity"]),
            latitude=_degrees(row["latitude"], "latitude"),
            longitude=_degrees(row["longitude"], "longitude"),
            note=row["note"],
        )
    )


def _refuse_duplicate(details: Details, number: int, seen: dict[tuple[str, str], int]) -> None:
    key = (details.unit, fold(details.name)[:160])
    if key in seen:
        earlier = seen[key]
        code = "place_duplicate_row" if earlier else "place_duplicate"
        raise InvalidInput(code, {"row": earlier} if earlier else None, field="name")
    seen[key] = number


def _kind_names() -> dict[str, str]:
    names = {fold(value): value for value in Place.Kind.values}
    for language in ("vi", "en"):
        with translation.override(language):
            names |= {fold(str(title)): value for value, title in Place.Kind.choices}
    return names | {word: kind for kind, words in _KIND_WORDS.items() for word in words}


def _kind(text: str, names: dict[str, str]) -> str:
    """A blank kind is "other"; words that we don't know are refused rather than guessed."""
    if not text:
        return Place.Kind.OTHER
    found = names.get(fold(text))
    if found is None:
        raise InvalidInput("place_kind", field="kind")
    return found


def _unit(row: _Row, scope: Scope) -> str:
    if row["unit_code"]:
        found = units.match(row["unit_code"])
        key = "unit_code"
    elif row["unit"]:
        found = units.match(row["unit"], parent=row["district"], within=scope)
        key = "unit"
    else:
        raise InvalidInput("place_unit_missing", field="unit")
    if len(found) > 1:
        raise InvalidInput("place_unit_ambiguous", field=key)
    if not found:
        elsewhere = key == "unit" and units.match(row["unit"], parent=row["district"])
        raise InvalidInput("place_unit_out_of_scope" if elsewhere else "place_unit_not_found", field=key)
    if not scope.covers(found[0].path):
        raise InvalidInput("place_unit_out_of_scope", field=key)
    return found[0].path


def _with_zero(text: str) -> str:
    """A phone that a spreadsheet took for a number lost its first 0."""
    return (
        f"0{text}" if text.isascii() and text.isdigit() and len(text) in (9, 10) and text[0] != "0" else text
    )


def _whole(text: str) -> int | None:
    if not text:
        return None
    digits = text.replace(".", "").replace(",", "").replace(" ", "")
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 9):
        raise InvalidInput("place_capacity", field="capacity")
    return int(digits)


def _degrees(text: str, key: str) -> float | None:
    if not text:
        return None
    try:
        value = float(text.replace(",", "."))
    except ValueError:
        raise InvalidInput("place_coordinate", field=key) from None
    if not math.isfinite(value):
        raise InvalidInput("place_coordinate", field=key)
    return value
