"""The demo's days leave behind what a province would: declarations, people, queues, notes, and the truth."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from django.db import transaction
from django.db.models import Sum
from hypothesis import HealthCheck, example, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from lachan.base import period_keys
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import DeviceLog, PlaceHour, Scan
from lachan.gate.declarations.models import DataRequest, Declaration, Entry, FollowUp, FollowUpNote, PaperForm
from lachan.outbreak.cases.models import Pool
from lachan.outbreak.isolation.selectors.orders import sites as isolation_sites
from lachan.outbreak.tasks.models import Task, TaskNote
from lachan.outbreak.tracing.models import Setting
from lachan.outbreak.zones.models import Zone, ZoneHousehold
from lachan.registry.accounts.models import Grant, User
from lachan.registry.audit import sealing
from lachan.registry.audit.models import PendingSeal, StuckEvent
from lachan.registry.people.models import Alias
from lachan.registry.places.models import Place
from lachan.web.demo import fill, limits, reset
from lachan.web.demo.fill import Plan
from lachan.web.demo.outbreak import NEVER
from lachan.web.demo.tests.province import units

NOW = datetime(2021, 7, 22, 8, 0, tzinfo=UTC)
PLAN = Plan(people=300, places=40, declarations=700, days=4, seed=5)


@pytest.fixture
def demo(db: None, settings: Any, tmp_path: Path) -> list[str]:
    settings.DEMO, settings.DATA = True, tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    units()
    said: list[str] = []
    assert fill.once(said.append, plan=PLAN, now=NOW)
    return said


def test_everything_is_there_and_sealed(demo: list[str]) -> None:
    assert Entry.objects.count() == Declaration.objects.count() > 500
    assert {0, 1} <= set(Entry.objects.values_list("result", flat=True))
    assert not Entry.objects.filter(recorded_at__gt=NOW).exists()
    assert FollowUp.objects.filter(open=True).exists() and FollowUpNote.objects.exists()
    assert DataRequest.objects.filter(status="waiting").exists()
    assert Place.objects.filter(status="provisional").exists()
    assert {"printed", "once", "different", "done"} <= set(PaperForm.objects.values_list("status", flat=True))
    assert sealing.verify(NOW).ok and not PendingSeal.objects.exists() and not StuckEvent.objects.exists()
    grant = Grant.objects.get(user__username="chuquan")
    assert Place.objects.get(pk=grant.place).name == "Quán cơm Sáu"
    _the_truth_leads_to_rows()
    _the_response_shows_everything()


def _the_response_shows_everything() -> None:
    """Areas, places made known, pools, a site nearly full, work in its states."""
    levels = set(Zone.objects.filter(kind="level").values_list("status", "level"))
    assert ("decided", 4) in levels and ("lifted", 3) in levels
    lockdowns = Zone.objects.filter(kind="lockdown", status="decided", to_at__gt=NOW)
    assert ZoneHousehold.objects.filter(zone__in=lockdowns).exclude(needs="").exists()
    assert sorted(Setting.objects.values_list("public", flat=True)) == [False, True]
    assert sorted(Pool.objects.values_list("result", flat=True)) == ["negative", "positive"]
    assert Task.objects.filter(kind="lab.single", status="open").exists()
    [site] = [one for one in isolation_sites(Scope(("56/",))) if one.place.kind == "isolation"]
    assert site.free is not None and 1 <= site.free <= site.place.capacity
    assert Task.objects.filter(status="open", due_at__lt=NOW).exclude(escalated_unit="").exists()
    assert {"taken", "handed", "done", "escalated"} <= set(TaskNote.objects.values_list("what", flat=True))


def test_the_checkpoints_logs_are_whole_and_their_hours_add_up(demo: list[str]) -> None:
    assert Scan.objects.count() > 300 and not Scan.objects.filter(recorded_at__gt=NOW).exists()
    for log in DeviceLog.objects.all():
        scans = list(Scan.objects.filter(log=log.pk).order_by("seq").values_list("seq", "digest"))
        assert [seq for seq, _ in scans] == list(range(1, log.next_seq))
        assert bytes(scans[-1][1]) == bytes(log.head)
    counted = PlaceHour.objects.aggregate(
        **{name: Sum(name) for name in ("passed", "advised", "held", "referred", "unscanned")}
    )
    assert sum(counted.values()) == Scan.objects.aggregate(all=Sum("count"))["all"]


def _the_truth_leads_to_rows() -> None:
    truth = np.load(fill.truth_file())
    assert (truth["infected"] < NEVER).sum() > 0
    known = {alias.bytes for alias in Alias.objects.values_list("alias", flat=True)}
    told = {bytes(alias).ljust(16, b"\0") for alias in truth["alias"] if alias}
    assert told <= known and len(told) > 100


def test_a_second_time_does_nothing_and_a_demo_alone_can_be_emptied(demo: list[str]) -> None:
    count = Entry.objects.count()
    assert not fill.once(print, plan=PLAN, now=NOW)
    assert Entry.objects.count() == count
    assert reset.empty() == ""
    assert not User.objects.exists() and not Declaration.objects.exists()
    User.objects.create_user("ba.huong", full_name="Nguyễn Thị Hương", created_at=NOW)
    assert reset.empty() != ""
    assert User.objects.count() == 1


def test_no_demo_over_real_data(db: None, settings: Any) -> None:
    settings.DEMO = True
    User.objects.create_user("ba.huong", full_name="Nguyễn Thị Hương", created_at=NOW)
    assert not fill.once(print, plan=PLAN, now=NOW)
    assert User.objects.count() == 1


@pytest.fixture
def small_world(db: None, settings: Any, tmp_path: Path) -> None:
    settings.DEMO, settings.DATA = True, tmp_path
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    units()


@hypothesis_settings(
    max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(people=st.integers(1, 90), seed=st.integers(0, 10_000), days=st.integers(1, 3))
@example(people=1, seed=56, days=1)
@example(people=60, seed=56, days=1)
def test_any_number_of_people_makes_a_demo(small_world: None, people: int, seed: int, days: int) -> None:
    """Also one with nobody in the ward of the paper forms, or with nobody grown up enough to go out."""
    with transaction.atomic():
        made = fill.fill(Plan.of(people, seed, days), NOW, lambda said: None)
        assert made.people >= people and made.declarations == Declaration.objects.count()
        assert {"printed", "once", "different", "done"} <= set(
            PaperForm.objects.values_list("status", flat=True)
        )
        assert not PendingSeal.objects.exists() and not StuckEvent.objects.exists()
        transaction.set_rollback(True)
    period_keys.forget()


@pytest.mark.parametrize(("people", "days"), [(0, 14), (-5, 14), (6_000_000, 14), (3000, 0), (3000, 61)])
def test_a_demo_that_can_not_be_is_refused_with_its_limits(people: int, days: int) -> None:
    assert "1 to 5,000,000" in limits.unfit(people, days) and "1 to 60" in limits.unfit(people, days)


def test_the_smallest_and_the_largest_demo_are_fit() -> None:
    assert limits.unfit(1, 1) == limits.unfit(5_000_000, 60) == ""
