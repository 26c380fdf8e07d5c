from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.outbreak.cases import dates
from lachan.outbreak.cases.dates import REFUSED, UNUSUAL, Implausible, check, demand

TODAY = date(2021, 7, 22)
days = st.dates(date(2021, 5, 1), date(2021, 8, 30)) | st.none()


def found(**days: date | None) -> dict[str, str]:
    birth = str(days.pop("birth", "") or "")
    values = [days.get(name) for name in dates.FIELDS]
    return {one.key: one.severity for one in check(*values, birth, TODAY)}


def test_an_ordinary_course_is_fine() -> None:
    assert not found(
        onset=date(2021, 7, 15),
        sampled_on=date(2021, 7, 17),
        confirmed_on=date(2021, 7, 18),
        reported_on=date(2021, 7, 18),
    )


def test_the_future_is_refused() -> None:
    assert found(onset=date(2021, 7, 23)) == {"onset.ahead": REFUSED}


@pytest.mark.parametrize(
    ("birth", "wrong"),
    [("2021-07-20", True), ("2021-07-19", False), ("2022", True), ("2021", False), ("2021-08", True)],
)
def test_nobody_falls_ill_before_birth(birth: str, wrong: bool) -> None:
    assert ("onset.before_birth" in found(onset=date(2021, 7, 19), birth=birth)) is wrong  # type: ignore[arg-type]


def test_a_sample_just_before_the_first_symptom_is_unusual_and_one_long_before_is_refused() -> None:
    assert found(onset=date(2021, 7, 15), sampled_on=date(2021, 7, 12)) == {
        "sampled_on.sample_before_onset": UNUSUAL
    }
    assert found(onset=date(2021, 7, 15), sampled_on=date(2021, 6, 12)) == {
        "sampled_on.sample_before_onset": REFUSED
    }


def test_a_result_before_its_sample_is_refused_even_by_a_day() -> None:
    assert found(sampled_on=date(2021, 7, 15), confirmed_on=date(2021, 7, 14)) == {
        "confirmed_on.result_before_sample": REFUSED
    }


def test_a_gap_beyond_the_incubation_must_be_confirmed() -> None:
    one = check(date(2021, 6, 1), date(2021, 6, 20), None, None, None, "", TODAY)
    with pytest.raises(Implausible) as refused:
        demand(one, ())
    assert refused.value.field == "sampled_on" and refused.value.params == {
        "day1": "20/06/2021",
        "day2": "01/06/2021",
    }
    assert demand(one, ["sampled_on.sample_late"]) == ("sampled_on.sample_late",)


def test_confirming_doesnt_make_the_impossible_possible() -> None:
    one = check(date(2021, 7, 23), None, None, None, None, "", TODAY)
    with pytest.raises(Implausible):
        demand(one, ["onset.ahead"])


@given(days, days, days, days, days, st.integers(1, 30))
def test_what_passes_is_possible_and_nothing_raises(
    onset: date | None,
    sampled: date | None,
    confirmed: date | None,
    reported: date | None,
    ended: date | None,
    wait: int,
) -> None:
    findings = check(onset, sampled, confirmed, reported, ended, "", TODAY, incubation=timedelta(days=wait))
    if any(one.severity == REFUSED for one in findings):
        return
    known = [day for day in (onset, sampled, confirmed, reported, ended) if day]
    assert all(day <= TODAY for day in known)
    assert not (sampled and confirmed and confirmed < sampled)
    assert not (onset and ended and ended < onset)
    if not findings and onset and sampled:
        assert timedelta(0) <= sampled - onset <= timedelta(days=wait)
