"""The simulated people as the registry knows them: an identity, a pseudonym, a household."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import numpy as np
from numpy.typing import NDArray

from lachan.kernel.clock import local_day
from lachan.kernel.phones import parse_phone
from lachan.outbreak.cases.identity import alias_of
from lachan.registry.accounts.models import User
from lachan.registry.households import services as households
from lachan.registry.households.models import Hamlet
from lachan.registry.people.models import Alias, Person
from lachan.registry.people.services.link import Identity, Sighting, link_many
from lachan.web.demo.geography import Commune
from lachan.web.demo.population import Population

SINCE = timedelta(days=900)
"""The census of households is older than the outbreak."""


class Folk:
    """Who is who. `aliases`: 16 bytes of whoever declared, zeros for the rest."""

    def __init__(self, people: Population, found: list[Commune], aliases: NDArray[np.bytes_]) -> None:
        self.people = people
        self.found = found
        self._aliases = aliases
        self._persons: dict[int, tuple[Person, UUID]] = {}

    def unit(self, who: int) -> str:
        """The commune where somebody lives in the province."""
        return self.found[int(self.people.home[who])].path

    def identity(self, who: int) -> Identity:
        """What the papers say."""
        people, number = self.people, self.people.national_id[who]
        kinds = [("cccd" if len(number) == 12 else "cmnd", number)] if number else []
        kinds += [("insurance", people.insurance[who])] if people.insurance[who] else []
        kinds += [("phone", parse_phone(people.phone[who]))] if people.phone[who] else []
        return Identity(
            people.name[who],
            people.birth[who],
            "m" if people.male[who] else "f",
            "VN",
            self.unit(who),
            people.address[who],
            tuple(kinds),
        )

    def known(self, who: Iterable[int], now: datetime) -> dict[int, tuple[Person, UUID]]:
        """The person's record and a pseudonym of hers, each found or made."""
        wanted = sorted(set(who) - self._persons.keys())
        sightings = []
        for one in wanted:
            identity, bare = self.identity(one), bytes(self._aliases[one]).ljust(16, b"\0")
            alias = UUID(bytes=bare) if any(bare) else alias_of(identity)
            sightings.append(Sighting(identity, alias))
        for one, sighting, person in zip(wanted, sightings, link_many(sightings, now=now), strict=True):
            self._persons[one] = (person, self._borne(person, sighting.alias))
        return {one: self._persons[one] for one in who}

    def _borne(self, person: Person, alias: UUID) -> UUID:
        """A weak alias may have been narrowed: one that leads to the record."""
        mine = list(Alias.objects.filter(person=person).order_by("since").values_list("alias", flat=True))
        return alias if alias in mine or not mine else mine[0]

    def settle(self, who: NDArray[np.int64], by: User, now: datetime) -> int:
        """Enter the households of these people, with everybody in them, hamlet by hamlet; how many."""
        chosen = np.unique(self.people.household[who])
        members = np.flatnonzero(np.isin(self.people.household, chosen))
        records = self.known(members.tolist(), now)
        made = 0
        for number in chosen.tolist():
            inside = members[self.people.household[members] == number].tolist()
            hamlet = households.ensure_hamlet(
                self.unit(inside[0]), f"Tổ dân phố {1 + number % 3}", by=by, now=now
            )
            head = records[inside[0]][0]
            house = households.ensure_household(
                hamlet, None, head.name, address=self.people.address[inside[0]], by=by, now=now
            )
            for one in inside:
                person, alias = records[one]
                fertile = not self.people.male[one] and 18 <= self.people.age[one] <= 42
                households.move_in(
                    house,
                    person=person.pk,
                    alias=alias,
                    since=local_day(now - SINCE),
                    chronic=bool(self.people.chronic[one]),
                    pregnant=bool(fertile and one % 11 == 0),
                    by=by,
                    now=now,
                )
            made += 1
        return made

    def living_in(self, unit: str) -> NDArray[np.int64]:
        """Who has a home in a commune."""
        at = [index for index, commune in enumerate(self.found) if commune.path == unit]
        return np.flatnonzero(np.isin(self.people.home, at))

    def send_round(self, unit: str, goer: User, by: User, now: datetime) -> None:
        """Part a commune's hamlets into teams; an account goes with the largest."""
        teams = []
        for hamlet in Hamlet.objects.filter(unit=unit).order_by("folded"):
            teams += households.split_into_teams(hamlet, by=by, now=now)
        if teams:
            households.bind(max(teams, key=lambda team: team.last - team.first), goer.pk, by=by, now=now)
