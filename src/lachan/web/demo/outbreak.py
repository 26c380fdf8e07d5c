"""An SEIR epidemic from person to person over households, work and school, and markets; who infected whom is kept.

Natural history as in facts of SARS-CoV-2's Delta wave: incubation lognormal with a mean of about 4.4 days (Zhang et al.
2021), infectious from two days before onset to seven after. The chances per day and contact are set by hand so that
the demo has some generations and ends, when measures come, with a few per cent infected.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lachan.web.demo.geography import Commune
from lachan.web.demo.population import Flags, Ints, Population
from lachan.web.demo.sites import Site

NEVER = 10_000
HOME, JOB, MARKET, SEED = 0, 1, 2, 3
LAYERS = ("household", "work", "market", "seed")
BEFORE, AFTER = 2, 7  # days around onset in which someone is infectious
AT_HOME, AT_JOB, AT_MARKET = 0.07, 0.032, 0.022  # chance of infection per day and contact
COLLEAGUES, STRANGERS = 4.0, 3.0  # contacts a day
SILENT = 0.35  # never have symptoms


@dataclass(slots=True)
class Truth:
    """The ground truth. Days count from `start` (day 0); NEVER for who was not infected. `source` is -1 without one."""

    infected: Ints
    onset: Ints
    source: Ints
    layer: Ints
    silent: Flags
    days: int

    def sick(self, day: int) -> Flags:
        """Who has symptoms on a day."""
        return (self.onset <= day) & (day < self.onset + 10) & ~self.silent

    @property
    def ever(self) -> int:
        return int((self.infected < NEVER).sum())


def run(
    rng: np.random.Generator,
    people: Population,
    sites: list[Site],
    found: list[Commune],
    days: int,
    measures: int,
) -> Truth:
    """`days` days of an outbreak that begins with a few workers of one market; from day `measures` on contacts halve."""
    total = len(people)
    truth = Truth(
        np.full(total, NEVER), np.full(total, NEVER), np.full(total, -1), np.full(total, -1),
        rng.random(total) < SILENT, days,
    )  # fmt: skip
    market = markets_of(rng, people, sites, found)
    groups = [_Groups(people.household), _Groups(people.job), _Groups(market)]
    _infect(rng, truth, _first(rng, people, sites), np.array([-1]), 0, SEED)
    for day in range(days):
        factor = 1.0 if day < measures else 0.45
        infectious = np.flatnonzero((truth.onset - BEFORE <= day) & (day < truth.onset + AFTER))
        if len(infectious):
            _day(rng, truth, groups, infectious, day, factor)
    return truth


class _Groups:
    """Members of each group, sorted, so that a random member is two look-ups."""

    def __init__(self, of: Ints) -> None:
        self.of = of
        self.order = np.argsort(of, kind="stable")
        self.starts = np.searchsorted(of[self.order], np.arange(int(of.max(initial=-1)) + 2))

    def contacts(self, rng: np.random.Generator, who: Ints, mean: float | None) -> tuple[Ints, Ints]:
        """Pairs (who, met): everyone of the group for a household, a Poisson number of random members otherwise."""
        who = who[self.of[who] >= 0]
        low, high = self.starts[self.of[who]], self.starts[self.of[who] + 1]
        count = high - low if mean is None else np.minimum(rng.poisson(mean, len(who)), high - low)
        source = np.repeat(who, count)
        if mean is None:
            offset = np.arange(len(source)) - np.repeat(np.cumsum(count) - count, count)
            return source, self.order[np.repeat(low, count) + offset]
        picks = np.repeat(low, count) + (rng.random(len(source)) * np.repeat(high - low, count)).astype(
            np.int64
        )
        return source, self.order[picks]


def markets_of(rng: np.random.Generator, people: Population, sites: list[Site], found: list[Commune]) -> Ints:
    """The market where each household buys: one of its district, or none."""
    markets = np.array([at for at, one in enumerate(sites) if one.kind == "market"])
    chosen = np.full(int(people.household.max()) + 1, -1)
    first = people.home[np.searchsorted(people.household, np.arange(len(chosen)))]
    district = np.array([one.district for one in found])
    for name in np.unique(district):
        local = markets[[district[sites[at].commune] == name for at in markets]] if len(markets) else markets
        here = district[first] == name
        if len(local):
            chosen[here] = rng.choice(local, size=int(here.sum()))
    return chosen[people.household]


def _first(rng: np.random.Generator, people: Population, sites: list[Site]) -> Ints:
    """Three who work in the market with most workers; anyone where there is none."""
    jobs = np.bincount(people.job[people.job >= 0], minlength=len(sites))
    markets = [at for at, one in enumerate(sites) if one.kind == "market" and jobs[at] > 2]
    pool = (
        np.flatnonzero(people.job == max(markets, key=lambda at: jobs[at]))
        if markets
        else np.arange(len(people))
    )
    return rng.choice(pool, size=min(3, len(pool)), replace=False)


def _day(
    rng: np.random.Generator, truth: Truth, groups: list[_Groups], infectious: Ints, day: int, factor: float
) -> None:
    plans = (
        (HOME, AT_HOME, None),
        (JOB, AT_JOB * factor, COLLEAGUES),
        (MARKET, AT_MARKET * factor, STRANGERS),
    )
    for layer, chance, mean in plans:
        source, met = groups[layer].contacts(rng, infectious, mean)
        weaker = np.where(truth.silent[source], 0.5, 1.0)
        caught = (rng.random(len(met)) < chance * weaker) & (truth.infected[met] == NEVER)
        fresh, at = np.unique(met[caught], return_index=True)
        _infect(rng, truth, fresh, source[caught][at], day, layer)


def _infect(rng: np.random.Generator, truth: Truth, who: Ints, by: Ints, day: int, layer: int) -> None:
    incubation = np.clip(rng.lognormal(1.38, 0.45, len(who)), 1, 14).astype(np.int64)
    truth.infected[who], truth.onset[who] = day, day + incubation
    truth.source[who], truth.layer[who] = by, layer


def save(truth: Truth, aliases: NDArray[np.bytes_], path: Path, **about: str) -> None:
    """Write the truth beside the demo. `aliases`: the 16-byte pseudonym of each person as her rows bear it, else empty."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    arrays: dict[str, NDArray[Any]] = {
        "infected": truth.infected,
        "onset": truth.onset,
        "source": truth.source,
        "layer": truth.layer,
        "silent": truth.silent,
        "alias": aliases,
        "layers": np.array(LAYERS),
    }
    with path.open("wb") as file:
        path.chmod(0o600)
        np.savez_compressed(file, **arrays, **{name: np.array(text) for name, text in about.items()})  # type: ignore[arg-type]
