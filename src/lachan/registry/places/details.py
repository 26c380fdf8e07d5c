"""What is said about a place, checked: one way in for forms, imports and self-registration."""

from __future__ import annotations

from dataclasses import dataclass, replace
from uuid import UUID

from lachan.kernel.errors import InvalidInput
from lachan.kernel.phones import parse_phone
from lachan.kernel.questionnaire import forms
from lachan.kernel.text import clean_line, clean_name
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

MOST_NAME, MOST_ADDRESS, MOST_OWNER, MOST_CAPACITY = 160, 200, 100, 1_000_000
DEFAULT_FORM = "domestic"
FORM_OF_KIND = {Place.Kind.CHECKPOINT: "checkpoint", Place.Kind.FACILITY: "facility"}


@dataclass(frozen=True, slots=True)
class Details:
    """A place as told. `form` "" takes the one that fits the kind; phone as typed or E.164; unit: a commune's path."""

    name: str
    kind: str
    unit: str
    address: str = ""
    form: str = ""
    owner_name: str = ""
    owner_phone: str = ""
    capacity: int | None = None
    latitude: float | None = None
    longitude: float | None = None
    agency: UUID | None = None
    note: str = ""


def clean(details: Details) -> Details:
    """The same, fit to be stored. Raises InvalidInput with the field: place_…, name_…, phone_…, text_…."""
    if details.kind not in Place.Kind.values:
        raise InvalidInput("place_kind", field="kind")
    unit = units.by_path(details.unit)
    if unit is None or unit.level != unit.Level.COMMUNE:
        raise InvalidInput("place_unit_not_found" if details.unit else "place_unit_missing", field="unit")
    _check_numbers(details)
    return replace(
        details,
        name=_name(details.name),
        address=_line(details.address, MOST_ADDRESS, "address"),
        note=_line(details.note, 300, "note"),
        form=_form(details),
        owner_name=_owner(details.owner_name),
        owner_phone=_phone(details.owner_phone),
    )


def _name(text: str) -> str:
    """A shop's name may hold what a person's doesn't (& + @), but at least a letter or a digit."""
    try:
        name = clean_line(text, MOST_NAME)
    except InvalidInput as error:
        long = error.code == "text_too_long"
        code = "place_name_too_long" if long else "place_name_bad_character"
        raise InvalidInput(code, field="name", max=MOST_NAME) from None
    if not any(map(str.isalnum, name)):
        raise InvalidInput("place_name_empty", field="name")
    return name


def _line(text: str, most: int, field: str) -> str:
    try:
        return clean_line(text, most)
    except InvalidInput as error:
        raise error.at(field) from None


def _owner(text: str) -> str:
    try:
        return clean_name(text, MOST_OWNER) if text.strip() else ""
    except InvalidInput as error:
        raise error.at("owner_name") from None


def _phone(text: str) -> str:
    try:
        return parse_phone(text) if text.strip() else ""
    except InvalidInput as error:
        raise error.at("owner_phone") from None


def _form(details: Details) -> str:
    form = details.form or FORM_OF_KIND.get(Place.Kind(details.kind), DEFAULT_FORM)
    if form not in forms():
        raise InvalidInput("place_form", field="form")
    return form


def _check_numbers(details: Details) -> None:
    if details.capacity is not None and not 1 <= details.capacity <= MOST_CAPACITY:
        raise InvalidInput("place_capacity", field="capacity")
    for field, value, low, high in (
        ("latitude", details.latitude, 5, 24),
        ("longitude", details.longitude, 101, 118),
    ):
        if value is not None and not low <= value <= high:
            raise InvalidInput("place_coordinate", field=field)
