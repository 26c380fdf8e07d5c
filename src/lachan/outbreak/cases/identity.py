"""Who a case is about: what an officer typed or a table holds, made into an identity with its pseudonym."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any
from uuid import UUID

from lachan.base import keys
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.identifiers import Cccd, Cmnd, parse_insurance_number, parse_national_id
from lachan.kernel.ids import uuid7
from lachan.kernel.phones import parse_phone
from lachan.kernel.pseudonym import pseudonym
from lachan.kernel.text import clean_line, clean_name
from lachan.registry.people.services import Identity

MOST_ADDRESS = 200
SEXES = ("m", "f", "o")


def identity_of(typed: Mapping[str, str], unit: str, today: date) -> Identity:
    """From `name`, `birth`, `sex`, `cccd`, `cmnd`, `insurance`, `phone`, `address` as typed, checked and normalised.

    Raises InvalidInput with the field at fault.
    """
    numbers = [_document(typed, "cccd"), _document(typed, "cmnd"), _insurance(typed), _phone(typed)]
    return Identity(
        name=_at("name", lambda: clean_name(typed.get("name", ""))),
        birth=_birth(typed.get("birth", ""), today),
        sex=typed.get("sex", "") if typed.get("sex", "") in SEXES else "",
        residence=unit,
        address=_at("address", lambda: clean_line(typed.get("address", ""), MOST_ADDRESS)),
        identifiers=tuple(dict.fromkeys(one for one in numbers if one)),
    )


def alias_of(identity: Identity) -> UUID:
    """The pseudonym that a declaration of the same person bears: by document, else by name, birth and phone."""
    kept = dict(reversed(identity.identifiers))
    record = {
        "national_id": kept.get("cccd") or kept.get("cmnd"),
        "passport": kept.get("passport"),
        "insurance": kept.get("insurance"),
        "name": identity.name,
        "phone": kept.get("phone"),
        "birth": identity.birth,
        "residence": identity.residence,
    }
    return pseudonym(record, keys.keyring().alias, f"case:{uuid7().hex}")


def _at(field: str, read: Any) -> Any:
    try:
        return read()
    except InvalidInput as error:
        raise error.at(field) from None


def _birth(text: str, today: date) -> str:
    if not text.strip():
        return ""
    return str(_at("birth", lambda: parse_date(text.strip(), latest=today)).iso())


def _document(typed: Mapping[str, str], field: str) -> tuple[str, str] | None:
    """A number by what it is, whichever box it was typed into."""
    text = typed.get(field, "").strip()
    if not text:
        return None
    document = _at(field, lambda: parse_national_id(text))
    kind = {Cccd: "cccd", Cmnd: "cmnd"}.get(type(document), "passport")
    return kind, str(document.number)


def _insurance(typed: Mapping[str, str]) -> tuple[str, str] | None:
    text = typed.get("insurance", "").strip()
    return ("insurance", _at("insurance", lambda: parse_insurance_number(text))) if text else None


def _phone(typed: Mapping[str, str]) -> tuple[str, str] | None:
    text = typed.get("phone", "").strip()
    return ("phone", _at("phone", lambda: parse_phone(text))) if text else None
