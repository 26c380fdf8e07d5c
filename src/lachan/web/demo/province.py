"""The demo at the size of a province: imagined as the small one, loaded in bulk."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime, timedelta
from time import monotonic

import numpy as np
from django.db import transaction

from lachan.base import keys, period_keys
from lachan.gate.declarations.prepare import World
from lachan.gate.declarations.prepare.load import load_world
from lachan.kernel.clock import UTC, day_bounds, local_day
from lachan.registry.accounts.demo import create_demo_accounts
from lachan.registry.audit import sealing
from lachan.web.demo import fill, places
from lachan.web.demo.bulk import load
from lachan.web.demo.bulk.declared import Maker
from lachan.web.demo.visits import Planner

Say = Callable[[str], None]


def fill_province(plan: fill.Plan, now: datetime, say: Say, *, events: bool = True) -> fill.Outcome:
    """Accounts, places, levels, then everybody's declarations. Stopped, it keeps what is loaded so far.

    `events`: with the audit chain and the follow-up queue; a benchmark of reading can do without.
    """
    started = monotonic()
    say(f"  {plan.people:,} people, {plan.places:,} places …")
    scene = fill.imagine(plan, now)
    first = fill.first_day(scene)
    begin = day_bounds(first)[0] - timedelta(days=fill.BEFORE)
    with transaction.atomic():
        create_demo_accounts(begin)
        places.create(scene.rng, scene.sites, scene.found, fill.admin(), begin + timedelta(days=1))
        create_demo_accounts(begin + timedelta(days=2))
        fill.set_levels(scene, begin)
    sealing.seal_all(now)
    maker = Maker(world_of(begin, now), scene.people, scene.sites, scene.found, first)
    planner = Planner(scene.people, scene.sites, scene.found, scene.away)
    to_load = load.Plan(plan.declarations, first, plan.days, fill.BEFORE, now, events)
    done = load.load(scene.rng, maker, planner, scene.truth, to_load, say)
    aliases = np.array([bytes.fromhex(alias) for alias in maker.alias], dtype="S16")
    fill.save_truth(scene, aliases)
    return fill.Outcome(
        len(scene.people), len(scene.sites), done.done, scene.truth.ever, 0, monotonic() - started
    )


def world_of(begin: datetime, now: datetime) -> World:
    """With the data keys of every month in which something is recorded."""
    moments = [
        begin.astimezone(UTC) + timedelta(days=number)
        for number in range((local_day(now) - local_day(begin)).days + 2)
    ]
    periods = {keys.period_of(moment): moment for moment in moments}
    found = {period: period_keys.data_key(period, moment) for period, moment in periods.items()}
    return replace(load_world(now), data_keys=found)
