"""The plain evaluator: one function per operator, the reference that the compiler is checked against."""

import operator
from collections.abc import Callable
from itertools import pairwise
from typing import Any

from lachan.kernel.certlogic import values
from lachan.kernel.errors import InvalidInput

COMPARE: dict[str, values.Compare] = {
    ">": operator.gt, "<": operator.lt, ">=": operator.ge, "<=": operator.le,
}  # fmt: skip
COMPARE_TIME: dict[str, values.Compare] = {
    "after": operator.gt, "before": operator.lt, "not-after": operator.le, "not-before": operator.ge,
}  # fmt: skip
ARITY: dict[str, tuple[int, int]] = {
    "if": (3, 3), "===": (2, 2), "in": (2, 2), "+": (2, 2), "!": (1, 1), "and": (2, 1000),
    "plusTime": (3, 3), "dccDateOfBirth": (1, 1), "reduce": (3, 3), "extractFromUVCI": (2, 2),
    **dict.fromkeys((*COMPARE, *COMPARE_TIME), (2, 3)),
}  # fmt: skip
"""Operator → fewest and most operands. ``var`` isn't here: its argument is a string, not an array."""


def evaluate(rule: Any, data: Any, _depth: int = 0) -> Any:
    """The value of a CertLogic rule over JSON data.

    Returns a JSON value, or a UTC ``datetime`` where the rule makes a date-time. Raises InvalidInput with a code
    starting ``rule_``: a malformed rule, or operands of a type that the operator refuses.
    """
    if _depth > values.MAX_DEPTH:
        raise InvalidInput("rule_too_deep")
    kind = type(rule)
    if kind in (str, bool):
        return rule
    if kind in (int, float):
        return literal_number(rule)
    if kind is list:
        return [evaluate(item, data, _depth + 1) for item in rule]
    name, args = operation(rule)
    if name == "var":
        return _var(args, data)
    return _OPERATORS[name](name, args, data, _depth + 1)


def literal_number(rule: Any) -> int:
    """A literal integer; fractions are no CertLogic literals."""
    try:
        return values.integer(rule, "literal")
    except InvalidInput:
        raise InvalidInput("rule_literal") from None


def operation(rule: Any) -> tuple[str, Any]:
    """Operator and arguments of an operation object, its form checked."""
    if type(rule) is not dict:
        raise InvalidInput("rule_literal")
    if len(rule) != 1:
        raise InvalidInput("rule_operation")
    ((name, args),) = rule.items()
    if name == "var":
        return name, args
    bounds = ARITY.get(name) if type(name) is str else None
    if bounds is None:
        raise InvalidInput("rule_operator", operator=str(name)[:40])
    if type(args) is not list or not bounds[0] <= len(args) <= bounds[1]:
        raise InvalidInput("rule_operands", operator=name)
    return name, args


def _var(path: Any, data: Any) -> Any:
    value = data
    for fragment in values.split_path(path):
        value = values.step(value, fragment)
    return value


def _if(_name: str, args: list[Any], data: Any, depth: int) -> Any:
    chosen = args[1] if values.truth(evaluate(args[0], data, depth)) else args[2]
    return evaluate(chosen, data, depth)


def _and(_name: str, args: list[Any], data: Any, depth: int) -> Any:
    value = None
    for operand in args:
        value = evaluate(operand, data, depth)
        if not checked_truth(value, "and"):
            return value
    return value


def checked_truth(value: Any, name: str) -> bool:
    """Truth of an operand that must have one."""
    verdict = values.truth(value)
    if verdict is None:
        raise InvalidInput("rule_type", operator=name)
    return verdict


def _not(_name: str, args: list[Any], data: Any, depth: int) -> bool:
    return not checked_truth(evaluate(args[0], data, depth), "!")


def _same(_name: str, args: list[Any], data: Any, depth: int) -> bool:
    return values.same(evaluate(args[0], data, depth), evaluate(args[1], data, depth))


def member(value: Any, pool: Any) -> bool:
    """``in``; the second operand must be an array."""
    if type(pool) not in (list, tuple):
        raise InvalidInput("rule_type", operator="in")
    return any(values.same(value, item) for item in pool)


def _in(_name: str, args: list[Any], data: Any, depth: int) -> bool:
    return member(evaluate(args[0], data, depth), evaluate(args[1], data, depth))


def _plus(name: str, args: list[Any], data: Any, depth: int) -> int:
    left, right = (evaluate(arg, data, depth) for arg in args)
    return values.integer(left, name) + values.integer(right, name)


def _chain(compare: values.Compare, operands: list[Any]) -> bool:
    return all(compare(left, right) for left, right in pairwise(operands))


def _compare(name: str, args: list[Any], data: Any, depth: int) -> bool:
    operands = [evaluate(arg, data, depth) for arg in args]
    return _chain(COMPARE[name], [values.integer(operand, name) for operand in operands])


def _compare_time(name: str, args: list[Any], data: Any, depth: int) -> bool:
    operands = [evaluate(arg, data, depth) for arg in args]
    return _chain(COMPARE_TIME[name], [values.moment_of(operand, name) for operand in operands])


def unit_of(unit: Any) -> str:
    """A literal time unit."""
    if type(unit) is not str or unit not in values.UNITS:
        raise InvalidInput("rule_time_unit")
    return unit


def _plus_time(_name: str, args: list[Any], data: Any, depth: int) -> Any:
    unit = unit_of(args[2])
    return values.plus_time(evaluate(args[0], data, depth), evaluate(args[1], data, depth), unit)


def _date_of_birth(_name: str, args: list[Any], data: Any, depth: int) -> Any:
    return values.date_of_birth(evaluate(args[0], data, depth))


def array_of(value: Any) -> list[Any]:
    """The array that ``reduce`` folds; missing data fold as an empty one."""
    if value is None:
        return []
    if type(value) is not list:
        raise InvalidInput("rule_type", operator="reduce")
    return value


def _reduce(_name: str, args: list[Any], data: Any, depth: int) -> Any:
    operand = array_of(evaluate(args[0], data, depth))
    value = evaluate(args[2], data, depth)
    for item in operand:
        value = evaluate(args[1], {"accumulator": value, "current": item}, depth)
    return value


def _uci(_name: str, args: list[Any], data: Any, depth: int) -> Any:
    index = literal_number(args[1])
    return values.uci_fragment(evaluate(args[0], data, depth), index)


_OPERATORS: dict[str, Callable[[str, list[Any], Any, int], Any]] = {
    "if": _if, "and": _and, "!": _not, "===": _same, "in": _in, "+": _plus,
    "plusTime": _plus_time, "dccDateOfBirth": _date_of_birth, "reduce": _reduce, "extractFromUVCI": _uci,
    **dict.fromkeys(COMPARE, _compare), **dict.fromkeys(COMPARE_TIME, _compare_time),
}  # fmt: skip
