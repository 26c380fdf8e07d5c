"""A person's record as pages show it: numbers masked unless they were asked for."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _

from lachan.kernel.identifiers import mask_id
from lachan.kernel.phones import display_phone, mask_phone
from lachan.registry.people.models import Identifier, NameKey, Person
from lachan.registry.units import selectors as units

MOST_UNITS = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """One identifier. `value` is masked or whole, as asked."""

    kind: str
    title: str
    value: str
    since: datetime


def kind_words() -> dict[str, str]:
    return {
        "cccd": _("Căn cước công dân"),
        "cmnd": _("Chứng minh nhân dân"),
        "passport": _("Hộ chiếu"),
        "insurance": _("Bảo hiểm y tế"),
        "phone": _("Điện thoại"),
        "email": _("Thư điện tử"),
    }


def identifiers(person: Person, *, masked: bool) -> list[Shown]:
    """Documents first, then ways to reach the person; the oldest of each kind first."""
    words = kind_words()
    order = list(words)
    rows = sorted(person.identifiers.all(), key=lambda row: (order.index(row.kind), row.first_seen))
    return [Shown(row.kind, words[row.kind], _value(row, masked), row.first_seen) for row in rows]


def _value(row: Identifier, masked: bool) -> str:
    if row.kind == Identifier.Kind.PHONE:
        return mask_phone(row.value) if masked else display_phone(row.value)
    if row.kind == Identifier.Kind.EMAIL:
        name, _at, domain = row.value.partition("@")
        return f"{name[:1]}…@{domain}" if masked else row.value
    return mask_id(row.value) if masked else row.value


def person_facts(person: Person) -> list[tuple[str, str]]:
    sex = {"m": _("Nam"), "f": _("Nữ"), "o": _("Khác")}
    return [
        (_("Giới tính"), sex.get(person.sex, "")),
        (_("Quốc tịch"), person.nationality),
        (_("Địa chỉ"), person.address or ""),
    ]


def seen_units(person: Person) -> list[str]:
    """Where the person lives, declared or went, in words."""
    paths = NameKey.objects.filter(person=person.pk).values_list("unit", flat=True).distinct()[:MOST_UNITS]
    return sorted(units.label(path) for path in paths)
