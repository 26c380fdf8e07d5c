"""Drafting, issuing and cancelling isolation orders."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import IntegrityError, transaction

from lachan.gate.declarations.models import Hold
from lachan.gate.declarations.services import world as gate
from lachan.kernel.clock import day_bounds, local_day
from lachan.kernel.diseases import Disease
from lachan.kernel.errors import InvalidInput
from lachan.kernel.isolation import IsolationRules
from lachan.kernel.text import clean_line
from lachan.outbreak.cases.models import Case
from lachan.outbreak.isolation.models import DueTest, Order
from lachan.outbreak.tasks import services as tasks
from lachan.outbreak.tracing.models import Contact
from lachan.outbreak.tracing.selectors.apart import ISOLATION
from lachan.registry.audit.services import record
from lachan.registry.people.models import Alias, Person

OPEN = (Order.Status.DRAFT, Order.Status.ISSUED)
ISSUE_WITHIN = timedelta(hours=4)
MOST_NUMBER, MOST_SIGNER = 40, 100


@dataclass(frozen=True, slots=True)
class Need:
    """Why somebody is to stay apart: the level, and the day from which its days count."""

    disease: str
    level: str
    person: Person
    alias: UUID
    unit: str
    counts_from: date
    contact: UUID | None = None
    case: UUID | None = None


def draft_for_case(case: Case, *, by: Any, now: datetime) -> Order:
    """A draft for a case; the one that is open already, if there is one. Raises as `draft`."""
    person = Person.objects.filter(pk=case.person).first()
    if person is None:  # the record was erased at the person's wish, or its term is over
        raise InvalidInput("isolation_nobody")
    counts = case.sampled_on or case.confirmed_on or case.onset or local_day(now)
    return draft(
        Need(case.disease, "f0", person, case.alias, case.unit, counts, case=case.pk), by=by, now=now
    )


def draft_for_contact(contact: Contact, level: str, *, by: Any, now: datetime) -> Order:
    """A draft for a contact at the level that the graph gives. Raises InvalidInput `isolation_nobody` for a pseudonym
    that nobody has turned into a person yet, and as `draft`."""
    person = Person.objects.filter(pk=contact.person).first() if contact.person else None
    if person is None:
        raise InvalidInput("isolation_nobody")
    counts = local_day(contact.last_exposure)
    unit = contact.unit or person.residence
    need = Need(contact.disease, level, person, contact.alias, unit, counts, contact=contact.pk)
    return draft(need, by=by, now=now)


def draft(need: Need, *, by: Any, now: datetime) -> Order:
    """An order by the dated rule of the need's disease and level; drafting again gives the open one.

    Raises InvalidInput: `isolation_not_asked` (the rule asks for none), `isolation_past` (its days are over),
    `isolation_no_unit`.
    """
    standing = Order.objects.filter(
        alias__in=aliases_of(need.person, need.alias), disease=need.disease, status__in=OPEN
    ).first()
    if standing is not None:
        return standing
    today = local_day(now)
    disease = Disease.at(need.disease, today)
    terms = disease.isolation.get(need.level)
    if terms is None or terms.place == "none":
        raise InvalidInput("isolation_not_asked", level=need.level.upper())
    ends = need.counts_from + timedelta(days=terms.days)
    if ends < today:
        raise InvalidInput("isolation_past", day=ends.strftime("%d/%m/%Y"))
    if not need.unit:
        raise InvalidInput("isolation_no_unit")
    order = Order(
        disease=need.disease,
        kind=terms.place,
        level=need.level,
        person=need.person.pk,
        alias=need.alias,
        name=need.person.name,
        folded=need.person.folded,
        contact=need.contact,
        case=need.case,
        unit=need.unit,
        address=need.person.address,
        basis=f"{IsolationRules.at(today).basis}; {disease.document}"[:500],
        rule=disease.version,
        counts_from=need.counts_from,
        from_on=min(today, ends),
        to_on=ends,
        made_by=getattr(by, "pk", None),
        made_at=now,
        updated_at=now,
    )
    try:
        with transaction.atomic():
            order.save(force_insert=True)
            _record("order.drafted", order, by, now)
            tasks.open_task(
                "isolation.issue",
                "order",
                order.pk,
                order.unit,
                "isolation.issue",
                now + ISSUE_WITHIN,
                priority=1,
                now=now,
            )
    except IntegrityError:  # two officers at once: one draft
        return Order.objects.get(alias=need.alias, disease=need.disease, status__in=OPEN)
    return order


def correct(
    order: Order, *, kind: str, place: UUID | None, to_on: date, address: str, by: Any, now: datetime
) -> None:
    """Change a draft before it is issued. Raises InvalidInput with its field."""
    if order.status != Order.Status.DRAFT:
        raise InvalidInput("isolation_issued_already")
    if kind not in Order.Kind.values:
        raise InvalidInput("isolation_kind", field="kind")
    if kind != Order.Kind.HOME and place is None:
        raise InvalidInput("isolation_place", field="place")
    if to_on < order.from_on:
        raise InvalidInput("isolation_order_of_days", field="to_on")
    order.kind, order.to_on, order.address = kind, to_on, clean_line(address, 200)
    order.place = place if kind != Order.Kind.HOME else None
    order.updated_at = now
    with transaction.atomic():
        order.save(update_fields=["kind", "place", "to_on", "address", "updated_at"])
        _record("order.corrected", order, by, now)


def issue(order: Order, number: str, signer: str, signer_title: str, *, by: Any, now: datetime) -> Order:
    """Give the order its number and its force: the gates stop the person until it ends.

    Raises InvalidInput with its field: without a legal basis, a number of its own or a signer nothing is issued.
    """
    number, signer = clean_line(number, MOST_NUMBER), clean_line(signer, MOST_SIGNER)
    if not order.basis.strip():
        raise InvalidInput("isolation_no_basis")
    if not number:
        raise InvalidInput("isolation_number", field="number")
    if not signer:
        raise InvalidInput("isolation_signer", field="signer")
    with transaction.atomic():
        order = Order.objects.select_for_update().get(pk=order.pk)
        if order.status != Order.Status.DRAFT:
            raise InvalidInput("isolation_issued_already")
        if _number_taken(order, number, now):
            raise InvalidInput("isolation_number_taken", field="number", number=number)
        order.number, order.signer, order.signer_title = number, signer, clean_line(signer_title, MOST_SIGNER)
        order.status, order.issued_at, order.issued_by = Order.Status.ISSUED, now, by.pk
        order.from_on, order.updated_at = min(order.from_on, local_day(now)), now
        order.holds = hold_all(order, aliases_of_person(order.person, order.alias), by=by, now=now)
        order.save()
        _plan_tests(order)
        _record("order.issued", order, by, now)
        tasks.finish("isolation.issue", order.pk, by=by, now=now)
    return order


def cancel(order: Order, reason: str, *, by: Any, now: datetime) -> None:
    """Take a draft back. Raises InvalidInput for one that was issued: that one is released, not cancelled."""
    reason = clean_line(reason, 300)
    if not reason:
        raise InvalidInput("isolation_reason", field="reason")
    with transaction.atomic():
        changed = Order.objects.filter(pk=order.pk, status=Order.Status.DRAFT).update(
            status=Order.Status.CANCELLED,
            release_reason=reason,
            released_by=by.pk,
            released_at=now,
            updated_at=now,
        )
        if not changed:
            raise InvalidInput("isolation_issued_already")
        _record("order.cancelled", order, by, now)
        tasks.cancel("isolation.issue", order.pk, now=now)


def hold_all(order: Order, aliases: set[UUID], *, by: Any, now: datetime) -> list[str]:
    """A hold under each pseudonym of the person that has none of this order yet; the ids of all."""
    held = {str(hold.pk): hold.alias for hold in Hold.objects.filter(pk__in=order.holds)}
    until = day_bounds(order.to_on)[1]
    made = [
        str(
            gate.hold(
                alias,
                ISOLATION,
                f"Quyết định {order.number}"[:200],
                valid_from=now,
                valid_to=until,
                by=by,
                now=now,
            ).pk
        )
        for alias in sorted(aliases - set(held.values()))
    ]
    return [*held, *made]


def aliases_of(person: Person, alias: UUID) -> set[UUID]:
    """Every pseudonym under which append-only rows know the person."""
    return aliases_of_person(person.pk, alias)


def aliases_of_person(person: UUID, alias: UUID) -> set[UUID]:
    """Those of the record and of what was merged into it."""
    people = [person, *Person.objects.filter(merged_into=person).values_list("pk", flat=True)]
    return {alias, *Alias.objects.filter(person__in=people).values_list("alias", flat=True)}


def _number_taken(order: Order, number: str, now: datetime) -> bool:
    """A number stands once a year and province, as in an office's register."""
    year = now.year
    province = order.unit.partition("/")[0] + "/"
    return (
        Order.objects.filter(number=number, unit__startswith=province, issued_at__year=year)
        .exclude(pk=order.pk)
        .exists()
    )


def _plan_tests(order: Order) -> None:
    """The tests that the rule asks for, on days counted from the order's first."""
    days = Disease.at(order.disease, order.from_on).isolation[order.level].tests
    first = order.from_on
    DueTest.objects.bulk_create(
        [DueTest(order=order, day=day, due_on=first + timedelta(days=max(0, day - 1))) for day in days],
        ignore_conflicts=True,
    )


def _record(kind: str, order: Order, by: Any, now: datetime, **data: Any) -> None:
    record(kind, actor=by, subject_kind="order", subject=order.pk, unit=order.unit, data=data, now=now)
