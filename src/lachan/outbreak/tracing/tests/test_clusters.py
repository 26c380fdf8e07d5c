"""Clusters and attack rates by hand; a drawing that holds every node once."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from lachan.kernel.ids import uuid7
from lachan.outbreak.tracing.clusters import Rate, Step, attack, clusters
from lachan.outbreak.tracing.drawing import draw
from lachan.outbreak.tracing.ranking import together, urgency
from lachan.outbreak.tracing.templatetags.tracing import percent

START = datetime(2021, 7, 1, tzinfo=UTC)


def day(number: int) -> datetime:
    return START + timedelta(days=number)


def test_the_attack_rate_counts_each_contact_once_and_none_who_was_ill_before() -> None:
    steps = [Step("A", "B", day(3)), Step("A", "B", day(1)), Step("A", "C", day(2)), Step("A", "D", day(5))]
    assert attack(steps, {"A": day(0), "B": day(4), "D": day(2)}) == Rate(1, 2)
    assert attack([], {"A": day(0)}).value is None


def test_cases_that_share_a_contact_are_one_cluster() -> None:
    steps = [Step("A", "X", day(1)), Step("B", "X", day(1)), Step("C", "Y", day(1)), Step("C", "D", day(1))]
    found = clusters(steps, {"A": day(0), "B": day(0), "C": day(0), "D": day(3), "E": day(0)})
    assert [one.cases for one in found] == [frozenset("AB"), frozenset("CD")]
    assert found[1].rate == Rate(1, 2) and found[1].contacts == frozenset("Y")


def test_a_rate_without_contacts_is_a_dash_and_not_zero() -> None:
    assert percent(Rate(0, 0)) == "–" and percent(Rate(0, 3)) == "0,0 %"


def test_evidence_adds_up_and_time_takes_away() -> None:
    assert together([]) == 0 and together([0.5, 0.5]) == 0.75 and together([1.0, 0.3]) == 1.0
    week = timedelta(days=7)
    fresh, old = (urgency(0.8, at, day(20), 2 * week, week) for at in (day(20), day(13)))
    assert fresh.score == 0.8 and old.score == 0.4 and (old.days_ago, old.days_left) == (7, 7)
    assert urgency(0.8, day(1), day(20), 2 * week, week).days_left < 0
    assert urgency(0.8, day(25), day(20), 2 * week, week).days_ago == 0


def test_a_drawing_holds_every_node_once_beside_its_level() -> None:
    one, two, three = uuid7(), uuid7(), uuid7()
    drawn = draw(
        [(one, 0, "A", ""), (two, 1, "B", "/b/"), (three, 1, "C", "")],
        [(one, two), (one, three), (two, three)],
    )
    places = {(box.x, box.y) for box in drawn.boxes}
    assert len(places) == 3 and len(drawn.lines) == 3
    assert all(
        box.x + drawn.box_width <= drawn.width and box.y + drawn.box_height <= drawn.height
        for box in drawn.boxes
    )
