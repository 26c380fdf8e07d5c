"""`lachan bench recall`: how many of those whom each case infected its tracing finds (recall), and how many of those found were
infected by it (precision), against the simulated transmission, not against the visits; also with visits missing.

A population lives through the demo's epidemic. What doors note of it is drawn afterwards: people go to work and to the
market; wherever the epidemic says that two met, both were there. `seen` of these visits is recorded. The infected who are
tested become cases, and each is traced by the product's own services. JSON on the last line.
"""

from __future__ import annotations

import argparse
import copy
import json
import sys
import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

NOW = datetime(2021, 7, 22, 1, 30, tzinfo=UTC)
DAYS = 35
TESTED, TESTED_SILENT = 0.85, 0.35
WORKS, SHOPS = 0.8, 0.25  # on a day
TEST_AFTER = 2  # days from onset to the sample
MISSING = 0.2


def main(argv: Sequence[str] = ()) -> None:
    parser = argparse.ArgumentParser(prog="lachan bench recall")
    parser.add_argument("--people", type=int, default=4000)
    parser.add_argument("--seed", type=int, default=56)
    options = parser.parse_args(list(argv))
    from bench.ground import Installation

    with tempfile.TemporaryDirectory() as folder:
        ground = Installation(Path(folder))
        ground.python(_MIGRATE)
        found = ground.python(_RUN.format(people=options.people, seed=options.seed))
    print(found.strip().splitlines()[-1], flush=True)


_MIGRATE = """
from lachan.web.cli.run import make_keys_first
make_keys_first()
from django.core.management import call_command
call_command("migrate", run_syncdb=True, interactive=False, verbosity=0)
"""
_RUN = """
from lachan.web.cli import setup
setup()
from bench.recall import report
report({people}, {seed})
"""


def report(people: int, seed: int) -> dict[str, Any]:
    """With all visits noted, then with a fifth of them missing. Prints JSON."""
    world = imagine(people, seed)
    populate(world)
    whole = measure(world, seen=1.0)
    part = measure(world, seen=1.0 - MISSING)
    result = {
        "people": len(world.people), "infected": world.truth.ever, "cases": whole.cases, "transmissions": whole.pairs,
        "recall": whole.recall, "precision": whole.precision, "by_layer": whole.by_layer, "f1_a_case": whole.f1_a_case,
        "rank": whole.rank, "recall_20_missing": part.recall, "precision_20_missing": part.precision,
        "by_layer_20_missing": part.by_layer,
    }  # fmt: skip
    print(json.dumps(result), file=sys.stdout)
    return result


@dataclass(frozen=True, slots=True)
class World:
    """`market`: index of the place where each person buys, -1 for nowhere. `alias`, `place`: rows of the database."""

    people: Any
    sites: list[Any]
    found: list[Any]
    truth: Any
    market: Any
    rng: Any
    alias: list[UUID]
    place: list[UUID]

    def day(self, number: int) -> date:
        return NOW.date() - timedelta(days=DAYS - 1 - number)


@dataclass(frozen=True, slots=True)
class Found:
    """`recall`: of those whom a traced case infected inside its window's epidemic, the share found as its F1. `rank`: where
    in the list they stand on average, 0 at the top and 1 at the end."""

    cases: int
    pairs: int
    recall: float
    precision: float
    by_layer: dict[str, float]
    f1_a_case: float
    rank: float


def imagine(people: int, seed: int) -> World:
    """The people, their places and the epidemic."""
    import numpy as np

    from lachan.kernel.ids import uuid7
    from lachan.web.demo import outbreak, population, sites
    from lachan.web.demo.geography import Commune

    rng = np.random.default_rng(seed)
    found = [
        Commune("56/568/22327/", "Vĩnh Hòa", "Phường Vĩnh Hòa", 3.0, 12.2, 109.2),
        Commune("56/568/22330/", "Vĩnh Hải", "Phường Vĩnh Hải", 2.0, 12.2, 109.2),
        Commune("56/572/22603/", "Ninh Ích", "Xã Ninh Ích", 1.0, 12.4, 109.1),
    ]
    everyone = population.make(rng, people, found, NOW.date())
    made = sites.make(rng, max(30, people // 40), found)
    sites.employ(rng, everyone, made, found)
    ahead = copy.deepcopy(rng)  # what the epidemic will draw first: who has no symptoms, then who buys where
    ahead.random(len(everyone))
    market = outbreak.markets_of(ahead, everyone, made, found)
    truth = outbreak.run(rng, everyone, made, found, DAYS, measures=DAYS // 2)
    aliases = [uuid7() for _ in range(len(everyone))]
    return World(everyone, made, found, truth, market, rng, aliases, [uuid7() for _ in made])


def populate(world: World) -> None:
    """People with their pseudonyms, households, places."""
    from lachan.registry.households.models import Hamlet, Household, Member
    from lachan.registry.people.models import Alias, Person
    from lachan.registry.places.models import Place

    people, found = world.people, world.found
    rows = [
        Person(name="Người", folded="nguoi", residence=found[home].path, created_at=NOW, updated_at=NOW)
        for home in people.home.tolist()
    ]
    Person.objects.bulk_create(rows, batch_size=500)
    Alias.objects.bulk_create(
        [Alias(alias=alias, person=row, since=NOW) for alias, row in zip(world.alias, rows, strict=True)],
        batch_size=500,
    )
    hamlets = [Hamlet.objects.create(unit=one.path, name="Một", folded="mot") for one in found]
    first = {household: at for at, household in reversed(list(enumerate(people.household.tolist())))}
    houses = {
        number: Household(
            unit=found[people.home[at]].path, hamlet=hamlets[people.home[at]], number=number + 1, head="Chủ hộ", folded="chu ho"
        )
        for number, at in first.items()
    }  # fmt: skip
    Household.objects.bulk_create(houses.values(), batch_size=500)
    Member.objects.bulk_create(
        [
            Member(household=houses[household], person=row.pk, alias=alias, since=date(2020, 1, 1))
            for household, row, alias in zip(people.household.tolist(), rows, world.alias, strict=True)
        ],
        batch_size=500,
    )
    Place.objects.bulk_create(
        [
            Place(id=id, code=f"R{at:07}", kind=one.kind, name=one.name, folded="x", unit=found[one.commune].path,
                  seed=bytes(16), created_at=NOW)
            for at, (id, one) in enumerate(zip(world.place, world.sites, strict=True))
        ],
        batch_size=500,
    )  # fmt: skip


def measure(world: World, seen: float) -> Found:
    """Note visits, open the cases, trace them, and compare. Leaves nothing behind."""
    from django.db import transaction

    with transaction.atomic():
        _note_visits(world, seen)
        found = _compare(world, _open(world))
        transaction.set_rollback(True)
    return found


def _note_visits(world: World, seen: float) -> None:
    """The visits of the last three weeks that a door, a phone or a book noted."""
    import numpy as np

    from lachan.gate.checkpoints.models import Visit

    rng = np.random.default_rng(7)
    rows = []
    for person, site, begin, end in _life(world, rng):
        if rng.random() < seen:
            rows.append(
                Visit(place=world.place[site], unit="56/568/", alias=world.alias[person], source="scan", in_at=begin,
                      out_at=end, recorded_at=end, changed_at=end)
            )  # fmt: skip
    Visit.objects.bulk_create(rows, batch_size=500)


def _life(world: World, rng: Any) -> Iterator[tuple[int, int, datetime, datetime]]:
    """(person, place, from, to) of each day: work, shopping, and each meeting at which the epidemic passed on."""
    import numpy as np

    people, truth = world.people, world.truth
    for day in range(DAYS - 22, DAYS):
        sick = truth.sick(day)
        at_work = (people.job >= 0) & ~sick & (rng.random(len(people)) < WORKS)
        shopping = (world.market >= 0) & (people.age >= 14) & ~sick & (rng.random(len(people)) < SHOPS)
        for layer, place in ((1, people.job), (2, world.market)):
            met = np.flatnonzero((truth.infected == day) & (truth.layer == layer) & (truth.source >= 0))
            (at_work if layer == 1 else shopping)[met] = False
            for target in met.tolist():
                site, begin = int(place[target]), _hour(world, day, rng.uniform(7.0, 16.0))
                long = timedelta(minutes=float(rng.uniform(20, 240 if layer == 1 else 60)))
                yield target, site, begin, begin + long
                yield int(truth.source[target]), site, begin - timedelta(minutes=10), begin + long
        for person in np.flatnonzero(at_work).tolist():
            begin = _hour(world, day, rng.normal(7.5, 0.5))
            yield person, int(people.job[person]), begin, begin + timedelta(hours=float(rng.normal(8, 1)))
        for person in np.flatnonzero(shopping).tolist():
            begin = _hour(world, day, rng.uniform(5.5, 18.0))
            yield (
                person,
                int(world.market[person]),
                begin,
                begin + timedelta(minutes=float(rng.uniform(15, 60))),
            )


def _hour(world: World, day: int, hour: float) -> datetime:
    from lachan.kernel.clock import VN
    from lachan.kernel.diseases import moment_of

    return moment_of(world.day(day), True, VN) + timedelta(hours=float(hour))


def _open(world: World) -> dict[int, Any]:
    """person → case, of the infected who are tested before today."""
    import numpy as np

    from lachan.outbreak.cases.models import Case
    from lachan.registry.people.models import Alias

    truth, rng = world.truth, np.random.default_rng(11)
    tested = rng.random(len(world.people)) < np.where(truth.silent, TESTED_SILENT, TESTED)
    people = np.flatnonzero(tested & (truth.onset + TEST_AFTER < DAYS) & (truth.onset >= DAYS - 20)).tolist()
    known = dict(
        Alias.objects.filter(alias__in=[world.alias[at] for at in people]).values_list("alias", "person")
    )
    rows = {}
    for at in people:
        sampled = world.day(int(truth.onset[at]) + TEST_AFTER)
        rows[at] = Case(
            disease="covid19", code=f"KH-{at:08}", person=known[world.alias[at]], alias=world.alias[at], name="Người",
            folded="nguoi", unit=world.found[world.people.home[at]].path, reported_by="56/568/", reported_on=sampled,
            classification="confirmed", onset=None if truth.silent[at] else world.day(int(truth.onset[at])),
            sampled_on=sampled, confirmed_on=sampled, made_at=NOW, updated_at=NOW,
        )  # fmt: skip
    Case.objects.bulk_create(rows.values(), batch_size=500)
    return rows


def _compare(world: World, cases: dict[int, Any]) -> Found:
    from lachan.outbreak.tracing import services
    from lachan.outbreak.tracing.selectors.ranked import ranked
    from lachan.web.demo.outbreak import LAYERS

    truth = world.truth
    hits: dict[int, list[bool]] = {}
    ranks: list[float] = []
    listed = right = pairs = 0
    for source, case in cases.items():
        services.trace(case, now=NOW)
        order = {row.alias: at for at, row in enumerate(ranked(case, NOW))}
        infected = _infected_by(truth, source)
        listed += len(order)
        for target in infected:
            pairs += 1
            place = order.get(world.alias[target])
            hits.setdefault(int(truth.layer[target]), []).append(place is not None)
            if place is not None:
                right += 1
                ranks.append(place / len(order))
    return Found(
        cases=len(cases),
        pairs=pairs,
        recall=_share(right, pairs),
        precision=_share(right, listed),
        by_layer={LAYERS[layer]: _share(sum(each), len(each)) for layer, each in sorted(hits.items())},
        f1_a_case=round(listed / max(1, len(cases)), 1),
        rank=round(sum(ranks) / len(ranks), 3) if ranks else 1.0,
    )


def _infected_by(truth: Any, source: int) -> list[int]:
    import numpy as np

    return np.flatnonzero((truth.source == source) & (truth.infected < DAYS)).tolist()


def _share(part: int, whole: int) -> float:
    return round(part / whole, 3) if whole else 0.0
