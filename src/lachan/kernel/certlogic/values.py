"""What CertLogic says about values: truth, equality, data access, dates.

Source: the CertLogic specification, version 1.3.2 (EU DCC business rules). The evaluator and the compiler both
build on these functions, so they cannot disagree about a value.
"""

import re
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from typing import Any

from lachan.kernel.errors import InvalidInput

UNITS = ("year", "month", "day", "hour")
MAX_DEPTH = 64
"""Deepest nesting of a rule that is accepted; a hostile rule must not exhaust the stack."""

_INDEX = re.compile(r"0|[1-9][0-9]{0,9}", re.ASCII)
_DATE_TIME = re.compile(
    r"(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:(Z)|([+-])(\d{1,2}?)(?::?(\d\d))?)?)?)?)?",
    re.ASCII,
)
_SCALARS = frozenset((str, int, bool, float, type(None)))
_NUMBERS = frozenset((int, float))


def truth(value: Any) -> bool | None:
    """True or False as the specification says; None for what is neither (fractions, date-times)."""
    kind = type(value)
    if kind is bool:
        return bool(value)
    if value is None:
        return False
    if kind in (str, list, dict, tuple):
        return len(value) > 0
    if kind is int:
        return bool(value != 0)
    if kind is float and value.is_integer():
        return bool(value != 0)
    return None


def same(left: Any, right: Any) -> bool:
    """Strict equality of scalars. Arrays, objects and date-times are equal to nothing."""
    kind, other = type(left), type(right)
    if kind is other:
        return kind in _SCALARS and bool(left == right)
    return kind in _NUMBERS and other in _NUMBERS and bool(left == right)


def integer(value: Any, operator: str) -> int:
    """The value as an integer; 3.0 is one, since JSON has one type of number, and True isn't."""
    if type(value) is int:
        return value
    if type(value) is float and value.is_integer():
        return int(value)
    raise InvalidInput("rule_type", operator=operator)


def split_path(path: Any) -> tuple[str, ...]:
    """Fragments of a ``var`` path; the empty path has none."""
    if type(path) is not str:
        raise InvalidInput("rule_var_path")
    if path == "":
        return ()
    parts = tuple(path.split("."))
    if "" in parts:
        raise InvalidInput("rule_var_path")
    return parts


def step(value: Any, fragment: str) -> Any:
    """One fragment further into the data; None where there is nothing."""
    if type(value) is dict:
        return value.get(fragment)
    if type(value) in (list, tuple) and _INDEX.fullmatch(fragment) and int(fragment) < len(value):
        return value[int(fragment)]
    return None


def _last_day(year: int, month: int) -> int:
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) != (9999, 12) else None
    return (following - timedelta(days=1)).day if following else 31


def _offset(hours: int, minutes: int) -> timedelta:
    if hours > 23 or minutes > 59:
        raise ValueError
    return timedelta(hours=hours, minutes=minutes)


@lru_cache(maxsize=4096)
def parse_date_time(text: str) -> datetime:
    """A date or date-time of the specification's formats as UTC with milliseconds.

    A partial date means its last day (``1990`` is 31 December 1990), the reading most favourable to a minor.
    Without an offset it is UTC. Raises InvalidInput ``rule_date``.
    """
    match = _DATE_TIME.fullmatch(text)
    if match is None:
        raise InvalidInput("rule_date")
    year, month, day, hour, minute, second, fraction, _zulu, sign, offset_h, offset_m = match.groups()
    try:
        y, m = int(year), int(month or 12)
        moment = datetime(
            y, m, int(day) if day else _last_day(y, m), int(hour or 0), int(minute or 0), int(second or 0),
            int((fraction or "0")[:3].ljust(3, "0")) * 1000, tzinfo=UTC,
        )  # fmt: skip
        if sign:
            offset = _offset(int(offset_h), int(offset_m or 0))
            moment = moment - offset if sign == "+" else moment + offset
    except (ValueError, OverflowError):
        raise InvalidInput("rule_date") from None
    return moment


def date_of_birth(value: Any) -> datetime:
    """``dccDateOfBirth``: a full or partial date without a time."""
    if type(value) is not str:
        raise InvalidInput("rule_type", operator="dccDateOfBirth")
    if "T" in value:
        raise InvalidInput("rule_date")
    return parse_date_time(value)


def moment_of(value: Any, operator: str) -> datetime:
    """An operand of a comparison of times: a date-time, or a string in one of its formats."""
    if type(value) is datetime:
        return value
    if type(value) is str:
        return parse_date_time(value)
    raise InvalidInput("rule_type", operator=operator)


def plus_time(value: Any, amount: Any, unit: str) -> datetime:
    """``plusTime``. Days beyond the end of a month run over into the next: 29 Feb 2020 + 1 year is 1 March 2021."""
    if type(value) is not str:
        raise InvalidInput("rule_type", operator="plusTime")
    number = integer(amount, "plusTime")
    start = parse_date_time(value)
    try:
        if unit == "day":
            return start + timedelta(days=number)
        if unit == "hour":
            return start + timedelta(hours=number)
        months = start.year * 12 + start.month - 1 + (number * 12 if unit == "year" else number)
        first = start.replace(year=months // 12, month=months % 12 + 1, day=1)
        return first + timedelta(days=start.day - 1)
    except (ValueError, OverflowError):
        raise InvalidInput("rule_date_range") from None


def uci_fragment(value: Any, index: int) -> str | None:
    """``extractFromUVCI``: the fragment of a certificate identifier, without its ``URN:UVCI:`` prefix."""
    if value is None:
        return None
    if type(value) is not str:
        raise InvalidInput("rule_type", operator="extractFromUVCI")
    parts = re.split("[/#:]", value.removeprefix("URN:UVCI:"))
    return parts[index] if 0 <= index < len(parts) else None


def to_json(value: Any) -> Any:
    """A result as JSON: date-times become ISO strings in UTC with milliseconds."""
    if type(value) is datetime:
        return value.isoformat(timespec="milliseconds").replace("+00:00", "Z")
    if type(value) in (list, tuple):
        return [to_json(item) for item in value]
    return value


Compare = Callable[[Any, Any], bool]
