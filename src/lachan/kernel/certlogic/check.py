"""Is a rule well formed? Asked when a policy is loaded, so that no malformed rule waits for a citizen to find it."""

from typing import Any

from lachan.kernel.certlogic import values
from lachan.kernel.certlogic.evaluate import literal_number, operation, unit_of
from lachan.kernel.errors import InvalidInput


def validate(rule: Any, _depth: int = 0) -> None:
    """Raise InvalidInput (``rule_…``) unless every branch of the rule has the form that the specification asks.

    Types of operands that come from data are only known when the rule runs.
    """
    if _depth > values.MAX_DEPTH:
        raise InvalidInput("rule_too_deep")
    kind = type(rule)
    if kind in (str, bool):
        return
    if kind in (int, float):
        literal_number(rule)
        return
    if kind is list:
        for item in rule:
            validate(item, _depth + 1)
        return
    name, args = operation(rule)
    if name == "var":
        values.split_path(args)
    else:
        _validate_operands(name, args, _depth + 1)


def _validate_operands(name: str, args: list[Any], depth: int) -> None:
    if name == "plusTime":
        unit_of(args[2])
        args = args[:2]
    elif name == "extractFromUVCI":
        literal_number(args[1])
        args = args[:1]
    for arg in args:
        validate(arg, depth)


def variables(rule: Any) -> set[str]:
    """Every ``var`` path that a valid rule reads, those inside ``reduce`` lambdas excepted."""
    if type(rule) is list:
        return set().union(*map(variables, rule))
    if type(rule) is not dict:
        return set()
    name, args = operation(rule)
    if name == "var":
        return {args}
    if name == "reduce":
        return variables(args[0]) | variables(args[2])
    return variables(args)
