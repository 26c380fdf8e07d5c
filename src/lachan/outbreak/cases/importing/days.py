"""Days in a column that others typed: 5/7/2021 is July in one list and May in another.

The order is decided for each column by its own cells and said to the officer with the evidence; a cell that can be read
both ways against the evidence is refused, never guessed in silence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from math import isfinite
from typing import Any, Literal

from lachan.base.tables import text_of
from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import fold

Order = Literal["dmy", "mdy"]
ORDERS: tuple[Order, ...] = ("dmy", "mdy")
EXCEL = date(1899, 12, 30)
SERIALS = range(20_000, 80_000)  # 1954 to 2119
_NUMBERS = re.compile(r"(\d{1,2})[/.\-\s](\d{1,2})(?:[/.\-\s](\d{4}|\d{2}))?")
_ISO = re.compile(r"(\d{4})[/.\-](\d{1,2})[/.\-](\d{1,2})")
_TIME = re.compile(r"[\sT]+\d{1,2}[:hg]\d{0,2}(:\d{2})?.*$|^\d{1,2}[:hg]\d{2}[\s,]+(ng\S+\s*)?")


@dataclass(frozen=True, slots=True)
class Reading:
    """How a column is read, and why: `reason` is a code for words, `seen` how many cells speak for it, `against` how many
    speak for the other order. `swapped`: the file's true dates had day and month exchanged by a spreadsheet program."""

    order: Order
    reason: Literal["chosen", "beyond_twelve", "future", "usual", "mixed", "certain"]
    seen: int = 0
    against: int = 0
    swapped: int = 0


def decide(cells: Iterable[Any], today: date, chosen: str = "") -> Reading:
    """The order of a column. `chosen`: the officer's word."""
    pairs, true_days = _sorted_out(cells)
    swapped = _swapped(pairs, true_days, today)
    if chosen in ORDERS:
        return Reading("mdy" if chosen == "mdy" else "dmy", "chosen", swapped=swapped)
    dmy = sum(first > 12 >= second for first, second, _year in pairs)
    mdy = sum(second > 12 >= first for first, second, _year in pairs)
    if dmy and mdy:
        order: Order = "dmy" if dmy >= mdy else "mdy"
        return Reading(order, "mixed", max(dmy, mdy), min(dmy, mdy), swapped)
    if dmy or mdy:
        return Reading("dmy" if dmy else "mdy", "beyond_twelve", dmy or mdy, 0, swapped)
    return _by_the_future(pairs, today, swapped)


def _by_the_future(pairs: Sequence[tuple[int, int, int]], today: date, swapped: int) -> Reading:
    """No day beyond the twelfth: an order that puts days after today is the wrong one."""
    late = {
        order: sum(_of(order, *pair) is not None and _of(order, *pair) > today for pair in pairs)  # type: ignore[operator]
        for order in ORDERS
    }
    if bool(late["dmy"]) != bool(late["mdy"]):
        order: Order = "mdy" if late["dmy"] else "dmy"
        return Reading(order, "future", late["dmy"] or late["mdy"], 0, swapped)
    return Reading("dmy", "usual" if pairs else "certain", len(pairs), 0, swapped)


def _sorted_out(cells: Iterable[Any]) -> tuple[list[tuple[int, int, int]], list[date]]:
    pairs, true_days = [], []
    for cell in cells:
        if (day := _true_day(cell)) is not None:
            true_days.append(day)
        elif (found := _NUMBERS.fullmatch(_plain(cell))) and found[3]:
            pairs.append((int(found[1]), int(found[2]), _year(found[3])))
    return pairs, true_days


def _swapped(pairs: Sequence[tuple[int, int, int]], true_days: Sequence[date], today: date) -> int:
    """A spreadsheet set to American dates takes 5/7 for the seventh of May, and leaves 25/7 as text: then every text
    cell lies beyond the twelfth, every true date before it, and read as they stand some lie in the future."""
    texts_beyond = bool(pairs) and all(first > 12 for first, _second, _year in pairs)
    if not (texts_beyond and true_days and all(day.day <= 12 for day in true_days)):
        return 0
    exchanged = [date(day.year, day.day, day.month) for day in true_days]
    wrong_now = any(day > today for day in true_days)
    return len(true_days) if wrong_now and all(day <= today for day in exchanged) else 0


def read(cell: Any, reading: Reading, today: date) -> date | None:
    """One cell; None where it is blank. Raises InvalidInput date_format, date_day, date_ambiguous."""
    day = _true_day(cell)
    if day is not None:
        return date(day.year, day.day, day.month) if reading.swapped and day.day <= 12 else day
    text = _plain(cell)
    if not text or fold(text) in ("-", "–", "x", "khong", "khong ro"):
        return None
    if iso := _ISO.fullmatch(text):
        return _made(int(iso[1]), int(iso[2]), int(iso[3]))
    found = _NUMBERS.fullmatch(text)
    if found is None:
        raise InvalidInput("date_format")
    if not found[3]:
        return _without_year(int(found[1]), int(found[2]), reading, today)
    return _in_order(int(found[1]), int(found[2]), _year(found[3]), reading, today)


def _in_order(first: int, second: int, year: int, reading: Reading, today: date) -> date:
    both = [day for order in ORDERS if (day := _of(order, first, second, year)) is not None]
    if not both:
        raise InvalidInput("date_day")
    if reading.reason == "mixed" and len(set(both)) == 1:
        return both[0]
    if reading.reason != "mixed":
        own = _of(reading.order, first, second, year)
        if own is None:
            raise InvalidInput("date_day")
        return own
    possible = {day for day in both if day <= today}
    if len(possible) != 1:
        raise InvalidInput("date_ambiguous", day1=f"{both[0]:%d/%m/%Y}", day2=f"{both[1]:%d/%m/%Y}")
    return possible.pop()


def _without_year(first: int, second: int, reading: Reading, today: date) -> date:
    """5/7 is the last fifth of July that has been."""
    day = _of(reading.order, first, second, today.year) or _of(reading.order, first, second, today.year - 1)
    if day is None:
        raise InvalidInput("date_day")
    return day if day <= today else _made(day.year - 1, day.month, day.day)


def _of(order: str, first: int, second: int, year: int) -> date | None:
    day, month = (first, second) if order == "dmy" else (second, first)
    try:
        return date(year, month, day)
    except ValueError:
        return None


def _made(year: int, month: int, day: int) -> date:
    try:
        return date(year, month, day)
    except ValueError:
        raise InvalidInput("date_day") from None


def _year(text: str) -> int:
    return int(text) if len(text) == 4 else 2000 + int(text)


def _plain(cell: Any) -> str:
    return _TIME.sub("", text_of(cell)).strip().strip(".").lower()


def _true_day(cell: Any) -> date | None:
    """What the file itself holds as a day, or the number by which spreadsheets count them."""
    if isinstance(cell, datetime):
        return cell.date()
    if isinstance(cell, date):
        return cell
    if isinstance(cell, bool):
        return None
    if isinstance(cell, str) and re.fullmatch(r"\d{5}(\.\d+)?", cell.strip()):
        cell = float(cell)
    if isinstance(cell, int | float) and isfinite(cell) and int(cell) in SERIALS:
        return EXCEL + timedelta(days=int(cell))
    return None
