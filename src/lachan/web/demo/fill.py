"""Filling an empty database with the demo: the people live through the outbreak day by day, and the officers with them.

One transaction, so that a fill that is stopped leaves nothing behind. Declarations are prepared and written as the
intake writes them, sealed and read by the worker's consumers, with the clock of their own day.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from itertools import cycle
from pathlib import Path
from time import monotonic
from typing import Any

import numpy as np
from django.conf import settings
from django.db import transaction
from numpy.typing import NDArray

from lachan.base import keys, period_keys
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.prepare import Prepared, Submission, World, prepare
from lachan.gate.declarations.prepare.load import load_world
from lachan.gate.declarations.services import world as levels
from lachan.kernel.clock import UTC, SystemClock, day_bounds, local_day, ms_at
from lachan.kernel.ids import uuid7
from lachan.registry.accounts.demo import VINH_HAI, create_demo_accounts
from lachan.registry.accounts.models import User
from lachan.registry.audit import consumers, sealing
from lachan.web.demo import gates, geography, outbreak, paperwork, places, population, response, rows, sites
from lachan.web.demo.answers import Speaker
from lachan.web.demo.desk import Desk
from lachan.web.demo.geography import Commune
from lachan.web.demo.outbreak import NEVER, Truth
from lachan.web.demo.population import Population
from lachan.web.demo.response.folk import Folk
from lachan.web.demo.sites import Site
from lachan.web.demo.visits import Planner

Say = Callable[[str], None]
SEED = 56
AT_ONCE = 20_000  # people; more are loaded in bulk, without the officers' days
BEFORE = 21  # days of the outbreak before the first declaration
FAR = ("79", "74", "75", "48", "54", "66")  # provinces that travellers come from
RISKY = (("79/", 3), ("74/", 3), ("48/", 2))  # levels of other provinces
DOCUMENT = "Quyết định số {number}/QĐ-BCĐ (dữ liệu mô phỏng)"
ROUNDS = (13, 24)  # hours of a day up to which the worker and the officers act
LATE = 0.05  # of declarations arrive hours after they were filled in


@dataclass(frozen=True, slots=True)
class Plan:
    """How much to make up. `days`: of declarations, up to now."""

    people: int = 3000
    places: int = 150
    declarations: int = 6000
    days: int = 14
    seed: int = SEED

    @classmethod
    def of(cls, people: int, seed: int = SEED, days: int = 14) -> Plan:
        """The usual proportions for a number of people."""
        return cls(people, max(20, min(6000, people // 20)), people * 2, days, seed)


@dataclass(slots=True)
class Outcome:
    """What a fill made."""

    people: int
    places: int
    declarations: int
    infected: int
    notes: int
    seconds: float


@dataclass(slots=True)
class Scene:
    """Everything made up before the first declaration."""

    plan: Plan
    now: datetime
    rng: np.random.Generator
    found: list[Commune]
    people: Population
    away: population.Flags
    sites: list[Site]
    truth: Truth


def truth_file() -> Path:
    return Path(settings.DATA) / "demo" / "truth.npz"


def present() -> bool:
    """Whether there is a demo, or anything else that a demo must not be mixed with."""
    return User.objects.exists() or Declaration.objects.exists()


def once(say: Say, *, plan: Plan | None = None, now: datetime | None = None) -> bool:
    """Make the demo unless there is one, or there is real data. True if it was made."""
    if present():
        return False
    plan, now = plan or Plan(), now or SystemClock().now()
    if plan.people > AT_ONCE:
        from lachan.web.demo.province import fill_province

        made = fill_province(plan, now, say)
    else:
        say("Making up a demo outbreak; this takes half a minute …")
        made = fill(plan, now, say)
    say(
        f"Demo: {made.people:,} people, {made.places:,} places, {made.declarations:,} declarations,"
        f" {made.infected:,} infected, {made.seconds:.0f} s."
    )
    return True


def fill(plan: Plan, now: datetime, say: Say) -> Outcome:
    """Fill the (empty) tables and write the truth file. Raises LookupError before the units are loaded."""
    started = monotonic()
    scene = imagine(plan, now)
    with transaction.atomic():
        begin = day_bounds(first_day(scene))[0] - timedelta(days=BEFORE)
        create_demo_accounts(begin)
        places.create(scene.rng, scene.sites, scene.found, admin(), begin + timedelta(days=1))
        create_demo_accounts(begin + timedelta(days=2))  # gives the owner his place
        lately = max(first_day(scene), local_day(now) - timedelta(days=7))
        set_levels(scene, day_bounds(lately)[0])
        story = Story(scene)
        notes = story.tell(say)
        story.desk.citizens_ask(_some_entries(), now)
        story.paper()
        officer = User.objects.get(username="huyen.nhatrang")
        gates.stand(scene.rng, load_world(now), now, officer, plan.people)
        done = response.respond(
            scene.rng,
            Folk(scene.people, scene.found, story.aliases),
            scene.truth,
            _outbreak_start(scene),
            now,
        )
        say(f"  {done.cases} cases, {done.exposures} exposures, {done.orders} isolation orders")
        for _ in range(3):  # what the consumers do leaves events too
            sealing.seal_all(now)
            consumers.run_consumers(now)
    save_truth(scene, story.aliases)
    return Outcome(
        len(scene.people), len(scene.sites), story.written, scene.truth.ever, notes, monotonic() - started
    )


def imagine(plan: Plan, now: datetime) -> Scene:
    """The people, their places and the outbreak, by the plan's seed and the day alone."""
    rng = np.random.default_rng(plan.seed)
    found = geography.communes(rng)
    people = population.make(rng, plan.people, found, local_day(now))
    made = places.with_own(sites.make(rng, plan.places - 1, found), found)
    sites.employ(rng, people, made, found)
    truth = outbreak.run(rng, people, made, found, BEFORE + plan.days, measures=BEFORE + plan.days // 3)
    away = population.send_away(rng, people, geography.outside(rng, FAR, 400))
    return Scene(plan, now, rng, found, people, away, made, truth)


def save_truth(scene: Scene, aliases: NDArray[np.bytes_]) -> None:
    """Who infected whom, beside the database."""
    start = _outbreak_start(scene).isoformat()
    outbreak.save(scene.truth, aliases, truth_file(), start=start, seed=str(scene.plan.seed))


def first_day(scene: Scene) -> Any:
    return local_day(scene.now) - timedelta(days=scene.plan.days - 1)


def _outbreak_start(scene: Scene) -> Any:
    return first_day(scene) - timedelta(days=BEFORE)


def admin() -> User:
    return User.objects.get(username="quantri")


def set_levels(scene: Scene, own_from: datetime) -> None:
    """Other provinces at risk from the beginning, and the two worst communes since `own_from`."""
    by, since = admin(), day_bounds(_outbreak_start(scene))[0]
    for number, (unit, level) in enumerate(RISKY, start=1):
        document = DOCUMENT.format(number=number)
        levels.set_level(unit, level, document, valid_from=since, by=by, now=since + timedelta(hours=8))
    cases = np.bincount(scene.people.home[scene.truth.infected < NEVER], minlength=len(scene.found))
    for number, at in enumerate(np.argsort(-cases, kind="stable")[:2].tolist(), start=10):
        unit, document = scene.found[at].path, DOCUMENT.format(number=number)
        levels.set_level(unit, 3, document, valid_from=own_from, by=by, now=own_from)


def _some_entries() -> list[Entry]:
    """Entries of some days ago whose citizens ask for something, one a commune."""
    rows = Entry.objects.filter(form="domestic", result=0).exclude(residence="").order_by("id")[:4000:160]
    return list({row.residence: row for row in rows}.values())[:8]


class Story:
    """The days, one after the other."""

    def __init__(self, scene: Scene) -> None:
        self.scene = scene
        self.rng = scene.rng
        self.desk = Desk(scene.rng)
        self.speaker = Speaker(
            scene.rng, scene.people, scene.truth, scene.sites, scene.found, _outbreak_start(scene)
        )
        self.planner = Planner(scene.people, scene.sites, scene.found, scene.away)
        self.aliases = np.zeros(len(scene.people), dtype="S16")
        self.officers = list(User.objects.filter(username__in=("chot.rotuong", "nhaplieu")).order_by("id"))
        self.written = 0

    def tell(self, say: Say) -> int:
        """Every day in its rounds. Returns how many notes the officers made."""
        plan, notes = self.scene.plan, 0
        for number in range(plan.days):
            day, begun = first_day(self.scene) + timedelta(days=number), monotonic()
            start = day_bounds(day)[0]
            made = list(self._declared(BEFORE + number, start))
            for upto in ROUNDS:
                until = min(start + timedelta(hours=upto), self.scene.now)
                made = self._write(made, until)
                self._worker(until)
                notes += self.desk.work(until)
            if plan.people > Plan().people or number % 5 == 4:
                rate = plan.declarations / plan.days / max(0.001, monotonic() - begun)
                say(f"  {day:%d/%m}: {self.written:,} declarations, {rate:,.0f}/s")
        return notes

    def paper(self) -> None:
        """Forms on paper, for people of the ward of the demo's data-entry account."""
        keyers = User.objects.in_bulk(["nhaplieu", "huyen.nhatrang"], field_name="username")
        at = next((at for at, one in enumerate(self.scene.found) if one.path == VINH_HAI), None)
        if at is None:
            return
        people, day = cycle(self._without_a_phone(at)), BEFORE + self.scene.plan.days - 4
        said = lambda: self.speaker.declaration(next(people), -1, day)[1]  # noqa: E731
        both = (keyers["nhaplieu"], keyers["huyen.nhatrang"])
        self.written += paperwork.keep(said, VINH_HAI, None, both, self.scene.now)

    def _without_a_phone(self, commune: int) -> list[int]:
        """The old of the commune; in a small demo whoever lives there, or else anybody. Never empty."""
        people = self.scene.people
        here, old = (people.home == commune) & ~self.scene.away, people.age > 50
        groups = (here & old, here, people.home >= 0)
        return next(np.flatnonzero(group).tolist() for group in groups if group.any())

    def _write(self, made: Sequence[Prepared], until: datetime) -> list[Prepared]:
        """Write what arrived until then; give back the rest."""
        now = [one for one in made if one.answer.recorded_at < until]
        rows.write(now)
        self.written += len(now)
        return list(made[len(now) :])

    def _worker(self, now: datetime) -> None:
        sealing.seal_all(now)
        consumers.run_consumers(now)

    def _declared(self, day: int, start: datetime) -> Iterator[Prepared]:
        plan, world = self.scene.plan, self._world(start)
        sick = self.scene.truth.sick(day)
        visits = self.planner.day(self.rng, sick, round(plan.declarations / plan.days))
        for person, site, minute in zip(
            visits.person.tolist(), visits.site.tolist(), visits.minute.tolist(), strict=True
        ):
            moment = start + timedelta(minutes=minute, milliseconds=int(self.rng.integers(0, 60_000)))
            if moment < self.scene.now:
                prepared = self._prepare(person, site, day, moment, world)
                self.aliases[person] = prepared.declaration[6].bytes
                yield prepared

    def _world(self, start: datetime) -> World:
        """As it stands on a day: with the data key of the day's month (in UTC) and of the next day's."""
        ends = (start, start + timedelta(days=1))
        periods = {keys.period_of(moment.astimezone(UTC)): moment for moment in ends}
        found = {period: period_keys.data_key(period, moment) for period, moment in periods.items()}
        return replace(load_world(start), data_keys=found)

    def _prepare(self, person: int, site: int, day: int, moment: datetime, world: World) -> Prepared:
        filled = moment
        if self.rng.random() < LATE:
            filled -= timedelta(minutes=int(self.rng.integers(30, 36 * 60)))
            day -= (local_day(moment) - local_day(filled)).days
        form, said = self.speaker.declaration(person, site, day)
        channel, by = self._channel(site)
        submission = Submission(
            id=uuid7(ms_at(filled)),
            form=form,
            answers=said,
            place=self.scene.sites[site].code if site >= 0 else "",
            occurred_at=filled,
            channel=channel,
        )
        return prepare(submission, world, moment, by)

    def _channel(self, site: int) -> tuple[str, Any]:
        """Through which channel: officers declare for some at a checkpoint, and for a few old people elsewhere."""
        checkpoint = site >= 0 and self.scene.sites[site].kind == "checkpoint"
        if self.officers and self.rng.random() < (0.2 if checkpoint else 0.03):
            return "staff", self.officers[0 if checkpoint else -1].pk
        return ("page" if self.rng.random() < 0.15 else "web"), None
