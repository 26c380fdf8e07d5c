from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest

from lachan.base.scope import Scope
from lachan.gate.declarations.tests import small
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.selectors import lab
from lachan.outbreak.cases.services import (
    make_pool,
    receive,
    record_pool,
    record_result,
    take_sample,
    update_case,
)
from lachan.outbreak.cases.tests import made
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.titles import title_of
from lachan.registry.audit.models import Event

Open = Callable[..., Case]
ALL = Scope((small.PROVINCE,))


def people(count: int) -> list[dict[str, str]]:
    return [
        {"name": f"Lê Thị {letter}", "cccd": f"05619000{number:04d}", "phone": f"09011122{number:02d}"}
        for number, letter in enumerate("ABCDEFGHIJKLMNOPQRSTU"[:count], start=10)
    ]


def test_a_positive_result_opens_the_case(investigator: Any, now: datetime) -> None:
    sample = made.sample(investigator, now, reason="screening")
    sample = record_result(sample, "positive", now, Decimal("22.5"), by=investigator, now=now)
    case = Case.objects.get()
    assert sample.case == case and case.classification == "confirmed" and case.reasons == "pcr_positive"
    assert (case.alias, case.detection, case.unit) == (sample.alias, "screening", small.HOA)
    assert case.sampled_on == case.confirmed_on == case.reported_on
    assert list(Event.objects.filter(subject=sample.pk).order_by("id").values_list("kind", flat=True)) == [
        "sample.taken", "sample.resulted",
    ]  # fmt: skip


def test_a_positive_result_finds_the_case_and_judges_it(
    opened: Open, investigator: Any, now: datetime
) -> None:
    case = opened()
    sample = record_result(made.sample(investigator, now), "positive", now, by=investigator, now=now)
    case.refresh_from_db()
    assert sample.case == case and case.classification == "confirmed"


def test_a_corrected_result_takes_the_classification_with_it(investigator: Any, now: datetime) -> None:
    sample = record_result(made.sample(investigator, now), "positive", now, by=investigator, now=now)
    record_result(sample, "negative", now, by=investigator, now=now)
    assert Case.objects.get().classification == "no_case"


def test_a_negative_after_a_positive_doesnt_undo_the_illness(investigator: Any, now: datetime) -> None:
    first = record_result(made.sample(investigator, now), "positive", now, by=investigator, now=now)
    later = made.sample(investigator, now, case=first.case_id)
    record_result(later, "negative", now, by=investigator, now=now)
    assert Case.objects.get().classification == "confirmed"


def test_the_same_result_twice_is_told_once(investigator: Any, now: datetime) -> None:
    sample = made.sample(investigator, now)
    for _ in range(2):
        record_result(sample, "positive", now, by=investigator, now=now)
    assert Event.objects.filter(kind="sample.resulted").count() == 1 and Case.objects.count() == 1


@pytest.mark.parametrize(
    ("result", "hours", "ct", "field"),
    [
        ("maybe", 0, None, "result"),
        ("", 0, None, "result"),
        ("positive", 1, None, "resulted_at"),
        ("positive", -7, None, "resulted_at"),
        ("positive", 0, Decimal("99"), "ct"),
        ("positive", 0, Decimal("NaN"), "ct"),
    ],
)
def test_a_result_that_cant_be_is_refused(
    investigator: Any, now: datetime, result: str, hours: int, ct: Decimal | None, field: str
) -> None:
    sample = made.sample(investigator, now)
    with pytest.raises(InvalidInput) as refused:
        record_result(sample, result, now + timedelta(hours=hours), ct, by=investigator, now=now)
    assert refused.value.field == field


def test_a_negative_pool_is_each_members_result(investigator: Any, now: datetime) -> None:
    samples = [made.sample(investigator, now, typed=one) for one in people(5)]
    pool = make_pool(samples, by=investigator, now=now)
    record_pool(pool, "negative", now, by=investigator, now=now)
    assert set(Sample.objects.values_list("result", flat=True)) == {"negative"}
    assert Event.objects.filter(kind="sample.resulted").count() == 5 and not Case.objects.exists()


def test_a_positive_pool_reopens_its_members(investigator: Any, now: datetime) -> None:
    samples = [made.sample(investigator, now, typed=one) for one in people(3)]
    pool = make_pool(samples, by=investigator, now=now)
    record_pool(pool, "positive", now, by=investigator, now=now)
    assert not Case.objects.exists()
    assert set(lab.single_needed(ALL)) == set(samples)
    later = now + timedelta(hours=3)
    again = made.sample(investigator, later, typed=people(3)[0], taken_at=later)
    assert set(lab.single_needed(ALL)) == set(samples[1:])
    record_result(again, "positive", later, by=investigator, now=later)
    assert Case.objects.get().person == samples[0].person


def test_a_pool_takes_what_waits_and_only_once(investigator: Any, now: datetime) -> None:
    samples = [made.sample(investigator, now, typed=one) for one in people(4)]
    record_result(samples[3], "negative", now, by=investigator, now=now)
    for wrong, code in (([samples[0]], "pool_few"), (samples[2:], "pool_taken")):
        with pytest.raises(InvalidInput, match=code):
            make_pool(wrong, by=investigator, now=now)
    pool = make_pool(samples[:2], by=investigator, now=now)
    with pytest.raises(InvalidInput, match="pool_taken"):
        make_pool(samples[:3], by=investigator, now=now)
    record_pool(pool, "rejected", now, by=investigator, now=now)
    with pytest.raises(InvalidInput, match="pool_resulted"):
        record_pool(pool, "negative", now, by=investigator, now=now)


def test_the_clock_runs_from_taking_to_result(investigator: Any, now: datetime) -> None:
    sample = made.sample(investigator, now, taken_at=now - timedelta(hours=30))
    fresh = made.sample(investigator, now, typed=people(1)[0])
    assert receive([sample], lab="CDC Khánh Hòa", by=investigator, now=now - timedelta(hours=28)) == 1
    sample.refresh_from_db()
    clock = lab.turnaround(sample, now)
    assert clock.overdue and clock.to_lab == timedelta(hours=2) and clock.to_result is None
    assert lab.counts(ALL, now) == {"waiting": 2, "overdue": 1, "single": 0}
    assert list(lab.found(ALL, lab.SampleFilters(state="overdue"), now)) == [sample]
    assert not lab.turnaround(fresh, now).overdue


def test_sample_codes_run_through_the_year(investigator: Any, now: datetime) -> None:
    assert [made.sample(investigator, now, typed=one).code for one in people(2)] == [
        "M21-000001",
        "M21-000002",
    ]


def test_a_sample_of_the_future_is_refused(investigator: Any, now: datetime) -> None:
    with pytest.raises(InvalidInput) as refused:
        made.sample(investigator, now, taken_at=now + timedelta(hours=1))
    assert refused.value.field == "taken_at"
    assert take_sample is not None


def test_a_case_waits_for_its_investigation(investigator: Any, now: datetime) -> None:
    sample = record_result(made.sample(investigator, now), "positive", now, by=investigator, now=now)
    task = Task.objects.get(kind="case.investigate")
    assert (task.subject, task.priority, task.due_at) == (sample.case_id, 1, now + timedelta(hours=24))
    assert sample.case is not None and title_of(task) == f"Điều tra ca {sample.case.code}"
    update_case(sample.case, {"answers": {"has_symptoms": "no"}}, by=investigator, now=now)
    task.refresh_from_db()
    assert task.status == "done"


def test_whoever_turns_out_negative_isnt_investigated(investigator: Any, now: datetime) -> None:
    sample = record_result(made.sample(investigator, now), "positive", now, by=investigator, now=now)
    record_result(sample, "negative", now, by=investigator, now=now)
    assert Task.objects.get(kind="case.investigate").status == "cancelled"


def test_each_member_of_a_positive_pool_is_somebodys_task(investigator: Any, now: datetime) -> None:
    samples = [made.sample(investigator, now, typed=one) for one in people(3)]
    record_pool(make_pool(samples, by=investigator, now=now), "positive", now, by=investigator, now=now)
    assert Task.objects.filter(kind="lab.single", status="open").count() == 3
    made.sample(investigator, now, typed=people(1)[0], taken_at=now)
    assert Task.objects.get(kind="lab.single", status="done").subject == samples[0].pk
