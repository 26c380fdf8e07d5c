"""Tracing a case: what is found, once; what officers say; who is followed; what recomputes by itself."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any
from uuid import UUID

import pytest
from django.core.exceptions import PermissionDenied

from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.outbreak.cases.models import Case
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Contact, Exposure, Reveal
from lachan.outbreak.tracing.selectors.identity import aliases_of, root
from lachan.outbreak.tracing.selectors.levels import level_of
from lachan.outbreak.tracing.selectors.ranked import ranked
from lachan.outbreak.tracing.selectors.revealed import names_for
from lachan.outbreak.tracing.tests.world import (
    CAM,
    HAI,
    HOA,
    NOW,
    alias_for,
    case_of,
    edge,
    home,
    moment,
    person_of,
    place,
    somebody,
    visit,
)
from lachan.registry.audit.models import Event
from lachan.registry.people.services import merge, unmerge
from lachan.registry.places.models import Place

pytestmark = pytest.mark.django_db


def kinds(kind: str) -> list[Event]:
    return list(Event.objects.filter(kind=kind))


def targets(kind: str) -> set[UUID]:
    return set(Exposure.objects.filter(kind=kind).values_list("target", flat=True))


def test_shared_visits_within_the_window_are_found_with_their_length(province: None) -> None:
    ill, near, late, brief, before = (somebody(str(name)) for name in "abcde")
    market = place()
    visit(ill, market, moment(18, 8), moment(18, 10))
    visit(near, market, moment(18, 9), moment(18, 12))
    visit(late, market, moment(18, 10), moment(18, 11))
    visit(brief, market, moment(18, 9, 50), moment(18, 11))
    visit(ill, market, moment(15, 8), moment(15, 10))
    visit(before, market, moment(15, 8), moment(15, 10))
    case = case_of(ill)
    assert services.trace(case, now=NOW) == 1
    (found,) = Exposure.objects.all()
    assert (found.target, found.overlap_s, found.meetings, found.status) == (near, 3600, 1, "proposed")
    assert (found.from_at, found.to_at) == (moment(18, 9), moment(18, 10))
    assert found.evidence == f"visit:{market.pk}" and found.unit == HAI
    assert kinds("exposure.found")[0].data == '{"count":1}'


def test_traced_again_nothing_doubles_and_what_was_dismissed_stays_so(province: None, tracer: Any) -> None:
    ill, other = somebody("a"), somebody("b")
    market, case = place(), case_of(ill)
    visit(ill, market, moment(18, 8), moment(18, 10))
    visit(other, market, moment(18, 9), moment(18, 12))
    assert services.trace(case, now=NOW) == 1
    services.dismiss(Exposure.objects.all(), "Ngồi cách xa", by=tracer, now=NOW)
    visit(ill, market, moment(19, 8), moment(19, 10))
    visit(other, market, moment(19, 8), moment(19, 10))
    assert services.trace(case, now=NOW) == 0
    (row,) = Exposure.objects.all()
    assert (row.status, row.reason, row.meetings, row.overlap_s) == ("dismissed", "Ngồi cách xa", 2, 3 * 3600)


def test_a_declaration_at_a_place_is_presence_there_but_not_at_a_road_gate(province: None) -> None:
    seen = small.declared(moment(18, 9), "Lê Thị Khai", place=small.MARKET)
    small.declared(moment(18, 9), "Lê Thị Chốt", place=small.GATE)
    ill = somebody("a")
    for code in (small.MARKET, small.GATE):
        visit(ill, Place.objects.get(code=code), moment(18, 9), moment(18, 10))
    services.trace(case_of(ill), now=NOW)
    assert targets("visit") == {seen.alias}


def test_who_lives_with_the_case_is_found_and_ranked_first(province: None) -> None:
    ill, spouse, stranger = somebody("a"), somebody("b"), somebody("c")
    home(ill, spouse)
    market = place()
    visit(ill, market, moment(18, 8), moment(18, 10))
    visit(stranger, market, moment(18, 8), moment(18, 10))
    case = case_of(ill)
    services.trace(case, now=NOW)
    rows = ranked(case, NOW)
    assert [row.alias for row in rows] == [spouse, stranger]
    assert rows[0].urgency.score > rows[1].urgency.score > 0


def test_colleagues_are_found_without_an_hour_in_common(province: None) -> None:
    ill, colleague, guest = somebody("a"), somebody("b"), somebody("c")
    factory = place("factory", name="Nhà máy sợi")
    for day in (18, 19):
        visit(ill, factory, moment(day, 6), moment(day, 11))
        visit(colleague, factory, moment(day, 12), moment(day, 20))
    visit(guest, factory, moment(19, 15), moment(19, 16))
    services.trace(case_of(ill), now=NOW)
    assert targets("work") == {colleague} and targets("visit") == set()


def test_a_case_without_any_date_isnt_traced(province: None) -> None:
    with pytest.raises(InvalidInput, match="tracing_no_window"):
        services.trace(case_of(somebody("a"), onset=None), now=NOW)


def test_who_was_isolated_exposes_nobody_from_then_on(province: None) -> None:
    ill, other = somebody("a"), somebody("b")
    market = place()
    visit(ill, market, moment(19, 8), moment(19, 12))
    visit(other, market, moment(19, 8), moment(19, 12))
    case = case_of(ill, isolated_at=moment(19, 9))
    services.trace(case, now=NOW)
    assert Exposure.objects.get().overlap_s == 3600


def test_confirming_opens_follow_up_for_the_dated_number_of_days(province: None, tracer: Any) -> None:
    ill, other = somebody("a"), somebody("b")
    case_of(ill)
    services.confirm([edge(ill, other, moment(19), status="proposed")], by=tracer, now=NOW)
    row = Contact.objects.get()
    assert (row.alias, row.person, row.unit, row.status) == (other, person_of(other).pk, HAI, "active")
    assert row.last_exposure == moment(19, 9) and row.until == date(2021, 8, 2)
    assert [event.subject for event in kinds("contact.opened")] == [row.pk]
    level = level_of(other, "covid19")
    assert level is not None and level.level == 1
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    assert Contact.objects.count() == 1 and len(kinds("exposure.decided")) == 1


def test_dismissing_the_only_evidence_ends_it_and_confirming_again_reopens(
    province: None, tracer: Any
) -> None:
    ill, other = somebody("a"), somebody("b")
    case_of(ill)
    met = edge(ill, other, moment(19), status="proposed")
    services.confirm([met], by=tracer, now=NOW)
    with pytest.raises(InvalidInput, match="tracing_reason"):
        services.dismiss([met], "  ", by=tracer, now=NOW)
    services.dismiss([met], "Nhầm người", by=tracer, now=NOW)
    assert Contact.objects.get().status == "dropped" and level_of(other, "covid19") is None
    services.confirm([met], by=tracer, now=NOW)
    assert Contact.objects.get().status == "active"


def test_a_contact_that_tests_positive_becomes_a_case_and_lifts_those_behind(
    province: None, tracer: Any
) -> None:
    ill, first, second, third = (somebody(name) for name in "abcd")
    case_of(ill)
    chain = [edge(ill, first, moment(18)), edge(first, second, moment(19)), edge(second, third, moment(20))]
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    services.sync("covid19", [first], onward=True, now=NOW)
    assert [level_of(each, "covid19").level for each in (first, second, third)] == [1, 2, 3]  # type: ignore[union-attr]
    assert {row.alias for row in Contact.objects.filter(status="active")} == {first, second}
    case = case_of(first, onset=date(2021, 7, 21))
    services.sync("covid19", [first], onward=True, now=NOW)
    assert [level_of(each, "covid19").level for each in (first, second, third)] == [0, 1, 2]  # type: ignore[union-attr]
    contact = Contact.objects.get(alias=first)
    assert (contact.status, contact.case) == ("converted", case.pk)
    assert Contact.objects.get(alias=third).status == "active"
    Case.objects.filter(pk=case.pk).update(classification="no_case")
    services.sync("covid19", [first], onward=True, now=NOW)
    assert Contact.objects.get(alias=first).status == "active"
    assert Contact.objects.get(alias=third).status == "dropped"
    assert len(chain) == 3


def test_two_records_of_one_contact_are_followed_once_and_part_again(province: None, tracer: Any) -> None:
    ill, one, two = somebody("a"), somebody("b"), somebody("b")
    case_of(ill)
    services.confirm([edge(ill, one, moment(18)), edge(ill, two, moment(19))], by=tracer, now=NOW)
    services.sync("covid19", [one, two], now=NOW)
    assert Contact.objects.filter(merged_into=None).count() == 2
    row = merge(person_of(one), person_of(two), reason="Cùng một người", by=tracer, now=NOW)
    services.sync("covid19", [one, two], now=NOW)
    (left,) = Contact.objects.filter(merged_into=None)
    assert left.last_exposure == moment(19, 9)
    assert root(one) == root(two) and aliases_of(root(one)) == {one, two}
    unmerge(row, reason="Nhầm", by=tracer, now=NOW)
    services.sync("covid19", [one, two], now=NOW)
    open_rows = Contact.objects.filter(merged_into=None, status="active")
    assert {each.alias: each.last_exposure for each in open_rows} == {one: moment(18, 9), two: moment(19, 9)}


def test_a_case_merged_away_loses_no_contact(province: None, tracer: Any) -> None:
    """Two rows of one patient under two pseudonyms that nothing links: what was found through either still counts."""
    first, second, one, two = somebody("a"), uuid7(), somebody("c"), somebody("d")
    kept, absorbed = case_of(first), case_of(second)
    edge(first, one, moment(18))
    edge(second, two, moment(19))
    Case.objects.filter(pk=absorbed.pk).update(merged_into=kept.pk, classification="not_classified")
    services.sync("covid19", [one, two], now=NOW)
    assert {row.alias for row in Contact.objects.filter(status="active")} == {one, two}
    assert {row.alias for row in ranked(kept, NOW)} == {one, two}


def test_follow_up_ends_by_itself_after_its_last_day(province: None, tracer: Any) -> None:
    ill, other = somebody("a"), somebody("b")
    case_of(ill)
    services.confirm([edge(ill, other, moment(19), status="proposed")], by=tracer, now=NOW)
    assert services.end_due(moment(2) + timedelta(days=31)) == 0
    assert services.end_due(moment(3) + timedelta(days=31)) == 1
    assert Contact.objects.get().status == "done"
    services.sync("covid19", [other], now=moment(4) + timedelta(days=31))
    assert Contact.objects.get().status == "done"
    edge(ill, other, moment(30), moment(31))
    services.sync("covid19", [other], now=moment(4) + timedelta(days=31))
    assert sorted(Contact.objects.values_list("status", flat=True)) == ["active", "done"]


def test_f2_are_found_from_the_exposure_of_each_f1_on(province: None, tracer: Any) -> None:
    ill, first, early, later = (somebody(name) for name in "abcd")
    case = case_of(ill)
    market, shop = place(), place("shop", name="Tiệm vải")
    visit(ill, market, moment(19, 8), moment(19, 9))
    visit(first, market, moment(19, 8), moment(19, 9))
    visit(first, shop, moment(18, 14), moment(18, 16))
    visit(early, shop, moment(18, 14), moment(18, 16))
    visit(first, shop, moment(20, 14), moment(20, 16))
    visit(later, shop, moment(20, 14), moment(20, 16))
    services.trace(case, now=NOW)
    services.confirm(Exposure.objects.all(), by=tracer, now=NOW)
    services.trace_contacts(case, by=tracer, now=NOW)
    assert {row.target for row in Exposure.objects.filter(source=first)} == {later}
    assert early not in Exposure.objects.values_list("target", flat=True)
    services.confirm(Exposure.objects.filter(target=later), by=tracer, now=NOW)
    level = level_of(later, "covid19")
    assert level is not None and level.level == 2 and level.path == (root(ill), root(first), root(later))


def test_by_hand_and_named_in_an_interview(province: None, tracer: Any) -> None:
    ill, driver, aunt = somebody("a"), somebody("b"), somebody("c")
    case = case_of(ill)
    services.add_by_hand(
        case, driver, services.by_hand.Meeting(moment(19, 8), moment(19, 9)), by=tracer, now=NOW
    )
    assert level_of(driver, "covid19").level == 1  # type: ignore[union-attr]
    named = services.name_in_interview(case, "Dì Bảy", "dì", {"phone": "0905 111 222"}, by=tracer, now=NOW)
    assert services.by_hand.said_in(named) == {"phone": "0905 111 222"}
    services.link_interview(named, aunt, services.by_hand.Meeting(), by=tracer, now=NOW)
    assert Exposure.objects.get(target=aunt).status == "proposed" and level_of(aunt, "covid19") is None
    for meeting, code in (
        (services.by_hand.Meeting(moment(19, 9), moment(19, 8)), "tracing_times"),
        (services.by_hand.Meeting(moment(2, 9), moment(2, 10)), "tracing_outside"),
        (services.by_hand.Meeting(moment(25, 9), moment(25, 10)), "tracing_future"),
    ):
        with pytest.raises(InvalidInput, match=code):
            services.add_by_hand(case, driver, meeting, by=tracer, now=NOW)
    with pytest.raises(InvalidInput, match="tracing_itself"):
        services.add_by_hand(case, alias_for(person_of(ill)), services.by_hand.Meeting(), by=tracer, now=NOW)


def test_a_setting_finds_everyone_who_was_there_and_can_be_withdrawn(province: None, tracer: Any) -> None:
    ill, one, two = somebody("a"), somebody("b"), somebody("c")
    market, case = place(), case_of(ill)
    visit(ill, market, moment(19, 8), moment(19, 9))
    visit(one, market, moment(19, 9), moment(19, 11))
    visit(two, market, moment(19, 14), moment(19, 15))
    draft = services.settings.SettingDraft("covid19", market, moment(19, 8), moment(19, 12), case)
    row = services.declare_setting(draft, by=tracer, now=NOW)
    assert row.found == 2 and targets("setting") == {one}
    assert services.withdraw_setting(row, by=tracer, now=NOW) and not Exposure.objects.exists()
    assert not services.withdraw_setting(row, by=tracer, now=NOW)


def test_a_name_is_told_for_a_reason_to_who_may_and_to_nobody_else(
    province: None, tracer: Any, station: Any, elsewhere: Any, officer: Any
) -> None:
    ill, other = somebody("a", HOA), somebody("Phan Thị Tên", HAI)
    case_of(ill, unit=CAM)
    services.confirm([edge(ill, other, moment(19), status="proposed")], by=tracer, now=NOW)
    node = root(other)
    with pytest.raises(InvalidInput, match="tracing_reveal_reason"):
        services.reveal(other, "tò mò", by=station, now=NOW)
    with pytest.raises(PermissionDenied):
        services.reveal(other, "call", by=elsewhere, now=NOW)
    with pytest.raises(PermissionDenied):
        services.reveal(other, "call", by=officer("lanh.dao", "province_leader", "56/"), now=NOW)
    assert services.reveal(other, "call", by=station, now=NOW).name == "Phan Thị Tên"
    assert names_for(station, [node], NOW)[node].name == "Phan Thị Tên"
    assert names_for(tracer, [node], NOW) == {}
    assert names_for(station, [node], NOW + services.revealing.LASTS) == {}
    (event,) = kinds("identity.revealed")
    assert event.actor == station.pk and event.subject == node and event.data == '{"reason":"call"}'
    assert Reveal.objects.count() == 1


def test_nobody_is_behind_a_pseudonym_that_no_declaration_links(
    province: None, station: Any, tracer: Any
) -> None:
    ill, phone = somebody("a"), uuid7()
    case_of(ill)
    services.confirm([edge(ill, phone, moment(19), status="proposed")], by=tracer, now=NOW)
    row = Contact.objects.get()
    assert (row.person, row.unit) == (None, HAI)
    with pytest.raises(InvalidInput, match="tracing_nobody"):
        services.reveal(phone, "call", by=station, now=NOW)
