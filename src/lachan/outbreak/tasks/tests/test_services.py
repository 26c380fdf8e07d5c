"""Opening, taking, handing over, finishing, undoing, escalating."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

import pytest

from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tasks import services, titles
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.selectors import page as pages
from lachan.outbreak.tasks.selectors.workers import workers
from lachan.outbreak.tasks.services import opening

HOUR = timedelta(hours=1)


def task(now: datetime, unit: str = small.HOA, permission: str = "cases.work", **other: Any) -> Task:
    kind, due = other.pop("kind", "test.visit"), other.pop("due_at", now + HOUR)
    return services.open_task(
        kind, "case", other.pop("subject", uuid4()), unit, permission, due, now=now, **other
    )


def code(call: Any) -> str:
    with pytest.raises(InvalidInput) as caught:
        call()
    return caught.value.code


def test_the_same_work_is_open_once_and_again_once_it_was_done(officer: Any, now: datetime) -> None:
    subject = uuid4()
    first, second = (task(now, subject=subject, params={"n": n}) for n in (1, 2))
    assert first.pk == second.pk and second.params == {"n": 1}
    assert len(small.events("task.opened")) == 1
    by = officer("tram", "commune_health_worker", small.HOA)
    assert services.finish("test.visit", subject, by=by, now=now, text="Đã gọi") is not None
    assert services.finish("test.visit", subject, by=by, now=now) is None
    assert task(now, subject=subject).pk != first.pk
    assert services.cancel("test.visit", subject, now=now) is not None
    assert not Task.objects.filter(status="open").exists()


def test_a_task_without_a_unit_or_a_permission_is_refused(province: None, now: datetime) -> None:
    for unit, permission in (("", "cases.work"), (small.HOA, "")):
        with pytest.raises(ValueError, match="unit and a permission"):
            task(now, unit, permission)


def test_work_is_taken_handed_over_with_a_word_and_each_step_can_be_taken_back(
    officer: Any, now: datetime
) -> None:
    one, two = (officer(name, "commune_health_worker", small.HOA) for name in ("mot", "hai"))
    far = officer("xa", "commune_health_worker", small.HAI)
    made = task(now)
    assert services.take(made, by=one, now=now).assignee == one.pk
    assert code(lambda: services.take(made, by=two, now=now)) == "task_taken"
    assert code(lambda: services.take(made, by=far, now=now)) == "task_not_yours"
    assert code(lambda: services.hand_over(made, two, by=one, now=now, text=" ")) == "task_note"
    assert code(lambda: services.hand_over(made, far, by=one, now=now, text="Nhờ anh")) == "task_to"
    services.hand_over(made, two, by=one, now=now, text="Đã gọi hai lần")
    assert code(lambda: services.undo(made, by=two, now=now)) == "task_nothing_to_undo"
    assert services.undo(made, by=one, now=now).assignee == one.pk
    assert code(lambda: services.undo(made, by=one, now=now)) == "task_nothing_to_undo"
    services.done(made, by=one, now=now, text="Xong")
    assert code(lambda: services.take(made, by=one, now=now)) == "task_over"
    back = services.undo(made, by=one, now=now)
    assert back.status == "open" and back.assignee == one.pk and back.done_by is None
    said = [(note.what, note.text) for note in pages.notes(made)]
    assert said[-3:] == [("handed", "Đã gọi hai lần"), ("taken", ""), ("opened", "")]


def test_what_was_done_isnt_reopened_beside_the_same_work_opened_anew(officer: Any, now: datetime) -> None:
    by, subject = officer("tram", "commune_health_worker", small.HOA), uuid4()
    first = task(now, subject=subject)
    services.done(first, by=by, now=now)
    task(now, subject=subject)
    assert code(lambda: services.undo(first, by=by, now=now)) == "task_again"


def test_work_that_finishes_itself_isnt_done_by_hand(
    officer: Any, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(titles, "_known", {})
    titles.register("test.order", lambda one: f"Ký {one.params['number']}", lambda one: "/cb/", by_hand=False)
    made = task(now, kind="test.order", params={"number": "12/QĐ"})
    by = officer("tram", "commune_health_worker", small.HOA)
    assert titles.title_of(made) == "Ký 12/QĐ" and titles.url_of(made) == "/cb/"
    assert code(lambda: services.done(made, by=by, now=now)) == "task_by_work"
    services.finish("test.order", made.subject, by=by, now=now)
    assert code(lambda: services.undo(made, by=by, now=now)) == "task_by_work"


def test_overdue_work_goes_up_one_staffed_step_each_time(officer: Any, now: datetime) -> None:
    officer("tram", "commune_health_worker", small.HOA)
    made = task(now, due_at=now - HOUR)
    assert services.escalate_due(now) == 1  # nobody in the town: the province
    made.refresh_from_db()
    assert made.escalated_unit == small.PROVINCE
    assert services.escalate_due(now) == 0
    officer("huyen", "district_officer", small.TOWN)
    other = task(now, due_at=now - HOUR)
    assert services.escalate_due(now) == 1
    other.refresh_from_db()
    assert other.escalated_unit == small.TOWN
    assert services.escalate_due(now + 12 * HOUR) == 1  # the first one stands at the top already
    other.refresh_from_db()
    assert other.escalated_unit == small.PROVINCE


def test_work_in_time_or_over_isnt_escalated(officer: Any, now: datetime) -> None:
    by = officer("tram", "commune_health_worker", small.HOA)
    task(now)
    services.done(task(now, due_at=now - HOUR), by=by, now=now)
    assert services.escalate_due(now) == 0


def test_a_closed_accounts_work_comes_back_to_its_unit(officer: Any, now: datetime) -> None:
    one, two = (officer(name, "commune_health_worker", small.HOA) for name in ("mot", "hai"))
    made, kept = task(now), task(now)
    services.take(made, by=one, now=now)
    services.take(kept, by=two, now=now)
    one.locked_at = now
    one.save()
    later = now + HOUR
    assert services.return_lost(later) == 1 and services.return_lost(later) == 0
    made.refresh_from_db()
    kept.refresh_from_db()
    assert made.assignee is None and kept.assignee == two.pk
    assert services.take(made, by=two, now=later).assignee == two.pk
    assert small.events("task.returned", made.pk)


def test_workers_of_a_task_are_those_who_hold_its_permission_there(officer: Any, now: datetime) -> None:
    near = officer("gan", "commune_health_worker", small.HOA)
    officer("xa", "commune_health_worker", small.HAI)
    officer("xn", "lab_technician", small.HOA)
    chief = officer("tinh", "province_admin", small.PROVINCE)
    assert [user.pk for user in workers("cases.work", small.HOA, now)] == [near.pk, chief.pk]


def test_a_supervisor_sees_overdue_work_that_needs_a_permission_nobody_has(
    officer: Any, now: datetime
) -> None:
    leader = officer("ld", "province_leader", small.PROVINCE)
    made = task(now, permission="lab.work", due_at=now - HOUR)
    assert not pages.may_see(leader, made, now)
    services.escalate_due(now)
    assert pages.may_see(leader, made, now)
    assert code(lambda: services.take(made, by=leader, now=now)) == "task_not_yours"


def test_many_are_opened_as_one_by_one_and_none_twice(
    officer: Any, now: datetime, django_assert_max_num_queries: Any
) -> None:
    subjects = [uuid4() for _ in range(30)]
    standing = task(now, subject=subjects[0], params={"n": 0})
    by = officer("tram", "commune_health_worker", small.HOA)
    wanted = [
        services.Wanted(
            "test.visit", "case", one, small.HOA, "cases.work", now + HOUR, {"n": n}, assignee=by.pk
        )
        for n, one in enumerate([*subjects, *subjects])
    ]
    with django_assert_max_num_queries(8):
        made = services.open_tasks(wanted, now=now)
    assert [one.subject for one in made] == [*subjects, *subjects]
    assert made[0].pk == standing.pk and made[0].params == {"n": 0} and made[31].params == {"n": 1}
    assert Task.objects.count() == len(small.events("task.opened")) == 30
    assert [note.to_user for note in made[1].notes.all()] == [by.pk]
    single = task(now, assignee=by.pk)
    told = {one.subject: (one.kind, one.unit, one.data, one.actor) for one in small.events("task.opened")}
    assert told[single.pk] == told[made[1].pk]


def test_work_that_another_opened_and_finished_meanwhile_is_opened_anew(
    province: None, now: datetime, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Between the look and the insertion a rival's task stands; between the insertion and the second look it is done."""
    subject, looks = uuid4(), []
    rival = task(now, subject=subject)
    seen = opening._standing

    def standing(some: Any) -> Any:
        looks.append(1)
        if len(looks) == 2:
            Task.objects.filter(pk=rival.pk).update(status=Task.Status.DONE)
        return {} if len(looks) == 1 else seen(some)

    monkeypatch.setattr(opening, "_standing", standing)
    made = task(now, subject=subject)
    assert made.pk != rival.pk and made.status == Task.Status.OPEN
