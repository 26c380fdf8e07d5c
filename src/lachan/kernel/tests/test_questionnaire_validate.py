"""Validation: every kind of answer, everything wrong at once, and nothing that a stranger sends may break it."""

import json
import os
import random
import time
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Clean, Questionnaire, form_at, formats
from lachan.kernel.questionnaire.validate import MAX_REPEATS, MAX_UNKNOWN
from lachan.kernel.tests.test_questionnaire_forms import TODAY, declaration
from lachan.kernel.tests.test_questionnaire_load import BOOL, OWN, choice, item, resource, when
from lachan.kernel.text import clean_line, clean_name, clean_text

DOMESTIC = form_at("domestic", TODAY).compile()
LINK_IDS = sorted(item.link_id for item in DOMESTIC.form.questions())


def own(link_id: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    extensions = {key: more.pop(key) for key in ("role", "format", "past", "within_days") if key in more}
    urls = [{"url": OWN + key.replace("_", "-"), "valueX": value} for key, value in extensions.items()]
    return item(link_id, kind, extension=urls, **more)


def check(question: dict[str, Any], *answer: Any) -> Clean:
    answers = {"q": answer[0]} if answer else {}
    return Questionnaire.load(resource(question)).compile()(answers, TODAY)


@pytest.mark.parametrize(
    ("question", "given_", "stored"),
    [
        (item("q"), "  chợ   Đầm ", "chợ Đầm"),
        (item("q"), "Nguye\u0302\u0303n", "Nguyễn"),
        (item("q", "text"), "a\r\nb ", "a\nb"),
        (BOOL, False, False),
        (item("q", "integer"), 3.0, 3),
        (item("q", "decimal"), 37.5, 37.5),
        (item("q", "date"), "2021-06-30", "2021-06-30"),
        (item("q", "dateTime"), "2021-06-30T08:00", "2021-06-30T01:00:00Z"),
        (item("q", "dateTime"), "2021-06-30T08:00:00+09:00", "2021-06-29T23:00:00Z"),
        (choice("q", "x"), "x", "x"),
        (own("q", format="name"), " trần  văn BÌNH", "trần văn BÌNH"),
        (own("q", format="phone"), "01623456789", "+84323456789"),
        (own("q", format="cccd"), "056 190 123456", "056190123456"),
        (own("q", format="unit"), "22327", "22327"),
        (own("q", format="passport"), "c1234567", "C1234567"),
        (own("q", format="plate"), "79a 123.45", "79A123.45"),
        (own("q", format="email"), " a@b.vn ", "a@b.vn"),
        (own("q", "date", format="partial-date"), "17/5/1990", "1990-05-17"),
        (own("q", "date", format="partial-date"), "1990", "1990"),
        (item("q", repeats=True), ["a", " ", "b"], ["a", "b"]),
        (item("q", repeats=True), "a", ["a"]),
        (item("q"), None, None),
    ],
)
def test_stored_as(question: dict[str, Any], given_: Any, stored: Any) -> None:
    clean = check(question, given_)
    assert clean.errors == []
    assert clean.answers == {"q": stored} and type(clean.answers["q"]) is type(stored)


@pytest.mark.parametrize(
    ("question", "given_", "code"),
    [
        (item("q"), 5, "not_text"),
        (item("q"), {"a": 1}, "not_text"),
        (item("q"), ["a"], "single_value"),
        (item("q", maxLength=3), "abcd", "text_too_long"),
        (item("q"), "a\0b", "text_bad_character"),
        (item("q"), "\ud800", "text_bad_character"),
        (BOOL, "true", "not_boolean"),
        (BOOL, 1, "not_boolean"),
        (BOOL, [True], "single_value"),
        (item("q", "integer"), True, "not_integer"),
        (item("q", "integer"), 1.5, "not_integer"),
        (item("q", "integer"), float("nan"), "not_integer"),
        (item("q", "integer"), 10**400, "out_of_range"),
        (item("q", "decimal"), float("inf"), "not_number"),
        (item("q", "date"), "2021-02-30", "not_date"),
        (item("q", "date"), "20210630", "not_date"),
        (item("q", "date"), "1066-10-14", "not_date"),
        (item("q", "dateTime"), "2021-06-30", "not_date_time"),
        (own("q", "date", past=True), "2021-07-03", "date_in_future"),
        (own("q", "date", within_days=14), "2021-06-16", "date_too_old"),
        (own("q", "date", format="partial-date", role="birth"), "2023", "date_in_future"),
        (own("q", "date", format="partial-date"), "90", "date_format"),
        (choice("q", "x"), "y", "not_choice"),
        (choice("q", "x"), ["x"], "single_value"),
        (choice("q", "x"), {}, "not_choice"),
        (item("q", repeats=True), [["a"]], "nested_list"),
        (item("q", repeats=True), ["a"] * (MAX_REPEATS + 1), "too_many"),
        (item("q", repeats=True), ["a", None], "not_text"),
        (own("q", format="phone"), "12", "phone_invalid"),
        (own("q", format="cccd"), "C1234567", "national_id_length"),
        (own("q", format="unit"), "2232", "unit_format"),
        (own("q", format="plate"), "<script>", "plate_format"),
        (own("q", format="email"), "a@b", "email_format"),
        (own("q", "boolean", role="pledge"), False, "pledge_required"),
        (item("q", "integer", initial=[{"valueInteger": 4}], readOnly=True), 5, "read_only"),
    ],
)
def test_refused_with(question: dict[str, Any], given_: Any, code: str) -> None:
    clean = check(question, given_)
    assert [(error.field, error.code) for error in clean.errors] == [("q", code)]
    assert "q" not in clean.answers


@pytest.mark.parametrize("blank", [(), ("",), ("  ",), ([],)])
def test_a_blank_is_no_answer(blank: tuple[Any, ...]) -> None:
    assert check(item("q"), *blank).answers == {}
    assert [error.code for error in check(item("q", required=True), *blank).errors] == ["required"]


def test_not_applicable_does_not_do_where_an_answer_is_required() -> None:
    assert [error.code for error in check(item("q", required=True), None).errors] == ["required"]


def test_what_is_read_only_is_filled_in() -> None:
    assert check(item("q", "integer", initial=[{"valueInteger": 4}], readOnly=True)).answers == {"q": 4}


def test_what_is_hidden_is_neither_required_nor_kept() -> None:
    hidden = item("a", required=True, enableWhen=[when("q", "=", answerBoolean=True)])
    validate = Questionnaire.load(resource(BOOL, hidden)).compile()
    assert validate({"q": False, "a": 5}, TODAY).answers == {"q": False}
    assert [error.field for error in validate({"q": True}, TODAY).errors] == ["a"]


def test_everything_wrong_is_said_at_once_in_the_order_of_the_page() -> None:
    answers = declaration("domestic", name="", phone="1", no_symptoms="no", pledge=False, birth="2090")
    errors = DOMESTIC(answers, TODAY).errors
    assert [error.field for error in errors] == ["name", "birth", "phone", "no_symptoms", "pledge"]


def test_unknown_fields_are_named_but_not_by_the_thousand() -> None:
    hostile = {"__proto__": {}, "constructor": 1, "a\0\ud800" + "x" * 10_000: 1, "identity": "a group", 7: 1}
    errors = DOMESTIC({**declaration("domestic"), **hostile}, TODAY).errors  # type: ignore[dict-item]
    assert {error.code for error in errors} == {"unknown_field"}
    assert {error.field for error in errors} >= {"__proto__", "constructor", "identity", "int"}
    assert all(len(error.field) <= 64 and error.field.isprintable() for error in errors)
    many = {f"x{place}": 1 for place in range(5000)}
    assert len(DOMESTIC({**declaration("domestic"), **many}, TODAY).errors) == MAX_UNKNOWN


@pytest.mark.parametrize("body", [None, [], "x", 5, True])
def test_a_body_that_is_no_object(body: Any) -> None:
    assert [error.code for error in DOMESTIC(body, TODAY).errors] == ["not_an_object"]


def test_answers_are_not_altered() -> None:
    answers = declaration("domestic", fever=True, visited_units=["22327"])
    before = json.dumps(answers)
    DOMESTIC(answers, TODAY)
    assert json.dumps(answers) == before


def test_params_never_hold_what_was_typed() -> None:
    answers = declaration(
        "domestic", name="<BÍ MẬT>", phone="BÍ MẬT", national_id="BÍ MẬT 1", residence="BÍ MẬT"
    )
    for error in DOMESTIC(answers, TODAY).errors:
        assert "MẬT" not in str(dict(error.params))


TEXT = st.text(max_size=40) | st.sampled_from(
    ["\0", "\ud800", "𝕏", "a\u0301", "٣", "²", "\u202e", "x" * 200_000, "0" * 5000]
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | TEXT,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXT, inner, max_size=3),
    max_leaves=6,
)


def survives(answers: dict[Any, Any]) -> None:
    clean = DOMESTIC(answers, TODAY)
    assert clean.errors or clean.record["pledge"] is True
    json.dumps([clean.answers, clean.record]).encode()
    json.dumps([[error.field, error.code, dict(error.params)] for error in clean.errors]).encode("utf-8")
    again = DOMESTIC(clean.answers, TODAY)
    if not clean.errors:
        assert again.errors == [] and again.answers == clean.answers


@given(st.dictionaries(st.sampled_from(LINK_IDS) | TEXT, JSON, max_size=8))
@settings(max_examples=200, deadline=None)
def test_any_json_gets_an_answer(answers: dict[str, Any]) -> None:
    survives(answers)
    survives({**declaration("domestic"), **answers})


@given(st.sampled_from(LINK_IDS), JSON)
@settings(max_examples=300, deadline=None)
def test_one_strange_answer_among_good_ones(link_id: str, value: Any) -> None:
    survives(declaration("domestic", **{link_id: value}))


def either(run: Any) -> Any:
    try:
        return run()
    except InvalidInput as error:
        return error.code


NAMES = st.text(alphabet="aăâđêôơư ÁẠ ẫ\u0301\u200b'-.1²|<\n", max_size=20) | st.text(max_size=20)


@given(NAMES)
@settings(max_examples=300)
def test_the_short_ways_give_what_the_cleaners_give(text: str) -> None:
    assert either(lambda: formats.name(text, TODAY)) == either(lambda: clean_name(text))
    assert either(lambda: formats.line(text, 15)) == either(lambda: clean_line(text, 15))
    assert either(lambda: formats.paragraph(text, 15)) == either(lambda: clean_text(text, 15))


@given(st.dates(date(1860, 1, 1), date(2210, 1, 1)))
def test_whole_dates_by_either_way(day: date) -> None:
    if day.year < 1870 or day.year > 2199:
        assert either(lambda: formats.iso_date(day.isoformat())) == "not_date"
    else:
        assert formats.iso_date(day.isoformat()) == day
        assert formats.partial_date(day.isoformat(), TODAY) == day.isoformat()


@pytest.mark.fuzz
def test_fuzz() -> None:
    until = time.monotonic() + float(os.environ.get("LACHAN_FUZZ_SECONDS", "3"))
    rng = random.Random(1)
    pieces: list[Any] = ["", "a", "\0", "\ud800", "1990", "2021-07-01", "0905123456", 0, 1, -1, 2**70, 1.5, True, False, None,
                         float("nan"), {}, {"__proto__": 1}, [], [[]], ["22327"], "Nguyễn Văn An", "x" * 70_000]  # fmt: skip
    rounds = 0
    while time.monotonic() < until:
        changed = {rng.choice(LINK_IDS): rng.choice(pieces) for _ in range(rng.randrange(6))}
        survives({**declaration("domestic"), **changed})
        rounds += 1
    assert rounds > 100
