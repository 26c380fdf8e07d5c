"""F-levels against a reference that walks every path, and what must make them change."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.outbreak.tracing.levels import Edge, Level, Window, levels

START = datetime(2021, 7, 1, tzinfo=UTC)


def at(hour: int) -> datetime:
    return START + timedelta(hours=hour)


def edge(source: str, target: str, first: int, last: int, *, confirmed: bool = True) -> Edge[str]:
    return Edge(source, target, at(first), at(last), confirmed)


def window(first: int = 0, last: int = 100) -> Window:
    return Window(at(first), at(last))


NODES = st.sampled_from("ABCDEFG")
EDGES = st.lists(
    st.builds(
        lambda source, target, first, length, confirmed: edge(
            source, target, first, first + length, confirmed=confirmed
        ),
        NODES, NODES, st.integers(0, 12), st.integers(1, 5), st.booleans(),
    ),
    max_size=16,
)  # fmt: skip
CASES = st.dictionaries(
    NODES, st.builds(lambda first, length: window(first, first + length), st.integers(0, 8), st.integers(1, 8)),
    max_size=3,
)  # fmt: skip


def walks(
    cases: dict[str, Window], edges: list[Edge[str]], depth: int
) -> Iterator[tuple[list[str], datetime, datetime]]:
    """Every walk that counts: its nodes, when its end was reached, and when its last edge ended."""

    def onward(path: list[str], moment: datetime) -> Iterator[tuple[list[str], datetime, datetime]]:
        if len(path) > depth:
            return
        for one in edges:
            if not one.confirmed or one.source != path[-1] or one.target in cases or one.source == one.target:
                continue
            first, last = max(one.from_at, moment), one.to_at
            if len(path) == 1:
                last = min(last, cases[path[0]].until)
            if first < last:
                yield [*path, one.target], first, last
                yield from onward([*path, one.target], first)

    for case, its in cases.items():
        yield from onward([case], its.since)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CASES, EDGES, st.integers(1, 3))
def test_levels_are_the_shortest_walks_of_the_graph(
    cases: dict[str, Window], edges: list[Edge[str]], depth: int
) -> None:
    all_walks = list(walks(cases, edges, depth))
    least: dict[str, int] = dict.fromkeys(cases, 0)
    for path, _, _ in all_walks:
        least[path[-1]] = min(least.get(path[-1], depth + 1), len(path) - 1)
    found = levels(cases, edges, depth)
    assert {node: one.level for node, one in found.items()} == least
    for node, one in found.items():
        ending = [walk for walk in all_walks if walk[0][-1] == node and len(walk[0]) - 1 == one.level]
        assert one.path[0] in cases and one.path[-1] == node and len(one.path) == one.level + 1
        if one.level:
            assert list(one.path) in [path for path, _, _ in ending]
            assert one.first == min(first for _, first, _ in ending)
            assert one.last == max(last for _, _, last in ending)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CASES, EDGES, st.sampled_from("ABCDEFG"), st.sampled_from("ABCDEFG"))
def test_two_aliases_that_turn_out_one_person_lose_no_contact(
    cases: dict[str, Window], edges: list[Edge[str]], kept: str, absorbed: str
) -> None:
    """After a merge nobody who had a level by edges of the two is without one, and nobody's level gets worse."""

    def root(node: str) -> str:
        return kept if node == absorbed else node

    before = levels(cases, edges)
    joined = {root(node): its for node, its in cases.items()}
    if kept in cases and absorbed in cases:
        joined[kept] = Window(
            min(cases[kept].since, cases[absorbed].since), max(cases[kept].until, cases[absorbed].until)
        )
    after = levels(joined, [replace(one, source=root(one.source), target=root(one.target)) for one in edges])
    if {kept, absorbed} & cases.keys():
        # Whoever becomes a case passes no longer what was caught before the window: only those of the case itself count.
        direct = {node for node, one in before.items() if one.level <= 1}
        assert {root(node) for node in direct} <= after.keys()
        return
    for node, one in before.items():
        assert after[root(node)].level <= one.level


def test_a_positive_result_lifts_everybody_behind_by_one() -> None:
    chain = [edge("A", "B", 1, 2), edge("B", "C", 3, 4), edge("C", "D", 5, 6), edge("D", "E", 7, 8)]
    before = levels({"A": window()}, chain)
    assert {node: one.level for node, one in before.items()} == {"A": 0, "B": 1, "C": 2, "D": 3}
    after = levels({"A": window(), "B": window()}, chain)
    assert {node: one.level for node, one in after.items()} == {"A": 0, "B": 0, "C": 1, "D": 2, "E": 3}
    assert after["E"].path == ("B", "C", "D", "E")


def test_a_case_that_is_ruled_out_leaves_nobody_behind_it() -> None:
    assert levels({}, [edge("A", "B", 1, 2)]) == {}


def test_a_dismissed_edge_doesnt_count() -> None:
    assert "B" not in levels({"A": window()}, [edge("A", "B", 1, 2, confirmed=False)])
    both = [edge("A", "B", 1, 2, confirmed=False), edge("A", "B", 5, 6)]
    assert levels({"A": window()}, both)["B"] == Level(1, ("A", "B"), at(5), at(6))


def test_who_was_met_before_the_exposure_is_no_contact() -> None:
    assert "C" not in levels({"A": window()}, [edge("A", "B", 5, 6), edge("B", "C", 1, 5)])
    assert levels({"A": window()}, [edge("A", "B", 5, 6), edge("B", "C", 1, 7)])["C"].first == at(5)


def test_outside_the_window_nobody_is_infected() -> None:
    assert levels({"A": window(10, 20)}, [edge("A", "B", 1, 10), edge("A", "C", 20, 22)]).keys() == {"A"}
    assert levels({"A": window(10, 20)}, [edge("A", "B", 1, 30)])["B"] == Level(1, ("A", "B"), at(10), at(20))


def test_a_longer_way_that_came_earlier_still_carries_on() -> None:
    """B is F1 late and F2 early; what it passed on in between is F3, not nothing."""
    met = [edge("A", "X", 1, 2), edge("X", "B", 3, 4), edge("A", "B", 20, 21), edge("B", "C", 6, 7)]
    found = levels({"A": window()}, met)
    assert found["B"].level == 1 and found["B"].first == at(20)
    assert found["C"].level == 3 and found["C"].path == ("A", "X", "B", "C")


def test_of_two_cases_the_nearer_one_gives_the_level() -> None:
    met = [edge("A", "B", 1, 2), edge("B", "D", 3, 4), edge("C", "D", 5, 6)]
    assert levels({"A": window(), "C": window()}, met)["D"].path == ("C", "D")


def test_cases_that_infect_each_other_stay_cases() -> None:
    found = levels({"A": window(), "B": window()}, [edge("A", "B", 1, 2), edge("B", "A", 1, 2)])
    assert {node: one.level for node, one in found.items()} == {"A": 0, "B": 0}


def test_who_was_ill_twice_infects_within_either_window_only() -> None:
    met = [edge("A", "B", 1, 2), edge("A", "C", 30, 31), edge("A", "D", 60, 61)]
    assert levels({"A": [window(0, 10), window(50, 70)]}, met).keys() == {"A", "B", "D"}


APART = st.dictionaries(
    NODES,
    st.lists(st.builds(lambda first, length: window(first, first + length), st.integers(0, 14), st.integers(1, 8)), max_size=3),
)  # fmt: skip
HOMES = st.sets(st.tuples(NODES, NODES), max_size=4)


@settings(suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(CASES, EDGES, APART, HOMES)
def test_who_is_kept_apart_infects_nobody_meanwhile_but_those_at_home(
    cases: dict[str, Window],
    edges: list[Edge[str]],
    apart: dict[str, list[Window]],
    homes: set[tuple[str, str]],
) -> None:
    """As if each edge were one for each of its hours, and those in which its source was apart weren't there."""
    edges = [replace(one, together=(one.source, one.target) in homes) for one in edges]
    hours = [
        replace(one, from_at=hour, to_at=hour + timedelta(hours=1))
        for one in edges
        for hour in (
            one.from_at + timedelta(hours=n) for n in range((one.to_at - one.from_at) // timedelta(hours=1))
        )
        if one.together
        or one.source in cases
        or not any(its.since <= hour < its.until for its in apart.get(one.source, ()))
    ]
    wanted = {node: (one.level, one.first, one.last) for node, one in levels(cases, hours).items()}
    found = levels(cases, edges, apart=apart)
    assert {node: (one.level, one.first, one.last) for node, one in found.items()} == wanted


def test_the_window_of_f2_ends_when_the_f1_was_isolated() -> None:
    met = [edge("A", "B", 1, 2), edge("B", "C", 3, 9), edge("B", "D", 6, 9), edge("B", "E", 30, 31)]
    found = levels({"A": window()}, met, apart={"B": [window(5, 20)]})
    assert found["C"] == Level(2, ("A", "B", "C"), at(3), at(5)) and "D" not in found
    assert found["E"].level == 2  # free again, and met somebody
    home = [replace(one, together=True) for one in met]
    assert levels({"A": window()}, home, apart={"B": [window(5, 20)]})["D"].level == 2
