"""Who goes where on a day, and declares there."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from lachan.web.demo.geography import Commune
from lachan.web.demo.population import Flags, Ints, Population
from lachan.web.demo.sites import Site

NOWHERE = -1
REASONS = ("work", "errand", "checkpoint", "facility", "transport", "home")
SHARES = (0.34, 0.30, 0.17, 0.10, 0.04, 0.05)
ERRANDS = ("market", "shop", "office", "worship", "lodging")
PEAKS = {"work": 7.4, "errand": 9.5, "checkpoint": 13.0, "facility": 9.0, "transport": 14.0, "home": 19.0}
SPREAD = {"work": 0.8, "errand": 3.0, "checkpoint": 4.5, "facility": 2.2, "transport": 4.0, "home": 2.0}


@dataclass(frozen=True, slots=True)
class Visits:
    """One element a declaration. `site` is NOWHERE for one without a place; `minute` counts from midnight, rising."""

    person: Ints
    site: Ints
    minute: Ints


class Planner:
    """Draws a day's visits. `away`: who lives in another province."""

    def __init__(self, people: Population, sites: list[Site], found: list[Commune], away: Flags) -> None:
        self._people, self._away = people, away
        self._pull = np.array([0.0 if one.provisional else one.pull for one in sites])
        self._kinds = np.array([one.kind for one in sites])
        districts = np.array([one.district for one in found])
        self._district = districts[people.home]
        self._site_district = districts[[one.commune for one in sites]]
        self._grown = (people.age >= 16) & (people.age < 85)

    def day(self, rng: np.random.Generator, sick: Flags, count: int) -> Visits:
        """`count` visits; who is sick stays away from work and is drawn to facilities."""
        reasons = rng.choice(len(REASONS), size=count, p=SHARES)
        parts = [
            self._visits(rng, reason, sick, int((reasons == at).sum())) for at, reason in enumerate(REASONS)
        ]
        person, site, minute = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(minute, kind="stable")
        return Visits(person[order], site[order], minute[order])

    def _visits(
        self, rng: np.random.Generator, reason: str, sick: Flags, count: int
    ) -> tuple[Ints, Ints, Ints]:
        weight = self._weights(reason, sick)
        if not weight.any():
            return (np.empty(0, dtype=np.int64),) * 3
        person = rng.choice(len(weight), size=count, p=weight / weight.sum())
        hours = np.clip(rng.normal(PEAKS[reason], SPREAD[reason], count), 0.1, 23.8)
        return person, self._sites(rng, reason, person), (hours * 60).astype(np.int64)

    def _weights(self, reason: str, sick: Flags) -> np.ndarray:
        if reason == "work":
            return ((self._people.job >= 0) & ~sick & ~self._away) * 1.0
        if reason in ("checkpoint", "transport"):
            return self._grown * np.where(self._away, 14.0, 1.0) * np.where(sick, 0.3, 1.0)
        if reason == "facility":
            return np.where(sick, 25.0, 1.0) * np.where(self._people.chronic, 3.0, 1.0) * ~self._away
        return self._grown * np.where(sick, 0.4, 1.0) * ~self._away

    def _sites(self, rng: np.random.Generator, reason: str, person: Ints) -> Ints:
        if reason == "home":
            return np.full(len(person), NOWHERE)
        if reason == "work":
            return self._people.job[person]
        wanted = np.isin(self._kinds, ERRANDS) if reason == "errand" else self._kinds == reason
        return self._near(
            rng,
            np.flatnonzero(wanted & (self._pull > 0)),
            person,
            anywhere=reason in ("checkpoint", "transport"),
        )

    def _near(self, rng: np.random.Generator, pool: Ints, person: Ints, *, anywhere: bool) -> Ints:
        """One place of the pool in the person's district, by pull; one of all where there is none or it is far anyway."""
        chosen = np.full(len(person), NOWHERE)
        if not len(pool):
            return chosen
        homes = self._district[person]
        for name in np.unique(homes):
            here = homes == name
            local = pool if anywhere else pool[self._site_district[pool] == name]
            local = local if len(local) else pool
            pull = self._pull[local]
            chosen[here] = rng.choice(local, size=int(here.sum()), p=pull / pull.sum())
        return chosen
