"""Decisions: rules of their day, the worst result winning, never green by mistake."""

import json
from datetime import date
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.kernel import policies
from lachan.kernel.certlogic import variables
from lachan.kernel.decisions import RESULTS, RuleSet, decide, derived
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import forms

JULY, DECEMBER, LATER = date(2021, 7, 1), date(2021, 12, 1), date(2026, 11, 1)
WELL: dict[str, Any] = {"no_symptoms": True, "no_contact": True}
SICK: dict[str, Any] = {"no_symptoms": False, "fever": True, "no_contact": True}
CONTEXT = ("form", "age", "area_level_from", "days_since_test", "days_since_last_dose", "days_since_recovery",
           "days_since_contact")  # fmt: skip


def result(answers: dict[str, Any], day: date, **context: Any) -> str:
    return decide(answers, {**derived(answers, day), **context}, day).result


def reasons(answers: dict[str, Any], day: date, **context: Any) -> list[str]:
    decision = decide(answers, {**derived(answers, day), **context}, day)
    return [reason.rule_id for reason in decision.reasons]


@pytest.mark.parametrize("day", [JULY, DECEMBER, LATER])
def test_the_plain_cases(day: date) -> None:
    assert result(WELL, day) == "green"
    assert result(SICK, day) == "attention"
    assert result({**WELL, "no_symptoms": False, "breathless": True}, day) == "stop"
    assert result({**WELL, "test_result": "positive"}, day) == "stop"
    assert result({}, day) == "attention"


@pytest.mark.parametrize("day", [JULY, DECEMBER, LATER])
def test_green_says_why(day: date) -> None:
    (reason,) = decide(WELL, {}, day).reasons
    assert reason.text["vi"] and reason.text["en"] and reason.document


def test_vaccinated_from_an_orange_area_stopped_in_july_and_passed_in_october() -> None:
    answers = {**WELL, "doses": 2, "last_dose_date": "2021-06-01"}
    assert result(answers, date(2021, 10, 10), area_level_from=3) == "stop"
    assert result(answers, date(2021, 10, 11), area_level_from=3) == "green"
    assert result(answers, date(2021, 10, 11), area_level_from=4) == "stop"
    assert decide(answers, {}, date(2021, 10, 10)).ruleset_version == "declarations/2021-05-29"


@pytest.mark.parametrize(
    ("taken", "expected"), [("2021-07-01", "attention"), ("2021-06-28", "attention"), ("2021-06-27", "stop")]
)
def test_a_test_holds_three_days(taken: str, expected: str) -> None:
    answers = {**WELL, "test_result": "negative", "test_date": taken}
    assert result(answers, JULY, area_level_from=4) == expected


def test_the_second_dose_counts_after_fourteen_days() -> None:
    for days, expected in ((13, "attention"), (14, "green")):
        answers = {**WELL, "doses": 2, "last_dose_date": f"2021-11-{31 - days:02d}"}
        assert result(answers, date(2021, 12, 1), area_level_from=3) == expected


def test_worst_first_and_no_praise_beside_blame() -> None:
    found = reasons(
        {**SICK, "contact_case": True, "no_contact": False, "doses": 2, "last_dose_date": "2021-01-01"},
        DECEMBER,
    )
    assert found[0] == "contact_case"
    assert "symptoms" in found
    assert "protected" not in found


def test_said_to_be_ill_without_saying_how() -> None:
    assert reasons({"no_symptoms": False, "no_contact": True}, JULY) == ["unspecified"]


def test_nothing_said_is_not_well() -> None:
    assert reasons({"no_symptoms": True}, JULY) == ["incomplete"]
    assert reasons({**WELL, "no_symptoms": None}, JULY) == ["incomplete"]


def test_answers_cannot_forge_the_context() -> None:
    assert result({**WELL, "area_level_from": 0}, JULY, area_level_from=4) == "stop"


def test_a_rule_that_cannot_judge_sends_to_an_officer() -> None:
    assert reasons({**WELL, "doses": "two"}, DECEMBER) == ["check_by_officer"]


@pytest.mark.parametrize(
    ("birth", "age"),
    [("1956-07-01", 65), ("1956-07-02", 64), ("1956", 64), ("1955", 65), ("1956-06", 65), ("2021-07-02", 0)],
)
def test_age_never_makes_older(birth: str, age: int) -> None:
    assert derived({"birth": birth}, JULY)["age"] == age


def test_derived_is_null_where_nothing_is_known() -> None:
    assert set(derived({}, JULY).values()) == {None}
    assert derived({"test_date": "2021-07-01"}, JULY)["days_since_test"] == 0


def test_the_day_may_come_in_the_context() -> None:
    assert (
        decide(WELL, {"today": "2021-07-01"}).ruleset_version == decide(WELL, {"today": JULY}).ruleset_version
    )


def test_no_rules_before_the_first_decision() -> None:
    with pytest.raises(InvalidInput, match="policy_none_in_force"):
        RuleSet.at(date(2021, 5, 28))


def test_rules_read_only_what_exists() -> None:
    known = set(CONTEXT) | {
        item.link_id for form in forms().values() for q in form.versions for item in q.questions()
    }
    for entry in policies.load("declarations"):
        for rule in entry["rules"]:
            assert variables(json.loads(rule["when"])) <= known, (entry.version, rule["id"])


def test_the_window_is_21_days() -> None:
    assert RuleSet.at(JULY).return_window_days == 21


TEXTS = {"reason_vi": "x", "reason_en": "x", "advice_vi": "x", "advice_en": "x"}
RULE = {"id": "r", "result": "green", "when": "true", **TEXTS}
GOOD = {
    "return_window_days": 21, "rules": [RULE], "fallback": {"id": "f", "result": "stop", **TEXTS},
    "broken": {"id": "b", "result": "attention", **TEXTS},
}  # fmt: skip


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"rules": []}, "ruleset_rules"),
        ({"rules": [RULE, RULE]}, "ruleset_rules"),
        ({"rules": [{**RULE, "when": "{"}]}, "ruleset_when"),
        ({"rules": [{**RULE, "when": '{"or":[]}'}]}, "ruleset_when"),
        ({"rules": [{**RULE, "reason_en": ""}]}, "ruleset_incomplete"),
        ({"rules": [{**RULE, "result": "red"}]}, "ruleset_incomplete"),
        ({"fallback": {"id": "f", "result": "green", **TEXTS}}, "ruleset_fallback_green"),
        ({"broken": {}}, "ruleset_incomplete"),
        ({"return_window_days": "21"}, "ruleset_window"),
    ],
)
def test_a_faulty_rule_set_is_refused_at_load(change: dict[str, Any], code: str) -> None:
    def entry(payload: dict[str, Any]) -> policies.Entry:
        return policies.Entry("declarations", JULY, None, "d", "memory", MappingProxyType(payload))

    assert RuleSet.of(entry(GOOD)).decide({}, {}).result == "green"
    with pytest.raises(InvalidInput) as caught:
        RuleSet.of(entry({**GOOD, **change}))
    assert str(caught.value) == code


VALUES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.lists(st.booleans(), max_size=2)
)


@given(
    st.dictionaries(
        st.sampled_from([*CONTEXT, *SICK, *WELL, "doses", "test_result", "chronic", "recovered"]), VALUES
    )
)
@settings(max_examples=200, deadline=None)
def test_any_data_get_a_decision_with_a_reason(data: dict[str, Any]) -> None:
    for day in (JULY, DECEMBER, LATER):
        decision = RuleSet.at(day).decide(data, {})
        assert decision.result in RESULTS
        assert decision.reasons[0].result == decision.result
        if decision.result == "green":
            assert data.get("area_level_from") != 4
            assert data["no_symptoms"] and data["no_contact"]
            assert not data.get("fever")
