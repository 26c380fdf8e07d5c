"""One person's way, or one vehicle's, across the checkpoints of a jurisdiction."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from lachan.base import keys
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import Scan
from lachan.gate.checkpoints.selectors.codes import declarations_of, serials_in
from lachan.gate.declarations.models import Declaration, Entry
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import parse_short_code
from lachan.kernel.phones import parse_phone
from lachan.kernel.questionnaire import formats
from lachan.kernel.text import fold

MOST_ALIASES = 500
"""A phone that declared for a whole factory has as many pseudonyms; beyond this the search asks for another number."""


READ: dict[str, Callable[[str], str]] = {
    "national_id": lambda text: formats.national_id(text, date.min),
    "insurance": lambda text: formats.insurance(text, date.min),
}
"""By the role whose number it is, as declarations keep it."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """What was typed, as pseudonyms and blind indexes; nothing of it is kept."""

    aliases: frozenset[UUID] = frozenset()
    plates: frozenset[UUID] = frozenset()
    serials: frozenset[UUID] = frozenset()

    @property
    def nothing(self) -> bool:
        return not self.aliases and not self.plates and not self.serials


def wanted(text: str) -> Wanted:
    """Who or what a typed number means: identity or insurance number, phone, code of a declaration, number plate; or the
    text of a pass or a card, as a reader that types gives it.

    Raises InvalidInput("search_number") when it is none of these.
    """
    if serials := serials_in(text):
        return Wanted(frozenset(_of_serials(serials)), serials=serials)
    found = _aliases(text)
    plates = frozenset() if found else _plates(text)
    if not found and not plates:
        raise InvalidInput("search_number")
    return Wanted(frozenset(found), plates)


def _aliases(text: str) -> set[UUID]:
    ring = keys.keyring()
    found: set[UUID] = set()
    for role, read in READ.items():
        try:
            number = read(text)
        except InvalidInput:
            continue
        found |= {UUID(bytes=each) for each in ring.alias_all("person", f"{role}:{number}")}
    return found | _of_phone(text) | _of_code(text)


def _of_phone(text: str) -> set[UUID]:
    try:
        phone = parse_phone(text)
    except InvalidInput:
        return set()
    indexes = [UUID(bytes=each) for each in keys.keyring().blind_all("phone", phone)]
    rows = Declaration.objects.filter(phone_index__in=indexes).order_by("-id")
    return set(rows.values_list("alias", flat=True)[:MOST_ALIASES])


def _of_code(text: str) -> set[UUID]:
    try:
        code = parse_short_code(text)
    except InvalidInput:
        return set()
    return set(Entry.objects.filter(code=code).values_list("alias", flat=True)[:MOST_ALIASES])


def _of_serials(serials: frozenset[UUID]) -> set[UUID]:
    """Whose code it is: their other scans are found with it."""
    rows = Declaration.objects.filter(pk__in=declarations_of(serials))
    return set(rows.values_list("alias", flat=True))


def _plates(text: str) -> frozenset[UUID]:
    plate = plate_of(text)
    if not plate:
        return frozenset()
    return frozenset(UUID(bytes=each) for each in keys.keyring().blind_all("plate", plate))


def plate_of(text: str) -> str:
    """A number plate as devices write it, capitals and digits; empty if it can't be one."""
    compact = "".join(letter for letter in fold(text).upper() if letter.isalnum())
    has_digit = any(letter.isdigit() for letter in compact)
    return compact if 4 <= len(compact) <= 12 and has_digit and compact[0].isdigit() else ""


def scans(scope: Scope, who: Wanted, before: datetime) -> QuerySet[Scan]:
    """Their scans inside the jurisdiction, unordered; those in one vehicle come with it."""
    if who.nothing:
        return Scan.objects.none()
    mine = scope.narrow(Scan.objects.all(), "unit").filter(recorded_at__lte=before)
    return mine.filter(Q(alias__in=who.aliases) | Q(plate_index__in=who.plates) | Q(serial__in=who.serials))
