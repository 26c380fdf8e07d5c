"""What follows by itself: a result, another classification, joined cases, joined people, a declaration that tells who it was."""

from __future__ import annotations

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from lachan.gate.declarations.services import world as gate
from lachan.gate.declarations.tests import small
from lachan.kernel.ids import uuid7
from lachan.outbreak.cases import services as cases
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure
from lachan.outbreak.tracing.selectors.levels import level_of
from lachan.outbreak.tracing.tests.world import (
    HAI,
    NOW,
    case_of,
    edge,
    home,
    moment,
    person_of,
    place,
    somebody,
    visit,
)
from lachan.registry.audit import services as audit
from lachan.registry.people.services import merge

pytestmark = pytest.mark.django_db


def told(kind: str, subject: UUID, **data: Any) -> None:
    with transaction.atomic():
        audit.record(kind, subject_kind="case", subject=subject, unit=HAI, data=data, now=NOW)


def test_a_confirmed_case_is_traced_at_once_and_gives_work(province: None) -> None:
    ill, spouse = somebody("a"), somebody("b")
    home(ill, spouse)
    case = case_of(ill, classification="suspect")
    told("case.opened", case.pk)
    small.work(NOW)
    assert not Exposure.objects.exists()
    Case.objects.filter(pk=case.pk).update(classification="confirmed")
    told("case.classified", case.pk, **{"from": "suspect", "to": "confirmed", "disease": "covid19"})
    small.work(NOW)
    assert Exposure.objects.get().target == spouse
    assert Task.objects.get(kind="tracing.review").subject == case.pk


def test_reviewing_everyone_finishes_the_work(province: None, tracer: Any) -> None:
    ill, spouse = somebody("a"), somebody("b")
    home(ill, spouse)
    services.trace(case_of(ill), now=NOW)
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    assert Task.objects.get(kind="tracing.review").status == "done"


def test_a_contact_whose_sample_is_positive_becomes_a_case_and_is_traced(province: None, tracer: Any) -> None:
    """From the laboratory's result on, nobody does anything by hand."""
    ill, first, second = somebody("a"), somebody("Lê Thị Hai"), somebody("c")
    case_of(ill)
    market = place()
    visit(first, market, moment(20, 8), moment(20, 10))
    visit(second, market, moment(20, 8), moment(20, 10))
    services.confirm([edge(ill, first, moment(18)), edge(first, second, moment(20))], by=tracer, now=NOW)
    services.sync("covid19", [first, second], now=NOW)
    assert level_of(second, "covid19").level == 2  # type: ignore[union-attr]
    taking = cases.Taking(
        disease="covid19", kind="pcr", unit=HAI, taken_at=moment(21), person=person_of(first).pk
    )
    sample = cases.take_sample(taking, by=tracer, now=NOW)
    cases.record_result(sample, "positive", NOW, None, by=tracer, now=NOW)
    small.work(NOW)
    small.work(NOW)
    contact = Contact.objects.get(alias=first)
    assert contact.status == "converted"
    assert Case.objects.get(pk=contact.case).person == person_of(first).pk
    assert level_of(second, "covid19").level == 1  # type: ignore[union-attr]
    assert Exposure.objects.filter(evidence=f"visit:{market.pk}", target=second).exists()


def test_joined_records_are_followed_once(province: None, tracer: Any) -> None:
    ill, one, two = somebody("a"), somebody("b"), somebody("b")
    case_of(ill)
    edge(ill, one, moment(18))
    edge(ill, two, moment(19))
    services.sync("covid19", [one, two], now=NOW)
    merge(person_of(one), person_of(two), reason="Cùng một người", by=tracer, now=NOW)
    small.work(NOW)
    assert Contact.objects.filter(merged_into=None).count() == 1


def test_a_declaration_tells_whose_pseudonym_a_contact_is(province: None, tracer: Any) -> None:
    seen = small.declared(NOW - timedelta(days=3), "Lê Thị Khai", place=small.MARKET, residence=small.HOA)
    ill = somebody("a")
    case_of(ill)
    edge(ill, seen.alias, moment(19))
    services.sync("covid19", [seen.alias], now=NOW)
    assert Contact.objects.get().person is None
    small.work(NOW)
    row = Contact.objects.get()
    assert row.person == person_of(seen.alias).pk and row.unit == small.HOA


def test_an_event_about_nothing_that_is_there_stops_nobody(province: None) -> None:
    told("case.updated", uuid7())
    told("case.merged", uuid7(), absorbed=str(uuid7()))
    small.work(NOW)


def test_who_was_isolated_is_met_by_those_at_home_alone(province: None, tracer: Any) -> None:
    """The gate's hold, which isolation leaves, ends the window of F2; released at once, it ends nothing."""
    ill, first, before, after, spouse = (somebody(name) for name in "abcde")
    case, shop = case_of(ill), place("shop")
    home(first, spouse)
    services.confirm([edge(ill, first, moment(19, 8))], by=tracer, now=NOW)
    for who, day in ((first, 19), (before, 19), (first, 21), (after, 21)):
        visit(who, shop, moment(day, 14), moment(day, 16))
    edge(first, after, moment(21, 14))
    services.sync("covid19", [first, after], now=NOW)
    small.work(NOW)
    assert Contact.objects.get(alias=after).status == "active"
    hold = gate.hold(
        first, "isolation", "Quyết định 1", valid_from=moment(20, 8), valid_to=moment(30), by=tracer, now=NOW
    )
    small.work(NOW)
    assert level_of(after, "covid19") is None and Contact.objects.get(alias=after).status == "dropped"
    services.trace_contacts(case, by=tracer, now=NOW)
    found = Exposure.objects.filter(source=first, status="proposed")
    assert set(found.values_list("target", flat=True)) == {before, spouse}
    gate.release(hold, by=tracer, now=moment(20, 8))
    small.work(NOW)
    assert level_of(after, "covid19").level == 2  # type: ignore[union-attr]


def test_whom_an_f1_met_after_an_early_release_is_found(province: None, tracer: Any) -> None:
    ill, first, meanwhile, after = (somebody(name) for name in "abcd")
    case, shop = case_of(ill), place("shop")
    services.confirm([edge(ill, first, moment(18, 8))], by=tracer, now=NOW)
    for who, day in ((first, 19), (meanwhile, 19), (first, 21), (after, 21)):
        visit(who, shop, moment(day, 14), moment(day, 16))
    gate.hold(
        first,
        "isolation",
        "Quyết định 1",
        valid_from=moment(19, 8),
        valid_to=moment(20, 8),
        by=tracer,
        now=NOW,
    )
    services.trace_contacts(case, by=tracer, now=NOW)
    services.confirm(Exposure.objects.filter(source=first, status="proposed"), by=tracer, now=NOW)
    assert level_of(after, "covid19").level == 2  # type: ignore[union-attr]
    assert level_of(meanwhile, "covid19") is None
