"""CertLogic: what the specification says, and that the compiler says the same as the evaluator."""

import json
import os
import random
import time
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.kernel.certlogic import compile_rule, evaluate, to_json, validate, variables
from lachan.kernel.certlogic.values import parse_date_time
from lachan.kernel.errors import InvalidInput
from lachan.kernel.vectors import certlogic_vectors, random_data, random_rule

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=6), inner, max_size=4),
    max_leaves=12,
)
OPERATORS = ["if", "and", "!", "===", "in", "+", ">", "before", "plusTime", "reduce", "var", "dccDateOfBirth"]
RULE_LIKE = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.sampled_from(["", "a", "2021", "day", "x.y"]),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.sampled_from(OPERATORS), st.lists(inner, max_size=4) | inner, max_size=2)
    ),
    max_leaves=16,
)


def outcome(run: Any) -> Any:
    """A result as JSON text with its type, or the code of the refusal."""
    try:
        return "value", json.dumps(to_json(run()))
    except InvalidInput as error:
        return "refused", error.code


def var(path: str) -> dict[str, str]:
    return {"var": path}


@pytest.mark.parametrize(
    ("rule", "data", "expected"),
    [
        ({"and": [True, ""]}, {}, ""),
        ({"and": [1, "a", [0]]}, {}, [0]),
        ({"if": [var("x"), "yes", "no"]}, {"x": []}, "no"),
        ({"if": [var("x"), "yes", "no"]}, {"x": 1.5}, "no"),
        ({"!": [var("x")]}, {}, True),
        ({"===": [1, True]}, {}, False),
        ({"===": [var("x"), 1]}, {"x": 1.0}, True),
        ({"===": [var("x"), var("x")]}, {"x": [1]}, False),
        ({"in": [var("x"), [0, 1]]}, {"x": False}, False),
        ({"in": [var("x"), var("y")]}, {"y": [None]}, True),
        ({"<": [1, 2, 3]}, {}, True),
        ({"<": [1, 3, 2]}, {}, False),
        ({"+": [2, var("x")]}, {"x": -5}, -3),
        (var("a.1.b"), {"a": [0, {"b": 7}]}, 7),
        (var("a.01"), {"a": [0, 1]}, None),
        (var("__proto__"), {}, None),
        (var(""), [1], [1]),
        ({"reduce": [var("x"), {"+": [var("accumulator"), var("current")]}, 10]}, {"x": [1, 2]}, 13),
        ({"reduce": [var("x"), 1, 10]}, {}, 10),
        ({"extractFromUVCI": ["URN:UVCI:01:VN:A/B#C", 3]}, {}, "B"),
        ({"extractFromUVCI": ["a::c/#/f", 5]}, {}, "f"),
        ({"extractFromUVCI": [var("x"), 0]}, {}, None),
        ({"plusTime": ["2020-02-29", 1, "year"]}, {}, "2021-03-01T00:00:00.000Z"),
        ({"plusTime": ["2020-02-29", 1, "month"]}, {}, "2020-03-29T00:00:00.000Z"),
        ({"plusTime": ["2021-01-31", 1, "month"]}, {}, "2021-03-03T00:00:00.000Z"),
        ({"plusTime": ["2021-07-01T00:30:00+7", 0, "day"]}, {}, "2021-06-30T17:30:00.000Z"),
        ({"plusTime": ["2021-07-01T00:00:00.98765Z", -1, "hour"]}, {}, "2021-06-30T23:00:00.987Z"),
        ({"dccDateOfBirth": ["2004"]}, {}, "2004-12-31T00:00:00.000Z"),
        ({"dccDateOfBirth": ["2004-02"]}, {}, "2004-02-29T00:00:00.000Z"),
        ({"not-after": ["2021-07-01", "2021-07-01T00:00:00Z", "2021-07-02"]}, {}, True),
        ({"after": [var("x"), {"plusTime": ["2022-12-31", -18, "year"]}]}, {"x": "2004"}, False),
    ],
)
def test_specification(rule: Any, data: Any, expected: Any) -> None:
    validate(rule)
    assert to_json(evaluate(rule, data)) == expected
    assert to_json(compile_rule(rule)(data)) == expected


@pytest.mark.parametrize(
    ("rule", "data", "code"),
    [
        ({"<": [var("x"), 1]}, {}, "rule_type"),
        ({"<": [var("x"), 1]}, {"x": True}, "rule_type"),
        ({"and": [var("x"), True]}, {"x": 1.5}, "rule_type"),
        ({"!": [{"plusTime": ["2021-01-01", 0, "day"]}]}, {}, "rule_type"),
        ({"in": [1, var("x")]}, {}, "rule_type"),
        ({"+": ["a", "b"]}, {}, "rule_type"),
        ({"plusTime": [var("x"), 0, "day"]}, {}, "rule_type"),
        ({"plusTime": ["9999-12-31", 1, "day"]}, {}, "rule_date_range"),
        ({"after": ["2021-02-30", "2021-01-01"]}, {}, "rule_date"),
        ({"reduce": ["text", 1, 2]}, {}, "rule_type"),
    ],
)
def test_refuses_data_of_a_wrong_type(rule: Any, data: Any, code: str) -> None:
    assert outcome(lambda: evaluate(rule, data)) == ("refused", code)
    assert outcome(lambda: compile_rule(rule)(data)) == ("refused", code)


@pytest.mark.parametrize(
    ("rule", "code"),
    [
        (None, "rule_literal"),
        (1.5, "rule_literal"),
        (float("nan"), "rule_literal"),
        ({}, "rule_operation"),
        ({"or": [1, 2]}, "rule_operator"),
        ({"and": [1]}, "rule_operands"),
        ({"if": [1, 2]}, "rule_operands"),
        ({"<": [1, 2, 3, 4]}, "rule_operands"),
        ({"!": True}, "rule_operands"),
        ({"var": 1}, "rule_var_path"),
        ({"var": "a..b"}, "rule_var_path"),
        ({"plusTime": ["2021", 1, "week"]}, "rule_time_unit"),
        ({"extractFromUVCI": ["a", var("x")]}, "rule_literal"),
        ({"and": [True, {"if": [True, 1, {"nonsense": []}]}]}, "rule_operator"),
    ],
)
def test_malformed_rules_are_found_before_they_run(rule: Any, code: str) -> None:
    for check in (validate, compile_rule):
        with pytest.raises(InvalidInput) as caught:
            check(rule)
        assert str(caught.value) == code


def test_a_nesting_bomb_is_refused() -> None:
    rule: Any = True
    for _ in range(5000):
        rule = {"!": [rule]}
    for check in (validate, compile_rule, lambda bomb: evaluate(bomb, {})):
        with pytest.raises(InvalidInput, match="rule_too_deep"):
            check(rule)


@given(st.randoms(use_true_random=False))
@settings(max_examples=300, deadline=None)
def test_the_compiler_says_what_the_evaluator_says(rng: random.Random) -> None:
    rule, data = random_rule(rng), random_data(rng)
    validate(rule)
    run = compile_rule(rule)
    assert outcome(lambda: run(data)) == outcome(lambda: evaluate(rule, data))


@given(RULE_LIKE, JSON)
@settings(max_examples=300, deadline=None)
def test_any_json_as_a_rule_gives_a_value_or_a_refusal(rule: Any, data: Any) -> None:
    kind, _ = outcome(lambda: validate(rule))
    if kind == "value":
        run = compile_rule(rule)
        assert outcome(lambda: run(data)) == outcome(lambda: evaluate(rule, data))
    else:
        outcome(lambda: evaluate(rule, data))


@given(
    st.text(max_size=40)
    | st.from_regex(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?([+-]\d{1,4})?", fullmatch=True)
)
def test_dates_survive_anything(text: str) -> None:
    try:
        assert parse_date_time(text).tzinfo is not None
    except InvalidInput as error:
        assert str(error) == "rule_date"


def test_a_result_is_the_callers_own() -> None:
    run = compile_rule([1, 2])
    run({}).append(3)
    assert run({}) == [1, 2]


def test_variables_that_a_rule_reads() -> None:
    assert variables({"if": [var("a"), {"in": [var("b.c"), [1]]}, {"reduce": [var("d"), var("current"), 0]}]}) == {
        "a", "b.c", "d",
    }  # fmt: skip


def test_vectors_are_stable_and_hold_both_values_and_refusals() -> None:
    vectors = certlogic_vectors(7, 300)
    assert vectors == certlogic_vectors(7, 300) == json.loads(json.dumps(vectors))
    refused = sum("error" in vector for vector in vectors)
    assert 20 < refused < 200
    assert len({json.dumps(vector["expected"]) for vector in vectors}) > 15


@pytest.mark.fuzz
def test_fuzz() -> None:
    until = time.monotonic() + float(os.environ.get("LACHAN_FUZZ_SECONDS", "3"))
    seed = 0
    while time.monotonic() < until:
        seed += 1
        rng = random.Random(seed)
        rule, data = random_rule(rng, 6), random_data(rng)
        run = compile_rule(rule)
        assert outcome(lambda run=run, data=data: run(data)) == outcome(
            lambda rule=rule, data=data: evaluate(rule, data)
        ), seed
    assert seed > 100
