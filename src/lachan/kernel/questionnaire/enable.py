"""Which items are shown: ``enableWhen`` of FHIR R4 over raw answers, the same here and in the browser.

A question that isn't enabled counts as unanswered, so what it would have shown is hidden too; items of a group that
isn't enabled aren't either. ``!=`` holds where no answer equals, so also where there is none, as R4 has it. Values of
different types are never equal; an order between them never holds. A blank string is no answer.
"""

import operator
from collections.abc import Callable, Mapping
from typing import Any

from lachan.kernel.questionnaire.model import Condition, Item, Questionnaire

Test = Callable[[Mapping[str, Any]], bool]
_ORDER: dict[str, Callable[[Any, Any], bool]] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
_NUMBERS = (int, float)


def enabled(form: Questionnaire, answers: Mapping[str, Any]) -> set[str]:
    """linkIds of the items shown for these raw answers, groups and texts included."""
    live, shown = dict(answers), set()
    for link_id in form.order:
        item = form.by_link_id[link_id]
        if all(parent in shown for parent in item.parents) and test_of(item)(live):
            shown.add(link_id)
        else:
            live.pop(link_id, None)
    return shown


def test_of(item: Item) -> Test:
    """The item's own conditions as one function of the live answers."""
    tests = [condition_test(condition) for condition in item.enable_when]
    if len(tests) == 1:
        return tests[0]
    return _first(tests, True) if tests and item.enable_behavior == "any" else _first(tests, False)


def _first(tests: list[Test], decisive: bool) -> Test:
    """``any`` (True decides) or ``all`` (False decides), a plain loop being twice as fast."""

    def decide(live: Mapping[str, Any]) -> bool:
        for test in tests:
            if test(live) is decisive:
                return decisive
        return not decisive

    return decide


def condition_test(condition: Condition) -> Test:
    """One condition as a function of the live answers."""
    question, wanted = condition.question, condition.answer
    if condition.operator == "exists":
        return lambda live: _answered(live.get(question)) is wanted
    if condition.operator == "=":
        return _equals(question, wanted)
    if condition.operator == "!=":
        equals = _equals(question, wanted)
        return lambda live: not equals(live)
    compare = _ORDER[condition.operator]
    return lambda live: any(_ordered(compare, value, wanted) for value in _values(live.get(question)))


def _equals(question: str, wanted: Any) -> Test:
    kind = type(wanted)

    def test(live: Mapping[str, Any]) -> bool:
        answer = live.get(question)
        if type(answer) is kind:
            return bool(answer == wanted)
        return answer is not None and any_equal(answer, wanted)

    return test


def _values(answer: Any) -> list[Any]:
    return answer if type(answer) is list else [answer]


def _answered(answer: Any) -> bool:
    if type(answer) is list:
        return any(value is not None and value != "" for value in answer)
    return answer is not None and answer != ""


def any_equal(answer: Any, wanted: Any) -> bool:
    """Whether the answer, or one of a list of answers, is the wanted one; an integer equals a decimal."""
    if type(answer) is list:
        return any(_equal(value, wanted) for value in answer)
    return _equal(answer, wanted)


def _equal(value: Any, wanted: Any) -> bool:
    if type(value) is type(wanted):
        return bool(value == wanted)
    return type(value) in _NUMBERS and type(wanted) in _NUMBERS and bool(value == wanted)


def _ordered(compare: Callable[[Any, Any], bool], value: Any, wanted: Any) -> bool:
    if type(wanted) is str:
        return type(value) is str and compare(value, wanted)
    return type(value) in _NUMBERS and compare(value, wanted)
