"""The gate: the shipped rules by their documents, nothing that can't be trusted passes, nothing makes it fail."""

import re
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput
from lachan.kernel.gates import GUARDS, HOW, KINDS, RESULTS, GateRules, entries_from

JULY, OCTOBER, TODAY = date(2021, 7, 22), date(2021, 11, 1), date(2026, 11, 24)
DECLARED: dict[str, Any] = {"declared_result": "green", "declared_age_h": 1, "how": "pass", "verified": True}
NEGATIVE: dict[str, Any] = {"test_result": "negative", "test_age_h": 5}


def say(day: date, kind: str = "checkpoint", **context: Any) -> tuple[str, list[str]]:
    decision = GateRules.at(day, kind).decide(context)
    return decision.result, [reason.rule_id for reason in decision.reasons]


@pytest.mark.parametrize(
    ("day", "context", "result", "first"),
    [
        (JULY, {}, "hold", "not_declared"),
        (JULY, DECLARED, "hold", "no_test_no_paper"),
        (JULY, {**DECLARED, **NEGATIVE}, "pass", "clear"),
        (JULY, {**DECLARED, "test_result": "negative", "test_age_h": 0}, "pass", "clear"),
        (JULY, {**DECLARED, "test_result": "negative", "test_age_h": 73}, "hold", "no_test_no_paper"),
        (JULY, {**DECLARED, "has_travel_paper": True}, "pass", "clear"),
        (JULY, {**DECLARED, "has_travel_paper": True, "paper_expired": True}, "hold", "paper_expired"),
        (JULY, {**DECLARED, **NEGATIVE, "area_level_from": 4}, "hold", "area_locked"),
        (JULY, {**DECLARED, **NEGATIVE, "declared_age_h": 25}, "hold", "declared_long_ago"),
        (JULY, {**DECLARED, **NEGATIVE, "hold": True}, "refer", "isolation_order"),
        (JULY, {**DECLARED, **NEGATIVE, "symptoms": True}, "refer", "symptoms"),
        (JULY, {**DECLARED, **NEGATIVE, "temperature": 385}, "refer", "fever"),
        (JULY, {**DECLARED, **NEGATIVE, "temperature": 376}, "advise", "warm"),
        (JULY, {**DECLARED, **NEGATIVE, "verified": False}, "hold", "unverified"),
        (OCTOBER, DECLARED, "pass", "clear"),
        (OCTOBER, {**DECLARED, "area_level_from": 4}, "hold", "area_red"),
        (OCTOBER, {**DECLARED, **NEGATIVE, "area_level_from": 4}, "advise", "area_watch"),
        (OCTOBER, {**DECLARED, "area_level_from": 3}, "hold", "area_orange"),
        (OCTOBER, {**DECLARED, "area_level_from": 3, "doses": 2, "days_since_last_dose": 14}, "advise", "area_watch"),
        (OCTOBER, {**DECLARED, "area_level_from": 3, "doses": 2, "days_since_last_dose": 13}, "hold", "area_orange"),
        (OCTOBER, {**DECLARED, "area_level_from": 3, "days_since_recovery": 180}, "advise", "area_watch"),
        (OCTOBER, {**DECLARED, "area_level_from": 3, "days_since_recovery": 181}, "hold", "area_orange"),
        (TODAY, {}, "advise", "not_declared"),
        (TODAY, {**DECLARED, "how": "cccd"}, "advise", "only_claim"),
        (JULY, {**DECLARED, **NEGATIVE, "declared_result": "stop"}, "hold", "declared_stop"),
        (TODAY, {"declared_result": "stop"}, "refer", "declared_stop"),
        (TODAY, {**DECLARED, "how": "appointment", "appointment": "now"}, "pass", "appointment"),
        (OCTOBER, {**DECLARED, "how": "appointment", "appointment": "after"}, "advise", "appointment_over"),
        (JULY, {"how": "appointment", "verified": True, "appointment": "now"}, "hold", "not_declared"),
        (TODAY, {**DECLARED, "test_result": "positive"}, "refer", "test_positive"),
    ],
)  # fmt: skip
def test_the_shipped_rules(day: date, context: dict[str, Any], result: str, first: str) -> None:
    said, reasons = say(day, **context)
    assert (said, reasons[0]) == (result, first)


def test_a_hospital_asks_for_a_declaration_where_a_shop_only_invites() -> None:
    assert say(TODAY, "hospital")[0] == "hold" and say(TODAY, "office")[0] == "advise"


def test_a_kind_without_rules_has_the_usual_ones() -> None:
    assert GateRules.at(TODAY, "temple").decide({}) == GateRules.at(TODAY, "default").decide({})


CONTEXT = st.dictionaries(
    st.sampled_from(
        ["how", "verified", "fresh", "declared_result", "declared_age_h", "area_level_from", "symptoms", "test_result",
         "test_age_h", "doses", "days_since_last_dose", "days_since_recovery", "hold", "temperature", "has_travel_paper",
         "paper_expired", "hc1_ok", "appointment", "appointment_here", "role", "direction", "bundle_stale", *GUARDS]
    ),
    st.none() | st.booleans() | st.integers(-5, 500) | st.floats() | st.text(max_size=5) | st.lists(st.integers(), max_size=2)
    | st.sampled_from([*HOW, "green", "attention", "stop", "negative", "positive"]),
)  # fmt: skip
DAYS = st.sampled_from([JULY, OCTOBER, TODAY])
ODD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text() | st.binary() | st.dates() | st.just(...),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3) | st.tuples(inner, inner),
    max_leaves=5,
)  # fmt: skip


@given(CONTEXT, DAYS, st.sampled_from(KINDS))
def test_any_context_gets_a_decision_and_its_reasons(context: dict[str, Any], day: date, kind: str) -> None:
    decision = GateRules.at(day, kind).decide(context)
    assert decision.reasons and decision.reasons[0].result == decision.result
    ranks = [RESULTS.index(reason.result) for reason in decision.reasons]
    assert ranks == sorted(ranks, reverse=True)


@given(
    st.sampled_from(
        ["how", "temperature", "doses", "area_level_from", "declared_age_h", "test_age_h", *GUARDS]
    ),
    ODD,
    DAYS,
)
def test_what_no_rule_expects_is_no_way_through(key: str, value: Any, day: date) -> None:
    decision = GateRules.at(day, "checkpoint").decide({**DECLARED, **NEGATIVE, key: value})
    if key in GUARDS and value not in (None, False):
        assert decision.result in ("hold", "refer")


@pytest.mark.parametrize("value", [1, "true", 0, [], "no"])
def test_a_guard_s_key_of_another_type_still_guards(value: Any) -> None:
    assert say(TODAY, **DECLARED, code_forged=value) == ("hold", ["code_forged"])


@given(CONTEXT, DAYS, st.sampled_from(KINDS), st.sampled_from(sorted(GUARDS)))
def test_what_cannot_be_trusted_never_passes(
    context: dict[str, Any], day: date, kind: str, guard: str
) -> None:
    decision = GateRules.at(day, kind).decide({**context, guard: True})
    assert decision.result in ("hold", "refer") and guard in {one.rule_id for one in decision.reasons}


@given(CONTEXT, DAYS)
def test_a_hold_is_never_let_through(context: dict[str, Any], day: date) -> None:
    assert GateRules.at(day, "checkpoint").decide({**context, "hold": True}).result == "refer"


def test_a_code_that_was_not_verified_opens_nothing() -> None:
    for day in (JULY, OCTOBER, TODAY):
        for how in ("pass", "card", "appointment", "hc1"):
            assert say(day, **{**DECLARED, **NEGATIVE, "how": how, "verified": False})[0] == "hold"


@pytest.mark.parametrize("day", [JULY, OCTOBER, TODAY])
@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_reminds_of_5k_and_looks_at_the_same_dangers(day: date, kind: str) -> None:
    rules = GateRules.at(day, kind)
    by_id = {rule.reason.rule_id: rule.reason for rule in rules.rules}
    assert "5K" in by_id["clear"].advice["vi"] and by_id["clear"].result == "pass"
    assert {
        "isolation_order",
        "symptoms",
        "fever",
        "test_positive",
        "unverified",
        "only_claim",
    } <= by_id.keys()
    assert all(reason.document for reason in by_id.values())


def test_a_kind_s_own_rule_takes_the_place_of_the_common_one() -> None:
    own = {**dict(policies.load("gates").at(TODAY).payload["common"][0]), "result": "hold"}
    rules = GateRules.of(_entry(kinds={"factory": {"rules": [own]}}), "factory")
    assert rules.decide({"hold": True}).result == "hold"
    assert GateRules.of(_entry(), "factory").decide({"hold": True}).result == "refer"


def test_a_bundle_carries_today_and_what_follows() -> None:
    assert next(rules.valid_from for rules in entries_from(JULY, "checkpoint")) == date(2021, 5, 29)
    assert len(entries_from(JULY, "checkpoint")) == 3 and len(entries_from(TODAY, "checkpoint")) == 1
    assert GateRules.at(JULY, "office").to_json()["guards"].keys() == set(GUARDS)


def _entry(**changes: Any) -> policies.Entry:
    shipped = policies.load("gates").at(TODAY)
    payload = {**shipped.payload, **changes}
    return policies.Entry("gates", shipped.valid_from, None, "x", "memory", payload)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"kinds": {}, "common": []}, "gate_rules"),
        ({"kinds": {"checkpoint": {"rules": [{"id": "x"}]}}}, "gate_incomplete"),
        ({"fallback": {}}, "gate_incomplete"),
        ({"fallback": {**dict(policies.load("gates").at(TODAY).payload["fallback"]), "result": "pass"}}, "gate_fallback_passes"),
        ({"code_forged": {**dict(policies.load("gates").at(TODAY).payload["code_forged"]), "result": "advise"}}, "gate_fallback_passes"),
    ],
)  # fmt: skip
def test_a_malformed_entry_is_refused_when_read(changes: dict[str, Any], code: str) -> None:
    with pytest.raises(InvalidInput, match=code):
        GateRules.of(_entry(**changes), "checkpoint")


def _written_rules() -> list[tuple[str, dict[str, Any]]]:
    found = []
    for entry in policies.load("gates"):
        kinds = entry.payload.get("kinds", {}).values()
        for rule in (*entry.payload["common"], *(rule for kind in kinds for rule in kind.get("rules", ()))):
            found.append((entry.source_confidence, rule))
    return found


def test_a_rule_that_isnt_from_memory_names_a_document_with_its_number_and_date() -> None:
    """The entry's confidence is that of its rules, but for those that say of themselves that they are remembered."""
    dated = re.compile(r"\d+/(?:\d{4}/)?[A-ZĐ][\w-]+ ngày \d{1,2}/\d{1,2}/\d{4}")
    cited = [
        rule for confidence, rule in _written_rules() if rule.get("source_confidence", confidence) != "memory"
    ]
    assert len(cited) > 10 and not [
        rule["id"] for rule in cited if not dated.search(rule.get("document", ""))
    ]
