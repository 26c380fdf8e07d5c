"""Levels: proposed by numbers, decided by a document, seen by the gates, lifted when the criteria have held."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any

import pytest

from lachan.gate.declarations.models import AreaLevel
from lachan.gate.declarations.selectors import world
from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.zones import services
from lachan.outbreak.zones.models import Zone
from lachan.outbreak.zones.selectors.figures import figures
from lachan.outbreak.zones.tests.conftest import AUTUMN, cases, days_ago
from lachan.outbreak.zones.words import level_name, why

HOUR, DAY = timedelta(hours=1), timedelta(days=1)


def refused(call: Any) -> tuple[str, str | None]:
    with pytest.raises(InvalidInput) as caught:
        call()
    return caught.value.code, caught.value.field


def decided(boss: Any, now: datetime = AUTUMN, **other: Any) -> Zone:
    zone = services.propose(small.HOA, "covid19", now)
    given = {"document": "12/QĐ-UBND ngày 20/11/2021", "from_at": now, **other}
    return services.decide(zone, by=boss, now=now, **given)


def test_only_community_cases_of_the_window_count(people: None) -> None:
    cases(10, days_ago(AUTUMN, 1))
    cases(3, days_ago(AUTUMN, 7))
    cases(2, days_ago(AUTUMN, 8))
    cases(5, days_ago(AUTUMN, 0))
    cases(7, days_ago(AUTUMN, 1), detection="facility")
    cases(7, days_ago(AUTUMN, 1), detection="lockdown")
    cases(7, days_ago(AUTUMN, 1), detection="")
    cases(7, days_ago(AUTUMN, 1), classification="probable")
    cases(7, days_ago(AUTUMN, 1), merged_into=small.UUID(int=1))
    cases(7, days_ago(AUTUMN, 1), unit=small.HAI)
    zone = services.propose(small.HOA, "covid19", AUTUMN)
    assert (zone.inputs["cases"], zone.inputs["before"], zone.inputs["rate"]) == (13, 2, 65.0)
    assert (zone.level, zone.rule, zone.status) == (3, "zones/2021-10-11", "proposed")


def test_why_orange_names_every_number_and_threshold(people: None, worker: Any) -> None:
    cases(13, days_ago(AUTUMN, 1))
    given = {"adults_first_dose": 65.5, "care_ready": True}
    services.set_figures(small.HOA, date(2021, 11, 1), source="CDC tỉnh", by=worker, now=AUTUMN, **given)
    said = " ".join(why(services.propose(small.HOA, "covid19", AUTUMN)))
    for part in (
        "13 ca",
        "13/11/2021 đến 19/11/2021",
        "20.000",
        "65",
        "50 đến dưới 150",
        "65,5 %",
        "70 %",
        "CDC tỉnh",
        "Cấp 4",
    ):
        assert part in said, part


def test_what_nobody_told_is_said_to_be_missing(people: None) -> None:
    zone = services.propose(small.HOA, "covid19", AUTUMN)
    assert zone.level == 1 and zone.inputs["unknown"] == ["adults", "care"]
    assert sum("chưa có số liệu" in line for line in why(zone)) == 2


def test_proposing_again_brings_the_same_proposal_up_to_date(people: None) -> None:
    first = services.propose(small.HOA, "covid19", AUTUMN)
    services.propose(small.HOA, "covid19", AUTUMN)
    assert len(small.events("zone.proposed")) == 1
    cases(40, days_ago(AUTUMN, 1))
    second = services.propose(small.HOA, "covid19", AUTUMN)
    assert second.pk == first.pk and second.level == 4 and Zone.objects.count() == 1
    assert Task.objects.filter(kind="zone.decide", status="open").count() == 1


def test_what_cant_be_proposed_is_refused(people: None) -> None:
    assert refused(lambda: services.propose("56/9/", "covid19", AUTUMN)) == ("unit_unknown", "unit")
    assert refused(lambda: services.propose(small.HOA, "dengue", AUTUMN)) == ("zone_disease", "disease")
    assert refused(lambda: services.propose(small.HAI, "covid19", AUTUMN)) == (
        "zone_population",
        "population",
    )


def test_a_decision_needs_a_document_and_whoever_may(
    people: None, boss: Any, worker: Any, officer: Any
) -> None:
    cases(13, days_ago(AUTUMN, 1))
    zone = services.propose(small.HOA, "covid19", AUTUMN)
    given: dict[str, Any] = {"document": "12/QĐ-UBND", "from_at": AUTUMN, "by": boss, "now": AUTUMN}
    other = officer("xa", "commune_leader", small.HAI)
    for change, expected in (
        ({"document": " "}, ("zone_document", "document")),
        ({"by": worker}, ("zone_not_yours", None)),
        ({"by": other}, ("zone_not_yours", None)),
        ({"to_at": AUTUMN}, ("zone_times", "to_at")),
        ({"level": 5}, ("zone_level", "level")),
        ({"level": 2}, ("zone_reason", "reason")),
    ):
        assert refused(lambda change=change: services.decide(zone, **{**given, **change})) == expected
    row = services.decide(zone, **{**given, "level": 2, "reason": "Ổ dịch đã khoanh gọn"})
    assert (row.level, row.inputs["proposed"], row.status) == (2, 3, "decided")
    assert "Ổ dịch đã khoanh gọn" in why(row)[-1] and "Cấp 2" in level_name(row)
    assert not Task.objects.filter(kind="zone.decide", status="open").exists()
    assert refused(lambda: services.decide(zone, **given)) == ("zone_not_open", None)


def test_the_gates_see_what_was_decided_and_what_took_its_place(people: None, boss: Any) -> None:
    cases(13, days_ago(AUTUMN, 1))
    first = decided(boss)
    assert world.area_levels(AUTUMN) == {small.HOA: 3}
    cases(30, days_ago(AUTUMN, 0))
    later = AUTUMN + DAY
    second = decided(boss, later, document="13/QĐ-UBND")
    first.refresh_from_db()
    assert (first.status, first.to_at, second.level) == ("lifted", later, 4)
    assert world.area_levels(later) == {small.HOA: 4}
    services.lift(second, document="20/QĐ-UBND", reason="Hết ổ dịch", by=boss, now=later + DAY)
    assert world.area_levels(later + DAY) == {small.HOA: 1}
    assert AreaLevel.objects.order_by("-valid_from").first().document == "20/QĐ-UBND"  # type: ignore[union-attr]


def test_a_level_until_a_day_ends_by_itself(people: None, boss: Any) -> None:
    cases(13, days_ago(AUTUMN, 1))
    zone = decided(boss, to_at=AUTUMN + 2 * DAY)
    assert services.end_due(AUTUMN + DAY) == 0
    assert services.end_due(AUTUMN + 2 * DAY) == 1 and services.end_due(AUTUMN + 2 * DAY) == 0
    zone.refresh_from_db()
    assert zone.status == "lifted" and world.area_levels(AUTUMN + 2 * DAY) == {small.HOA: 1}


def test_lower_is_proposed_only_once_it_has_held(people: None, boss: Any) -> None:
    on = days_ago(AUTUMN, 1)
    cases(13, on)
    decided(boss)
    for days, expected in (
        (8, 3),
        (14, 3),
        (19, 3),
        (20, 1),
    ):  # the cases leave the window on day 7, then 14 days
        now = AUTUMN + days * DAY
        zone = services.propose(small.HOA, "covid19", now)
        assert zone.level == expected, days
    assert "liên tục" not in " ".join(why(zone))


def test_the_night_proposes_what_should_change(people: None, boss: Any) -> None:
    assert services.propose_due(AUTUMN) == 0
    cases(13, days_ago(AUTUMN, 1))
    assert services.propose_due(AUTUMN) == 1
    assert Zone.objects.get().unit == small.HOA
    services.decide(Zone.objects.get(), document="12/QĐ", from_at=AUTUMN, by=boss, now=AUTUMN)
    assert services.propose_due(AUTUMN) == 0


def test_a_proposal_is_refused_with_its_reason(people: None, boss: Any) -> None:
    cases(13, days_ago(AUTUMN, 1))
    zone = services.propose(small.HOA, "covid19", AUTUMN)
    assert refused(lambda: services.refuse(zone, " ", by=boss, now=AUTUMN)) == ("zone_reason", "reason")
    row = services.refuse(zone, "Các ca đều trong một nhà", by=boss, now=AUTUMN)
    assert (row.status, row.lift_reason) == ("refused", "Các ca đều trong một nhà")
    assert not AreaLevel.objects.exists() and not Task.objects.filter(status="open").exists()
    assert services.propose(small.HOA, "covid19", AUTUMN).pk != zone.pk


def test_the_last_word_on_each_figure_stands(people: None, worker: Any) -> None:
    for day, given in (
        (1, {"adults_first_dose": 40.0, "care_ready": False}),
        (9, {"adults_first_dose": 75.0}),
    ):
        services.set_figures(
            small.HOA, date(2021, 11, day), source=f"Ngày {day}", by=worker, now=AUTUMN, **given
        )  # type: ignore[arg-type]
    found = figures(small.HOA, date(2021, 11, 20))
    assert (found.population, found.adults_first_dose, found.care_ready) == (20_000, 75.0, False)
    assert dict(found.sources)["care_ready"] == "Ngày 1"
    assert figures(small.HOA, date(2021, 11, 5)).adults_first_dose == 40.0
    assert figures(small.TOWN, date(2021, 11, 5)).population == 20_000  # of the communes below
    for given, expected in (
        ({"adults_first_dose": 101.0}, ("figures_percent", "adults_first_dose")),
        ({"population": 0}, ("figures_population", "population")),
        ({"source": " "}, ("figures_source", "source")),
    ):
        call = lambda given=given: services.set_figures(small.HOA, date(2021, 11, 1), by=worker, now=AUTUMN, **{"source": "CDC", **given})  # noqa: E731  # fmt: skip
        assert refused(call) == expected
