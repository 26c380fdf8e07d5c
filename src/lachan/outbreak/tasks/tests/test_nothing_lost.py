"""Whatever happens to officers and units, every open task has somebody who sees it and somebody who can do it."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from lachan.base import middleware
from lachan.gate.declarations.tests import small
from lachan.kernel.clock import FixedClock
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tasks import services
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.selectors import page as pages
from lachan.outbreak.tasks.selectors.workers import may_work
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.selectors import in_good_standing
from lachan.registry.units import tree
from lachan.registry.units.models import Succession

START, MERGER = datetime(2021, 7, 22, 1, 30, tzinfo=UTC), datetime(2025, 8, 1, tzinfo=UTC)
PEOPLE = (
    ("hoa1", "commune_health_worker", small.HOA),
    ("hoa2", "commune_health_worker", small.HOA),
    ("hai", "commune_health_worker", small.HAI),
    ("bacnt", "commune_health_worker", small.LATER_HOA),
    ("chutich", "commune_leader", small.HOA),
    ("xn", "lab_technician", small.TOWN),
    ("dieutra", "case_officer", small.TOWN),
    ("huyen", "district_officer", small.TOWN),
    ("ld", "province_leader", small.PROVINCE),
    ("quantri", "province_admin", small.PROVINCE),
)
NAMES = [name for name, _, _ in PEOPLE]
WORK = ("cases.work", "lab.work", "isolation.issue", "households.round", "zones.decide")
STEPS = st.lists(
    st.one_of(
        st.tuples(
            st.just("open"), st.sampled_from([small.HOA, small.HAI, small.TOWN]), st.sampled_from(WORK)
        ),
        st.tuples(st.just("take"), st.sampled_from(NAMES), st.integers(0, 9)),
        st.tuples(st.just("hand"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
        st.tuples(st.just("close"), st.sampled_from(NAMES[:-1]), st.none()),
        st.tuples(st.just("revoke"), st.sampled_from(NAMES[:-1]), st.none()),
        st.tuples(st.just("wait"), st.integers(1, 40), st.none()),
        st.tuples(st.just("merge"), st.none(), st.none()),
    ),
    max_size=20,
)


class World:
    """Ten officers, a few communes, and a clock."""

    def __init__(self) -> None:
        self.now = START
        self.users = {
            name: small.officer(name, role, unit, START - timedelta(days=9)) for name, role, unit in PEOPLE
        }

    def step(self, verb: str, one: Any, two: Any) -> None:
        try:
            getattr(self, verb)(one, two)
        except InvalidInput:
            pass  # refused: nothing changed
        services.return_lost(self.now)
        services.escalate_due(self.now)

    def tasks(self) -> list[Task]:
        return list(Task.objects.filter(status="open").order_by("id"))

    def open(self, unit: str, permission: str) -> None:
        services.open_task(
            "test.any", "case", uuid4(), unit, permission, self.now + timedelta(hours=6), now=self.now
        )

    def take(self, name: str, at: int) -> None:
        tasks = self.tasks()
        if tasks:
            services.take(tasks[at % len(tasks)], by=self.users[name], now=self.now)

    def hand(self, name: str, to: str) -> None:
        for task in self.tasks()[:1]:
            services.hand_over(task, self.users[to], by=self.users[name], now=self.now, text="Nhờ bạn")

    def close(self, name: str, _: None) -> None:
        User.objects.filter(pk=self.users[name].pk).update(locked_at=self.now)
        self.users[name].refresh_from_db()

    def revoke(self, name: str, _: None) -> None:
        Grant.objects.filter(user=self.users[name]).update(revoked_at=self.now)

    def wait(self, hours: int, _: None) -> None:
        self.now += timedelta(hours=hours)

    def merge(self, _: None, __: None) -> None:
        """July 2025: the ward is part of a new one, and its town is no more."""
        self.now = max(self.now, MERGER)
        Succession.objects.get_or_create(before=small.HOA, after=small.LATER_HOA)
        tree.forget()

    def check(self) -> None:
        standing = [user for user in self.users.values() if in_good_standing(user, self.now)]
        scopes = {user.pk: user.scopes(self.now) for user in standing}
        seen = {
            user.pk: set(pages.visible(scopes[user.pk]).values_list("id", flat=True)) for user in standing
        }
        for task in self.tasks():
            able = [user for user in standing if may_work(user, task, self.now)]
            assert able, f"nobody can do {task.permission} in {task.unit}"
            for user in able:
                assert task.pk in seen[user.pk] or "tasks.view" not in scopes[user.pk]
            assert any(task.pk in seen[user.pk] for user in able)
            assert task.assignee is None or task.assignee in {user.pk for user in able}


@pytest.fixture
def units(db: None) -> None:
    small.units(date(2020, 1, 1))


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_every_open_task_has_somebody_whatever_happens(
    units: None, monkeypatch: pytest.MonkeyPatch, steps: list[tuple[str, Any, Any]]
) -> None:
    with transaction.atomic():
        world = World()
        for step in steps:
            world.step(*step)
            monkeypatch.setattr(middleware, "CLOCK", FixedClock(world.now))
            world.check()
        transaction.set_rollback(True)
    tree.forget()


def test_work_of_a_ward_that_was_merged_is_its_successors(
    units: None,
) -> None:
    world = World()
    world.open(small.HOA, "cases.work")
    [task] = world.tasks()
    new = world.users["bacnt"]
    assert not pages.may_see(new, task, world.now)
    world.step("merge", None, None)
    assert pages.may_see(new, task, world.now)
    assert services.take(task, by=new, now=world.now).assignee == new.pk
    tree.forget()
