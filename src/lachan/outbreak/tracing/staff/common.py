"""What several pages of tracing need: the case, how a pseudonym is called, levels in words."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar
from uuid import UUID

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lachan.base.http import Request
from lachan.gate.declarations.staff.columns import language
from lachan.kernel import diseases
from lachan.kernel.ids import short_code
from lachan.outbreak.cases import selectors as cases
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors.revealed import names_for
from lachan.registry.people.models import Person

VIEW, WORK, REVEAL = "tracing.view", "tracing.work", "tracing.reveal"
SIZE = 50
CONTACT_KINDS = {
    Contact.Status.ACTIVE: "work",
    Contact.Status.CONVERTED: "stop",
    Contact.Status.DONE: "done",
    Contact.Status.DROPPED: "off",
    Contact.Status.LOST: "attention",
}
EXPOSURE_KINDS = {
    Exposure.Status.PROPOSED: "wait",
    Exposure.Status.CONFIRMED: "done",
    Exposure.Status.DISMISSED: "off",
}
EXPOSURE_WORDS = {
    Exposure.Status.PROPOSED: lazy("Chờ xác nhận"),
    Exposure.Status.CONFIRMED: lazy("Đã xác nhận"),
    Exposure.Status.DISMISSED: lazy("Đã loại"),
}
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Who:
    """How a node is called for one reader: always by its code, by a name only where it was revealed to this reader."""

    code: str
    name: str = ""
    birth: str = ""

    def __str__(self) -> str:
        return self.name or self.code


def called(request: Request, nodes: dict[UUID, UUID]) -> dict[UUID, Who]:
    """node → how it is called. `nodes`: node → one of its pseudonyms."""
    told = names_for(request.user, nodes.keys(), request.clock.now())
    return {node: _who(alias, told.get(node)) for node, alias in nodes.items()}


def _who(alias: UUID, person: Person | None) -> Who:
    return Who(short_code(alias), person.name, person.birth[:4]) if person else Who(short_code(alias))


def case_or_404(request: Request, pk: UUID, permission: str = VIEW) -> Case:
    """The case, where the reader may trace; 404 otherwise. One that was merged away is none."""
    case = cases.by_id(request.scope(permission), pk)
    if case is None or case.merged_into is not None:
        raise Http404
    return case


def crumbs(case: Case, *more: tuple[str, str]) -> list[tuple[str, str]]:
    """The way to a page about a case."""
    return [
        (_("Truy vết"), reverse("tracing:list")),
        (case.code, reverse("tracing:case", args=[case.pk]) if more else ""),
        *more,
    ]


def level_words(level: int | None) -> str:
    return f"F{level}" if level is not None else "–"


def disease_name(code: str, day: date) -> str:
    return diseases.named(code, language(), day)


def disease_choices(day: date) -> list[tuple[str, str]]:
    """(code, name) of every disease."""
    return [(code, disease_name(code, day)) for code in diseases.codes()]


@dataclass(frozen=True, slots=True)
class Slice:
    """A piece of a list that is ranked in memory, as `pager.html` shows pages: `next` names the row to go on behind."""

    rows: Sequence[Any]
    next: str
    first: bool


def slice_of(rows: Sequence[T], cursor: str, key: Any, size: int = SIZE) -> Slice:
    """The rows behind the one that the cursor names; from the start where it names none."""
    at = next((number + 1 for number, row in enumerate(rows) if str(key(row)) == cursor), 0)
    part = rows[at : at + size]
    more = at + size < len(rows)
    return Slice(part, str(key(part[-1])) if more and part else "", at == 0)


def uuids(texts: Iterable[str]) -> Collection[UUID]:
    """Those of the texts that are ids."""
    found = []
    for text in texts:
        try:
            found.append(UUID(text))
        except ValueError:
            continue
    return found
