"""Reading a Questionnaire: what this subset doesn't know or can't mean is refused; conditions of every operator."""

import copy
import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Questionnaire, enabled, form_at, forms
from lachan.kernel.vectors import enable_when_vectors, random_answers, random_form

OWN = "https://lachan.vn/fhir/"


def english(content: str = "Text") -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": content}]
    return {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": parts}]}


def item(link_id: str, kind: str = "string", **more: Any) -> dict[str, Any]:
    return {"linkId": link_id, "type": kind, "text": "Câu hỏi", "_text": english(), **more}


def choice(link_id: str, *codes: str, **more: Any) -> dict[str, Any]:
    options = [{"valueCoding": {"code": code, "display": "Chọn", "_display": english()}} for code in codes]
    return item(link_id, "choice", answerOption=options, **more)


def extended(link_id: str, kind: str = "string", **own: Any) -> dict[str, Any]:
    extension = [{"url": OWN + name.replace("_", "-"), "value": value} for name, value in own.items()]
    return item(link_id, kind, extension=extension)


def resource(*items: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {
        "resourceType": "Questionnaire", "id": "test", "version": "1", "title": "Mẫu", "_title": english(),
        "effectivePeriod": {"start": "2021-01-01"},
        "extension": [{"url": OWN + "document", "valueString": "Công văn 1"}], "item": list(items), **more,
    }  # fmt: skip


def when(question: str, operator: str, **answer: Any) -> dict[str, Any]:
    return {"question": question, "operator": operator, **answer}


def shown(items: list[dict[str, Any]], answers: dict[str, Any]) -> set[str]:
    return enabled(Questionnaire.load(resource(*items)), answers)


@pytest.mark.parametrize(
    ("items", "code"),
    [
        ([], "form_empty"),
        ([item("g", "group")], "form_empty"),
        ([item("a"), item("a")], "form_duplicate"),
        ([item("A b")], "form_link_id"),
        ([item("__proto__")], "form_link_id"),
        ([item("a", "quantity")], "form_type"),
        ([item("a", answerValueSet="x")], "form_unsupported"),
        ([{k: v for k, v in item("a").items() if k != "_text"}], "form_untranslated"),
        ([item("a", _text=english(" "))], "form_untranslated"),
        ([item("a", text=" ")], "form_missing"),
        ([item("a", "choice")], "form_options"),
        ([choice("a", "x", "x")], "form_options"),
        ([item("a", item=[item("b")])], "form_nested_question"),
        ([item("g", "group", required=True, item=[item("a")])], "form_not_a_question"),
        ([extended("a", format="postcode")], "form_format"),
        ([item("a", "boolean", initial=[{"valueString": "x"}])], "form_initial"),
        ([item("a"), item("b", enableWhen=[when("c", "exists", answerBoolean=True)])], "form_enable_question"),
        ([item("a"), item("b", enableWhen=[when("a", "~", answerString="x")])], "form_enable_operator"),
        ([item("a"), item("b", enableWhen=[when("a", ">", answerString="x")])], "form_enable_type"),
        ([item("a"), item("b", enableWhen=[when("a", "=", answerBoolean=True)])], "form_enable_type"),
        ([item("a", "integer"), item("b", enableWhen=[when("a", "=", answerInteger=True)])], "form_enable_type"),
        ([item("a", enableWhen=[when("a", "exists", answerBoolean=True)])], "form_enable_circle"),
        ([item("a"), item("b", enableBehavior="some", enableWhen=[])], "form_enable_behavior"),
    ],
)  # fmt: skip
def test_refused_at_load(items: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        Questionnaire.load(resource(*items))
    assert str(caught.value) == code


def test_a_circle_of_two_is_refused() -> None:
    first = item("a", "boolean", enableWhen=[when("b", "=", answerBoolean=True)])
    second = item("b", "boolean", enableWhen=[when("a", "=", answerBoolean=True)])
    with pytest.raises(InvalidInput, match="form_enable_circle"):
        Questionnaire.load(resource(first, second))


def test_loads_from_a_path(tmp_path: Path) -> None:
    path = tmp_path / "f.json"
    path.write_text(json.dumps(resource(item("a"))), encoding="utf-8")
    form = Questionnaire.load(path)
    assert (form.id, form.valid_from, form.valid_to) == ("test", date(2021, 1, 1), None)
    assert form.compile() is form.compile()


BOOL = item("q", "boolean")
INT = item("q", "integer")
DAY = item("q", "date")


@pytest.mark.parametrize(
    ("asked", "condition", "answer", "holds"),
    [
        (BOOL, when("q", "exists", answerBoolean=True), False, True),
        (BOOL, when("q", "exists", answerBoolean=True), None, False),
        (BOOL, when("q", "exists", answerBoolean=False), None, True),
        (BOOL, when("q", "=", answerBoolean=True), "true", False),
        (BOOL, when("q", "=", answerBoolean=True), 1, False),
        (BOOL, when("q", "!=", answerBoolean=True), None, True),
        (INT, when("q", "=", answerInteger=2), 2.0, True),
        (INT, when("q", "=", answerInteger=1), True, False),
        (INT, when("q", ">", answerInteger=0), 1, True),
        (INT, when("q", ">", answerInteger=0), None, False),
        (INT, when("q", ">=", answerInteger=2), 2, True),
        (INT, when("q", "<", answerInteger=2), 2, False),
        (INT, when("q", "<=", answerInteger=2), 2, True),
        (INT, when("q", "<=", answerInteger=2), "1", False),
        (INT, when("q", ">", answerInteger=4), [1, 5], True),
        (INT, when("q", "!=", answerInteger=1), [1, 5], False),
        (DAY, when("q", ">", answerDate="2021-07-01"), "2021-07-02", True),
        (DAY, when("q", ">", answerDate="2021-07-01"), 20210702, False),
        (choice("q", "x", "y"), when("q", "=", answerCoding={"code": "x"}), ["y", "x"], True),
        (item("q"), when("q", "exists", answerBoolean=True), "", False),
        (item("q"), when("q", "exists", answerBoolean=True), [None, ""], False),
    ],
)
def test_operators(asked: dict[str, Any], condition: dict[str, Any], answer: Any, holds: bool) -> None:
    found = shown([asked, item("a", enableWhen=[condition])], {"q": answer})
    assert ("a" in found) is holds


def test_missing_is_not_false() -> None:
    ask = [BOOL, item("a", enableWhen=[when("q", "=", answerBoolean=False)])]
    assert "a" not in shown(ask, {})
    assert "a" in shown(ask, {"q": False})


def test_all_and_any() -> None:
    two = [when("q", "=", answerBoolean=True), when("r", "=", answerBoolean=True)]
    for behavior, holds in (("all", False), ("any", True)):
        ask = [BOOL, item("r", "boolean"), item("a", enableWhen=two, enableBehavior=behavior)]
        assert ("a" in shown(ask, {"q": True, "r": False})) is holds


def test_what_is_hidden_counts_as_unanswered_even_when_asked_before() -> None:
    ask = [
        item("late", enableWhen=[when("middle", "exists", answerBoolean=True)]),
        BOOL,
        item("g", "group", enableWhen=[when("q", "=", answerBoolean=True)], item=[item("middle")]),
    ]
    assert {"late", "middle"} <= shown(ask, {"q": True, "middle": "x"})
    assert shown(ask, {"q": False, "middle": "x"}) == {"q"}


@given(st.randoms(use_true_random=False))
@settings(max_examples=150, deadline=None)
def test_the_validator_keeps_exactly_what_is_shown(rng: Any) -> None:
    form = Questionnaire.load(random_form(rng))
    answers = random_answers(rng)
    clean = form.compile()(answers, date(2021, 7, 1))
    found = enabled(form, answers)
    assert set(clean.answers) | {error.field for error in clean.errors} <= found
    given_nulls = {key for key, value in answers.items() if value is None and key in found}
    assert given_nulls <= set(clean.answers)


def test_enable_vectors_are_stable_and_varied() -> None:
    vectors = enable_when_vectors(3, 60)
    assert vectors == enable_when_vectors(3, 60) == json.loads(json.dumps(vectors))
    assert len({tuple(vector["expected"]) for vector in vectors}) > 10


def test_a_question_is_one_change_in_one_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A province puts its own version of a form beside, with one question more, and nothing else changes."""
    source = copy.deepcopy(dict(form_at("domestic", date(2021, 7, 1)).source))
    source["item"].append(item("pets", "boolean"))
    (tmp_path / "forms").mkdir()
    (tmp_path / "forms" / "domestic.json").write_text(json.dumps(source), encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    assert form_at("domestic", date(2021, 7, 1)).by_link_id["pets"].type == "boolean"
    assert len(forms()) == 4


def test_versions_follow_one_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "forms").mkdir()
    for version, period in (
        ("1", {"start": "2021-01-01", "end": "2021-05-28"}),
        ("2", {"start": "2021-05-29"}),
    ):
        text = json.dumps(resource(item("a"), id="own", version=version, effectivePeriod=period))
        (tmp_path / "forms" / f"own-{version}.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path))
    assert [form_at("own", date(2021, 5, day)).version for day in (28, 29)] == ["1", "2"]
    text = json.dumps(resource(item("a"), id="own", version="3", effectivePeriod={"start": "2021-06-01"}))
    (tmp_path / "forms" / "own-3.json").write_text(text, encoding="utf-8")
    monkeypatch.setenv("LACHAN_POLICIES", str(tmp_path / "." / "forms" / ".."))
    with pytest.raises(InvalidInput, match="form_overlap"):
        forms()
