"""Who of a case's people should be under an order and isn't yet: derived from the graph each time."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from uuid import UUID

from lachan.kernel.diseases import Disease
from lachan.outbreak.cases.models import Case
from lachan.outbreak.isolation.models import Order
from lachan.outbreak.isolation.services.orders import OPEN
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors import levels
from lachan.outbreak.tracing.selectors.identity import aliases_of, root, roots


@dataclass(frozen=True, slots=True)
class Needed:
    """A contact of a case without an order. `person` is False while nobody knows whose pseudonym it is."""

    contact: Contact
    level: str
    person: bool


def of_case(case: Case, today: date) -> list[Needed]:
    """Contacts whose confirmed exposure goes out from the case, at a level for which the rule asks for an order."""
    sources = aliases_of(root(case.alias))
    targets = set(
        Exposure.objects.filter(
            source__in=sources, disease=case.disease, status=Exposure.Status.CONFIRMED
        ).values_list("target", flat=True)
    )
    nodes = set(roots(targets).values())
    known = {alias for node in nodes for alias in aliases_of(node)}
    rows = list(
        Contact.objects.filter(
            alias__in=known, disease=case.disease, status=Contact.Status.ACTIVE, merged_into=None
        ).order_by("id")
    )
    return _without_order(rows, case.disease, today)


def _without_order(rows: Iterable[Contact], disease: str, today: date) -> list[Needed]:
    contacts = list(rows)
    terms = Disease.at(disease, today).isolation
    found = levels.levels_of([contact.alias for contact in contacts], disease)
    ordered = _under_order(contacts, disease)
    needed = []
    for contact in contacts:
        level = found.get(contact.alias)
        name = f"f{level.level}" if level is not None else ""
        asked = name in terms and terms[name].place != "none"
        if asked and name != "f0" and contact.pk not in ordered:
            needed.append(Needed(contact, name, contact.person is not None))
    return needed


def _under_order(contacts: list[Contact], disease: str) -> set[UUID]:
    open_orders = Order.objects.filter(disease=disease, status__in=OPEN)
    people = {contact.person for contact in contacts if contact.person}
    by_person = set(open_orders.filter(person__in=people).values_list("person", flat=True))
    by_alias = set(
        open_orders.filter(alias__in=[contact.alias for contact in contacts]).values_list("alias", flat=True)
    )
    return {contact.pk for contact in contacts if contact.person in by_person or contact.alias in by_alias}


def orders_of_case(case: Case) -> list[Order]:
    """The orders drafted for the case itself or for contacts of it, the newest first."""
    sources = aliases_of(root(case.alias))
    targets = Exposure.objects.filter(
        source__in=sources, disease=case.disease, status=Exposure.Status.CONFIRMED
    ).values_list("target", flat=True)
    people = {alias for node in set(roots(set(targets)).values()) for alias in aliases_of(node)}
    return list(Order.objects.filter(alias__in=people | sources, disease=case.disease).order_by("-id")[:200])
