"""The made-up people hang together, and the seed alone decides who they are."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from lachan.kernel.identifiers import parse_cccd, parse_national_id
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import clean_name
from lachan.web.demo import outbreak, population, sites
from lachan.web.demo.geography import Commune
from lachan.web.demo.outbreak import HOME, JOB, NEVER, SEED
from lachan.web.demo.population import Population

TODAY = date(2021, 7, 22)
FOUND = [
    Commune("56/568/22327/", "Vĩnh Hòa", "Phường Vĩnh Hòa", 3.0, 12.2, 109.2),
    Commune("56/568/22330/", "Vĩnh Hải", "Phường Vĩnh Hải", 2.0, 12.2, 109.2),
    Commune("56/572/22603/", "Ninh Ích", "Xã Ninh Ích", 1.0, 12.4, 109.1),
]


@pytest.fixture(scope="module")
def people() -> Population:
    return population.make(np.random.default_rng(7), 2000, FOUND, TODAY)


def test_a_citizen_id_says_the_same_as_its_holder(people: Population) -> None:
    twelve = [at for at, number in enumerate(people.national_id) if len(number) == 12]
    assert len(twelve) > 1000
    for at in twelve:
        card = parse_cccd(people.national_id[at])
        assert (card.sex == "male") == people.male[at]
        assert card.birth_year == int(people.birth[at][:4])


def test_every_number_and_name_is_one_that_the_forms_take(people: Population) -> None:
    for number in filter(None, people.national_id):
        parse_national_id(number)
    assert all(parse_phone(phone).startswith("+84") for phone in people.phone)
    assert all(clean_name(name) == name for name in people.name)


def test_numbers_are_not_shared(people: Population) -> None:
    given = [number for number in people.national_id if number]
    assert len(set(given)) == len(given)
    cards = [number for number in people.insurance if number]
    assert len(set(cards)) == len(cards)


def test_ages_agree_with_births(people: Population) -> None:
    for age, birth in zip(people.age.tolist(), people.birth, strict=True):
        assert 0 <= TODAY.year - int(birth[:4]) - age <= 2


def test_surnames_are_spread_as_in_life(people: Population) -> None:
    share = sum(name.startswith("Nguyễn ") for name in people.name) / len(people)
    assert 0.3 < share < 0.45


def test_a_household_has_one_home(people: Population) -> None:
    homes: dict[int, set[int]] = {}
    for household, home in zip(people.household.tolist(), people.home.tolist(), strict=True):
        homes.setdefault(household, set()).add(home)
    assert all(len(of_one) == 1 for of_one in homes.values())


def test_the_seed_decides() -> None:
    first, again, other = (
        population.make(np.random.default_rng(seed), 300, FOUND, TODAY) for seed in (1, 1, 2)
    )
    assert (first.name, first.national_id, first.phone) == (again.name, again.national_id, again.phone)
    assert first.name != other.name


def _epidemic(people: Population) -> outbreak.Truth:
    rng = np.random.default_rng(3)
    made = sites.make(rng, 40, FOUND)
    sites.employ(rng, people, made, FOUND)
    return outbreak.run(rng, people, made, FOUND, 35, measures=25)


def test_every_infection_has_its_source_before_it_and_where_they_met(people: Population) -> None:
    truth = _epidemic(people)
    infected = np.flatnonzero(truth.infected < NEVER)
    assert len(infected) > 20
    for at in infected.tolist():
        by = int(truth.source[at])
        assert truth.infected[at] < truth.onset[at]
        if truth.layer[at] == SEED:
            assert by == -1
            continue
        since = truth.onset[by] - outbreak.BEFORE
        assert since <= truth.infected[at] < truth.onset[by] + outbreak.AFTER
        if truth.layer[at] == HOME:
            assert people.household[at] == people.household[by]
        if truth.layer[at] == JOB:
            assert people.job[at] == people.job[by] >= 0


def test_the_silent_are_never_sick(people: Population) -> None:
    truth = _epidemic(people)
    assert not (truth.sick(30) & truth.silent).any()
