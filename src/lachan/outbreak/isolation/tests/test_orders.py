"""An order: drafted by the dated rule, never without a legal basis, with force at the gates from its issue to its end."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.gate.declarations.models import Hold
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.isolation.consumers import people, results
from lachan.outbreak.isolation.models import DailyCheck, DueTest, Order
from lachan.outbreak.isolation.selectors import orders as selectors
from lachan.outbreak.isolation.services import following, orders, release
from lachan.outbreak.isolation.tests.conftest import ALIAS, HOME
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tracing.models import Contact
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Alias

pytestmark = pytest.mark.django_db


def issued(contact: Contact, doctor: Any, now: datetime) -> Order:
    order = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    orders.correct(order, kind="home", place=None, to_on=order.to_on, address="12 Lê Lợi", by=doctor, now=now)
    return orders.issue(order, "12/QĐ-UBND", "Trần Văn Bình", "Chủ tịch", by=doctor, now=now)


def sample(order: Order, at: datetime, result: str) -> Sample:
    return Sample.objects.create(
        id=uuid7(), disease=order.disease, code=f"M{Sample.objects.count():05}", kind="pcr", person=order.person, alias=order.alias,
        unit=order.unit, taken_at=at, result=result, resulted_at=at, made_at=at,
    )  # fmt: skip


def told(kind: str, subject: UUID) -> list[Any]:
    from lachan.registry.audit.consumers import SealedEvent

    at = datetime.now().astimezone()
    return [SealedEvent(1, uuid7(), kind, None, "", subject, "", {}, at)]


def test_a_draft_follows_the_dated_rule_and_names_its_law(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    order = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    assert (order.kind, order.from_on, order.to_on) == ("facility", date(2021, 7, 22), date(2021, 8, 5))
    assert "03/2007/QH12" in order.basis and "3638" in order.basis
    assert orders.draft_for_contact(contact, "f1", by=doctor, now=now).pk == order.pk, (
        "drafting again is the same draft"
    )
    assert Task.objects.filter(kind="isolation.issue", subject=order.pk, status="open").count() == 1
    assert not Hold.objects.exists(), "a draft stops nobody"


def test_a_case_of_today_stays_in_hospital_and_one_of_2022_at_home(
    case: Case, doctor: Any, now: datetime
) -> None:
    assert orders.draft_for_case(case, by=doctor, now=now).kind == "hospital"
    Order.objects.all().delete()
    later = now + timedelta(days=365)
    Case.objects.filter(pk=case.pk).update(sampled_on=later.date(), confirmed_on=later.date())
    case.refresh_from_db()
    assert orders.draft_for_case(case, by=doctor, now=later).kind == "home"


def test_nobody_is_isolated_where_the_rule_asks_for_none(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match="isolation_not_asked"):
        orders.draft_for_contact(contact, "f3", by=doctor, now=now)
    with pytest.raises(InvalidInput, match="isolation_past"):
        orders.draft_for_contact(contact, "f1", by=doctor, now=now + timedelta(days=30))
    contact.person = None
    with pytest.raises(InvalidInput, match="isolation_nobody"):
        orders.draft_for_contact(contact, "f1", by=doctor, now=now)


def test_nothing_is_issued_without_basis_number_and_signer(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    order = orders.draft_for_contact(contact, "f1", by=doctor, now=now)
    for given_, code in ((("", "B"), "isolation_number"), (("1/QĐ", " "), "isolation_signer")):
        with pytest.raises(InvalidInput, match=code):
            orders.issue(order, *given_, "", by=doctor, now=now)
    order.basis = " "
    with pytest.raises(InvalidInput, match="isolation_no_basis"):
        orders.issue(order, "1/QĐ", "B", "", by=doctor, now=now)
    assert not Hold.objects.exists()


def test_an_order_in_force_holds_the_person_under_every_pseudonym(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    other = UUID(int=77)
    Alias.objects.create(alias=other, person_id=contact.person, since=now)
    order = issued(contact, doctor, now)
    assert set(Hold.objects.values_list("alias", flat=True)) == {ALIAS, other}
    assert Hold.objects.first().document == "Quyết định 12/QĐ-UBND"  # type: ignore[union-attr]
    third = UUID(int=78)
    Alias.objects.create(alias=third, person_id=contact.person, since=now)
    people.follow(told("person.linked", contact.person), now)  # type: ignore[arg-type]
    people.follow(told("person.linked", contact.person), now)  # type: ignore[arg-type]
    assert sorted(Hold.objects.values_list("alias", flat=True)) == sorted({ALIAS, other, third})
    order.refresh_from_db()
    release.release(order, "Theo đề nghị của trạm y tế", by=doctor, now=now + timedelta(hours=1))
    assert not Hold.objects.exclude(valid_to=now + timedelta(hours=1)).exists()


def test_a_number_stands_once_a_year(contact: Contact, case: Case, doctor: Any, now: datetime) -> None:
    issued(contact, doctor, now)
    other = Order.objects.create(
        id=uuid7(), disease="measles", kind="home", level="f0", person=case.person, alias=UUID(int=9), name="A", folded="a",
        unit=HOME, basis="Luật", rule="x", from_on=now.date(), to_on=now.date(), made_at=now, updated_at=now,
    )  # fmt: skip
    with pytest.raises(InvalidInput, match="isolation_number_taken"):
        orders.issue(other, "12/QĐ-UBND", "B", "", by=doctor, now=now)


def test_what_was_issued_is_not_cancelled_nor_corrected(contact: Contact, doctor: Any, now: datetime) -> None:
    order = issued(contact, doctor, now)
    with pytest.raises(InvalidInput, match="isolation_issued_already"):
        orders.cancel(order, "nhầm", by=doctor, now=now)
    with pytest.raises(InvalidInput, match="isolation_issued_already"):
        orders.correct(order, kind="home", place=None, to_on=order.to_on, address="", by=doctor, now=now)
    with pytest.raises(InvalidInput, match="isolation_issued_already"):
        orders.issue(order, "13/QĐ", "B", "", by=doctor, now=now)


def test_symptoms_raise_an_alarm_once_and_a_good_day_ends_it(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    order = issued(contact, doctor, now)
    for hour in (1, 2):
        at = now + timedelta(hours=hour)
        following.check(
            order,
            following.Report("self", symptoms=("cough",), temperature=Decimal("38.2")),
            occurred_at=at,
            by=None,
            now=at,
        )
    order.refresh_from_db()
    assert order.alarm == "symptoms"
    assert Event.objects.filter(kind="order.alarm").count() == 1
    assert Task.objects.filter(kind="isolation.alarm", status="open").count() == 1
    at = now + timedelta(hours=3)
    following.check(order, following.Report("call"), occurred_at=at, by=doctor, now=at)
    order.refresh_from_db()
    assert order.alarm == "" and not Task.objects.filter(kind="isolation.alarm", status="open").exists()


def test_whoever_is_not_reached_stays_silent(contact: Contact, doctor: Any, now: datetime) -> None:
    order = issued(contact, doctor, now)
    at = now + timedelta(hours=20)
    following.check(order, following.Report("call", reached=False), occurred_at=at, by=doctor, now=at)
    assert following.find_silent(now + timedelta(hours=25)) == 0
    assert following.find_silent(now + timedelta(hours=27)) == 1
    assert following.find_silent(now + timedelta(hours=28)) == 0, "told once"
    order.refresh_from_db()
    assert order.alarm == "silent"


def test_the_same_report_twice_is_one(contact: Contact, doctor: Any, now: datetime) -> None:
    order, id = issued(contact, doctor, now), uuid7()
    for _ in range(2):
        following.check(order, following.Report("self"), occurred_at=now, by=None, now=now, id=id)
    assert DailyCheck.objects.count() == 1


@pytest.mark.parametrize(
    ("report", "code"),
    [
        (following.Report("pigeon"), "isolation_via"),
        (following.Report("self", symptoms=("<b>",)), "isolation_symptom"),
        (following.Report("self", needs=("gold",)), "isolation_need"),
        (following.Report("self", temperature=Decimal("99")), "isolation_temperature"),
    ],
)
def test_what_can_not_be_is_refused(
    report: following.Report, code: str, contact: Contact, doctor: Any, now: datetime
) -> None:
    with pytest.raises(InvalidInput, match=code):
        following.check(issued(contact, doctor, now), report, occurred_at=now, by=doctor, now=now)


def test_release_is_proposed_by_rule_and_decided_by_a_person(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    order = issued(contact, doctor, now)
    for day in (1, 14):
        sample(order, now + timedelta(days=day), "negative")
    later = now + timedelta(days=14)
    assert release.propose_due(later) == 1
    order.refresh_from_db()
    assert order.status == "issued", "a rule ends nobody's isolation by itself"
    assert Task.objects.filter(kind="isolation.release", subject=order.pk, status="open").exists()
    ended = release.release(order, "", by=doctor, now=later)
    assert ended.release_rule == "f1_done"
    assert not Task.objects.filter(subject=order.pk, status="open").exists()


def test_whoever_was_found_late_is_released_by_rule_when_the_term_is_over(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    contact.last_exposure = now - timedelta(days=10)
    order = issued(contact, doctor, now)
    assert (order.to_on - order.from_on).days == 4, "14 days from the last exposure"
    for day in (1, 4):
        sample(order, now + timedelta(days=day), "negative")
    assert release.propose_due(now + timedelta(days=3)) == 0
    [found] = release.proposals([order], (now + timedelta(days=4)).date())
    assert found.rule is not None and found.rule.id == "f1_done"


def test_before_its_rule_holds_an_end_needs_a_reason(contact: Contact, doctor: Any, now: datetime) -> None:
    order = issued(contact, doctor, now)
    with pytest.raises(InvalidInput, match="isolation_reason"):
        release.release(order, " ", by=doctor, now=now)
    release.release(order, "Chuyển tỉnh khác tiếp nhận", by=doctor, now=now)
    with pytest.raises(InvalidInput, match="isolation_not_in_force"):
        release.release(order, "lần nữa", by=doctor, now=now)


def test_a_positive_result_raises_the_alarm_and_stops_the_proposal(
    contact: Contact, doctor: Any, now: datetime
) -> None:
    order = issued(contact, doctor, now)
    found = sample(order, now + timedelta(days=7), "positive")
    with transaction.atomic():  # the worker's
        results.take_in(told("sample.resulted", found.pk), now + timedelta(days=7))
        results.take_in(told("sample.resulted", found.pk), now + timedelta(days=7))
    order.refresh_from_db()
    assert order.alarm == "positive" and Event.objects.filter(kind="order.alarm").count() == 1
    assert DueTest.objects.get(sample=found.pk).day == 7
    assert release.propose_due(now + timedelta(days=20)) == 0


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(0, 20), st.sampled_from(["positive", "negative", "unclear", "rejected", ""])),
        max_size=6,
    )
)
def test_a_positive_or_unknown_last_result_never_releases(
    contact: Contact, doctor: Any, now: datetime, tests: list[tuple[int, str]]
) -> None:
    Sample.objects.all().delete()
    Order.objects.all().delete()
    order = issued(contact, doctor, now)
    for day, result in tests:
        sample(order, now + timedelta(days=day), result)
    counted = [
        result for _day, result in sorted(tests, key=lambda one: one[0]) if result in ("positive", "negative")
    ]
    for proposal in release.proposals([order], date(2021, 8, 11)):
        if proposal.rule is not None:
            assert proposal.standing.negatives >= 2 and "negative" in counted
        assert proposal.rule is not None or "positive" not in counted


def test_the_lists_show_what_waits(contact: Contact, doctor: Any, now: datetime) -> None:
    order, scope = issued(contact, doctor, now), doctor.scope("isolation.view", now)
    counts = selectors.counts(scope, now, now.date())
    assert (counts["issued"], counts["unheard"], counts["tests"]) == (1, 1, 1)
    assert [row.pk for row in selectors.to_call(scope, now.date()).rows] == [order.pk]
    following.check(order, following.Report("self"), occurred_at=now, by=None, now=now)
    assert not selectors.to_call(scope, now.date()).rows
    assert selectors.rows(scope, selectors.OrderFilters(text="hanh"), now.date()).count() == 1
    assert selectors.rows(scope, selectors.OrderFilters(text="12/QĐ-UBND"), now.date()).count() == 1
    assert selectors.rows(scope, selectors.OrderFilters(text="khac"), now.date()).count() == 0


def test_only_ended_orders_go_after_their_term(contact: Contact, doctor: Any, now: datetime) -> None:
    from lachan.outbreak.isolation.retention import past

    order = issued(contact, doctor, now)
    assert not past(now + timedelta(days=3650)).exists()
    release.release(order, "Xong", by=doctor, now=now)
    assert past(now + timedelta(days=1)).get().pk == order.pk and not past(now).exists()


def test_a_person_is_kept_while_ill_followed_or_isolated_and_goes_after(
    contact: Contact, case: Case, doctor: Any, now: datetime
) -> None:
    from lachan.gate.declarations.services import retention
    from lachan.registry.people.models import Person

    def kept() -> bool:
        retention.purge(now + timedelta(days=2000))
        return Person.objects.filter(pk=case.person).exists()

    order = issued(contact, doctor, now)
    assert kept()
    Case.objects.filter(pk=case.pk).update(outcome="recovered")
    assert kept(), "an order is in force"
    Order.objects.filter(pk=order.pk).update(status="released", released_at=now)
    assert kept(), "she is followed as a contact"
    Contact.objects.filter(pk=contact.pk).update(status="done", updated_at=now)
    assert not kept()
