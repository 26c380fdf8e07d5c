"""A member of a household as someone typed her or a table holds her: an identity and its pseudonym."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import TypeVar
from uuid import UUID

from lachan.base import keys
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import Cccd, Cmnd, parse_national_id
from lachan.kernel.ids import uuid7
from lachan.kernel.phones import parse_phone
from lachan.kernel.pseudonym import pseudonym
from lachan.kernel.text import clean_line, clean_name
from lachan.registry.people.models import Alias
from lachan.registry.people.services import Identity, narrow_alias

MOST_ADDRESS = 200
SEXES = {"m": "m", "f": "f", "nam": "m", "nu": "f"}
T = TypeVar("T")


def identity_of(typed: Mapping[str, str], unit: str, address: str, today: date) -> Identity:
    """From `name`, `birth`, `sex`, `number` (an identity document), `phone`. Raises InvalidInput with its field."""
    numbers = (_document(typed.get("number", "")), _phone(typed.get("phone", "")))
    return Identity(
        name=at("name", lambda: clean_name(typed.get("name", ""))),
        birth=_birth(typed.get("birth", ""), today),
        sex=SEXES.get(typed.get("sex", ""), ""),
        residence=unit,
        address=at("address", lambda: clean_line(address, MOST_ADDRESS)),
        identifiers=tuple(one for one in numbers if one),
    )


def alias_of(identity: Identity) -> UUID:
    """The pseudonym that a declaration of the same person bears; the narrow one where another person has that."""
    held = dict(identity.identifiers)
    record = {
        "national_id": held.get("cccd") or held.get("cmnd"),
        "passport": held.get("passport"),
        "name": identity.name,
        "phone": held.get("phone"),
        "birth": identity.birth,
        "residence": identity.residence,
    }
    return pseudonym(record, keys.keyring().alias, f"household:{uuid7().hex}")


def borne(alias: UUID, identity: Identity, person: UUID) -> UUID:
    """The alias under which the person is known after linking: this one, or its narrow form."""
    row = Alias.objects.select_related("person").filter(pk=alias).first()
    if row is not None and person in (row.person_id, row.person.merged_into_id):
        return alias
    return narrow_alias(identity, alias) or alias


def at(field: str, read: Callable[[], T]) -> T:
    """Name the field of what a reader refuses."""
    try:
        return read()
    except InvalidInput as error:
        raise error.at(field) from None


def _birth(text: str, today: date) -> str:
    text = text.strip()
    return str(at("birth", lambda: parse_date(text, latest=today)).iso()) if text else ""


def _document(text: str) -> tuple[str, str] | None:
    if not text.strip():
        return None
    document = at("number", lambda: parse_national_id(text.strip()))
    return {Cccd: "cccd", Cmnd: "cmnd"}.get(type(document), "passport"), str(document.number)


def _phone(text: str) -> tuple[str, str] | None:
    return ("phone", at("phone", lambda: parse_phone(text.strip()))) if text.strip() else None
