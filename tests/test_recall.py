"""Tracing against the truth of a simulated epidemic: who infected whom, not who was seen where."""

from __future__ import annotations

import pytest
from bench.recall import imagine, measure, populate

PEOPLE, SEED = 500, 56


@pytest.mark.django_db
def test_f1_hold_nearly_all_whom_the_cases_infected_even_with_a_fifth_of_the_visits_missing() -> None:
    world = imagine(PEOPLE, SEED)
    populate(world)
    whole, part = measure(world, seen=1.0), measure(world, seen=0.8)
    assert whole.cases >= 20 and whole.pairs >= 20
    assert whole.recall >= 0.9 and part.recall >= 0.8
    assert part.recall <= whole.recall
    assert whole.by_layer["household"] >= 0.95
    assert whole.precision > 0.005
    assert whole.rank < 0.35, "those who were infected stand in the upper third of the list"
