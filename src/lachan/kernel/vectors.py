"""Parity vectors: cases with their answers, by which the evaluators in the browser are checked against these.

The same seed gives the same cases. Everything in them is JSON.
"""

import random
from typing import Any

from lachan.kernel.certlogic import evaluate, to_json
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Questionnaire, enabled

_KEYS = (
    "a",
    "b",
    "c",
    "list",
    "day",
    "nested.x",
    "nested.0",
    "list.0",
    "list.1",
    "missing",
    "__proto__",
    "length",
    "",
)
_TIMES = ("2021-07-01", "2021-07", "2020", "2020-02-29", "2021-01-31T23:30:00+07:00", "2021-12-31T23:59:59.98765Z",
          "2021-07-01T00:00:00-5", "yesterday", "2021-02-30")  # fmt: skip
_SCALARS: tuple[Any, ...] = (True, False, 0, 1, 2, -3, 10, "", "a", "b", "VN", "1")
_UCI = "URN:UVCI:01:VN:187/37512422923#X"


def certlogic_vectors(seed: int, n: int) -> list[dict[str, Any]]:
    """``n`` of {rule, data, expected}; a rule that refuses its data has ``error`` (the code) and expected null.

    A date-time is expected as ISO text in UTC with milliseconds.
    """
    rng = random.Random(seed)
    return [_certlogic_case(random_rule(rng), random_data(rng)) for _ in range(n)]


def _certlogic_case(rule: Any, data: Any) -> dict[str, Any]:
    try:
        return {"rule": rule, "data": data, "expected": to_json(evaluate(rule, data))}
    except InvalidInput as error:
        return {"rule": rule, "data": data, "expected": None, "error": error.code}


def random_data(rng: random.Random) -> Any:
    """Data of the shape that ``random_rule`` asks: some of it missing, some null, some of another type."""
    if rng.random() < 0.05:
        return rng.choice((None, 3, "text", [1, "a"], []))
    data: dict[str, Any] = {}
    for key in ("a", "b", "c"):
        if rng.random() < 0.8:
            data[key] = rng.choice((*_SCALARS, None, *_TIMES, 1.5, [], {}, ["a"]))
    if rng.random() < 0.8:
        data["list"] = [rng.choice((*_SCALARS, None)) for _ in range(rng.randrange(4))]
    if rng.random() < 0.8:
        data["day"] = rng.choice(_TIMES)
    if rng.random() < 0.5:
        data["nested"] = rng.choice(({"x": rng.choice(_SCALARS)}, [rng.choice(_SCALARS)], None))
    return data


def random_rule(rng: random.Random, depth: int = 4) -> Any:
    """A well-formed rule, which may still refuse the types that it finds."""
    if depth == 0 or rng.random() < 0.15:
        return rng.choice(({"var": rng.choice(_KEYS)}, {"var": rng.choice(_KEYS)}, rng.choice(_SCALARS)))
    return _MAKERS[rng.choice(_NAMES)](rng, depth - 1)


def _many(rng: random.Random, depth: int, low: int, high: int) -> list[Any]:
    return [random_rule(rng, depth) for _ in range(rng.randint(low, high))]


def _number(rng: random.Random) -> Any:
    return rng.choice(({"var": "a"}, {"var": "b"}, {"+": [{"var": "a"}, 1]}, 0, 1, 2, -3))


def _moment(rng: random.Random) -> Any:
    unit = rng.choice(("year", "month", "day", "hour"))
    start = rng.choice(({"var": "day"}, rng.choice(_TIMES)))
    return rng.choice(
        ({"plusTime": [start, rng.randint(-40, 40), unit]}, {"dccDateOfBirth": [start]}, rng.choice(_TIMES))
    )


def _reduce(rng: random.Random, _depth: int) -> Any:
    fold = rng.choice((
        {"+": [{"var": "accumulator"}, 1]},
        {"if": [{"var": "current"}, {"var": "current"}, {"var": "accumulator"}]},
        {"and": [{"var": "accumulator"}, {"var": "current"}]},
    ))  # fmt: skip
    return {"reduce": [{"var": rng.choice(("list", "list", "a", "missing"))}, fold, rng.choice((0, True))]}


def _or(rng: random.Random, depth: int) -> Any:
    return {"!": [{"and": [{"!": [operand]} for operand in _many(rng, depth, 2, 3)]}]}


def _in(rng: random.Random, depth: int) -> Any:
    pool = rng.choice(({"var": "list"}, ["a", "b", "VN"], [0, 1, 2], [True, "a", 1, {"var": "a"}], []))
    return {"in": [random_rule(rng, depth), pool]}


def _plus_time(rng: random.Random, _depth: int) -> Any:
    return _moment(rng)


def _uci(rng: random.Random, _depth: int) -> Any:
    return {"extractFromUVCI": [rng.choice(({"var": "a"}, _UCI, "a::c/#/f")), rng.randint(-1, 7)]}


_MAKERS = {
    "if": lambda rng, depth: {"if": _many(rng, depth, 3, 3)},
    "and": lambda rng, depth: {"and": _many(rng, depth, 2, 4)},
    "or": _or,
    "!": lambda rng, depth: {"!": _many(rng, depth, 1, 1)},
    "===": lambda rng, depth: {"===": _many(rng, depth, 2, 2)},
    "in": _in,
    "+": lambda rng, depth: {"+": _many(rng, depth, 2, 2)},
    "compare": lambda rng, _depth: {
        rng.choice((">", "<", ">=", "<=")): [_number(rng) for _ in range(rng.randint(2, 3))]
    },
    "times": lambda rng, _depth: {
        rng.choice(("after", "before", "not-after", "not-before")): [
            _moment(rng) for _ in range(rng.randint(2, 3))
        ]
    },
    "plusTime": _plus_time,
    "reduce": _reduce,
    "uci": _uci,
    "array": lambda rng, depth: _many(rng, depth, 0, 3),
}
_NAMES = sorted(_MAKERS)


# enableWhen


def enable_when_vectors(seed: int, n: int) -> list[dict[str, Any]]:
    """``n`` of {questionnaire, answers, expected}; expected are the sorted linkIds of the items shown."""
    rng = random.Random(seed)
    return [_enable_case(rng) for _ in range(n)]


def _enable_case(rng: random.Random) -> dict[str, Any]:
    source = random_form(rng)
    answers = random_answers(rng)
    shown = sorted(enabled(Questionnaire.load(source), answers))
    return {"questionnaire": source, "answers": answers, "expected": shown}


_ASKED = {"q_bool": "boolean", "q_int": "integer", "q_date": "date", "q_choice": "choice", "q_text": "string"}
_ANSWERS: dict[str, tuple[Any, ...]] = {
    "q_bool": (True, False, None, "true", 1),
    "q_int": (0, 1, 2, 2.0, 5, None, "2", True, [1, 5], []),
    "q_date": ("2021-07-01", "2021-07-02", "1990", "", None, 20210701),
    "q_choice": ("a", "b", "z", ["a", "b"], [None, ""], None, {}),
    "q_text": ("x", "", " ", "y", ["x"], None, 0, False),
}
_WANTED: dict[str, tuple[str, tuple[Any, ...]]] = {
    "q_bool": ("answerBoolean", (True, False)),
    "q_int": ("answerInteger", (0, 1, 2)),
    "q_date": ("answerDate", ("2021-07-01", "1990")),
    "q_choice": ("answerCoding", ({"code": "a"}, {"code": "b"})),
    "q_text": ("answerString", ("x", "y")),
}


def random_answers(rng: random.Random) -> dict[str, Any]:
    """Answers to ``random_form``, some missing, some not applicable, some of the wrong type."""
    asked = {link_id: rng.choice(values) for link_id, values in _ANSWERS.items() if rng.random() < 0.75}
    shown = {f"s{place}": rng.choice((True, False, None)) for place in range(4) if rng.random() < 0.7}
    return {**asked, **shown}


def random_form(rng: random.Random) -> dict[str, Any]:
    """A form of five plain questions and four whose showing hangs on them and on one another."""
    items = [_question(link_id, kind) for link_id, kind in _ASKED.items()]
    questions = list(_ASKED)
    group: list[dict[str, Any]] = []
    for place in range(4):
        item = _question(f"s{place}", "boolean") | _conditions(rng, questions)
        questions.append(f"s{place}")
        (group if place > 1 else items).append(item)
    outer = {**_question("g", "group"), **_conditions(rng, questions[:7]), "item": group}
    translated = _translated("Form")
    return {
        "resourceType": "Questionnaire", "id": "vector", "version": "1", "title": "Mẫu", "_title": translated,
        "status": "active", "effectivePeriod": {"start": "2021-01-01"},
        "extension": [{"url": "https://lachan.vn/fhir/document", "valueString": "-"}], "item": [*items, outer],
    }  # fmt: skip


def _translated(content: str) -> dict[str, Any]:
    parts = [{"url": "lang", "valueCode": "en"}, {"url": "content", "valueString": content}]
    return {"extension": [{"url": "http://hl7.org/fhir/StructureDefinition/translation", "extension": parts}]}


def _question(link_id: str, kind: str) -> dict[str, Any]:
    item: dict[str, Any] = {
        "linkId": link_id,
        "type": kind,
        "text": f"Câu {link_id}",
        "_text": _translated(link_id),
    }
    if kind == "choice":
        display = {"_display": _translated("Option")}
        item["answerOption"] = [
            {"valueCoding": {"code": code, "display": "Chọn", **display}} for code in "ab"
        ]
    return item


def _conditions(rng: random.Random, questions: list[str]) -> dict[str, Any]:
    conditions = [_condition(rng, rng.choice(questions)) for _ in range(rng.randrange(4))]
    if not conditions:
        return {}
    return {"enableWhen": conditions, "enableBehavior": rng.choice(("all", "any"))}


def _condition(rng: random.Random, question: str) -> dict[str, Any]:
    key, wanted = _WANTED.get(question, _WANTED["q_bool"])
    ordered = (">", "<", ">=", "<=") if question in ("q_int", "q_date") else ()
    operator = rng.choice(("exists", "=", "!=", *ordered))
    if operator == "exists":
        return {"question": question, "operator": operator, "answerBoolean": rng.random() < 0.5}
    return {"question": question, "operator": operator, key: rng.choice(wanted)}
