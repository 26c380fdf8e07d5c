"""Dates of a case against each other, before they are kept.

What can't be is refused. What is rare (a positive sample before the first symptom, a month between illness and report)
is "unusual": whoever enters it says that it is so. Nothing is corrected in silence. An evaluation of the country's
reporting found the wrong onset in six cases of ten.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Literal

from lachan.kernel.errors import InvalidInput

FIELDS = ("onset", "sampled_on", "confirmed_on", "reported_on", "outcome_on")
REFUSED: Literal["refused"] = "refused"
UNUSUAL: Literal["unusual"] = "unusual"
LONG_ILLNESS = timedelta(days=180)
EARLIEST = date(2000, 1, 1)
USUAL = timedelta(days=14)

Day = date | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong with one date. `code` goes through base.messages; `days` are those compared, for its words."""

    field: str
    code: str
    severity: Literal["refused", "unusual"]
    days: tuple[date, ...] = ()

    @property
    def key(self) -> str:
        """Under which an unusual finding is confirmed and kept."""
        return f"{self.field}.{self.code.removeprefix('date_')}"

    @property
    def params(self) -> dict[str, Any]:
        return {f"day{number}": f"{day:%d/%m/%Y}" for number, day in enumerate(self.days, start=1)}


class Implausible(InvalidInput):
    """Dates that can't stand as they are: refused ones, or unusual ones that nobody confirmed."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        first = self.findings[0]
        super().__init__(first.code, first.params, field=first.field)


def check(
    onset: Day,
    sampled: Day,
    confirmed: Day,
    reported: Day,
    outcome_on: Day,
    birth: str,
    today: date,
    *,
    incubation: timedelta = USUAL,
) -> list[Finding]:
    """Everything that is impossible or unusual. `birth`: an ISO date, month or year, or "" when it isn't known.

    The order is onset ≤ sampled ≤ confirmed; report and outcome follow the onset. `incubation` is the disease's: a sample
    that long before the onset, or any step that takes longer, is not what usually happens.
    """
    days: dict[str, Day] = dict(zip(FIELDS, (onset, sampled, confirmed, reported, outcome_on), strict=True))
    known = {field: day for field, day in days.items() if day is not None}
    return [*_alone(known, birth, today), *_pairs(known, incubation)]


def of(values: Mapping[str, Any], birth: str, today: date, incubation: timedelta) -> list[Finding]:
    """`check` on the columns of a case, by name."""
    onset, sampled, confirmed, reported, outcome_on = (values.get(field) for field in FIELDS)
    return check(onset, sampled, confirmed, reported, outcome_on, birth, today, incubation=incubation)


def demand(findings: Iterable[Finding], confirmed: Iterable[str]) -> tuple[str, ...]:
    """Raises Implausible unless every finding is unusual and confirmed by its key. Returns the keys that stand."""
    allowed = set(confirmed)
    found = list(findings)
    open_ones = [one for one in found if one.severity == REFUSED or one.key not in allowed]
    if open_ones:
        raise Implausible(open_ones)
    return tuple(sorted(one.key for one in found))


def _alone(known: Mapping[str, date], birth: str, today: date) -> Iterator[Finding]:
    for field, day in known.items():
        if day > today:
            yield Finding(field, "date_ahead", REFUSED, (day, today))
        elif day < EARLIEST:
            yield Finding(field, "date_long_ago", REFUSED, (day, EARLIEST))
        elif birth and day.isoformat()[: len(birth)] < birth:
            yield Finding(field, "date_before_birth", REFUSED, (day,))


@dataclass(frozen=True, slots=True)
class _Pair:
    """Two dates of which the first comes first. `early`: how long the second may precede it as something unusual."""

    first: str
    second: str
    before: str
    late: str
    never: bool = False


_PAIRS = (
    _Pair("onset", "sampled_on", "date_sample_before_onset", "date_sample_late"),
    _Pair("sampled_on", "confirmed_on", "date_result_before_sample", "date_result_late", never=True),
    _Pair("onset", "confirmed_on", "date_result_before_onset", ""),
    _Pair("onset", "reported_on", "date_report_before_onset", "date_report_late"),
    _Pair("onset", "outcome_on", "date_outcome_before_onset", "date_outcome_late", never=True),
    _Pair("sampled_on", "outcome_on", "date_outcome_before_sample", ""),
)


def _pairs(known: Mapping[str, date], incubation: timedelta) -> Iterator[Finding]:
    for pair in _PAIRS:
        if pair.first not in known or pair.second not in known:
            continue
        first, second = known[pair.first], known[pair.second]
        gap = second - first
        if gap < timedelta(0):
            refused = pair.never or -gap > incubation
            yield Finding(pair.second, pair.before, REFUSED if refused else UNUSUAL, (second, first))
        elif pair.late and gap > (LONG_ILLNESS if pair.second == "outcome_on" else incubation):
            yield Finding(pair.second, pair.late, UNUSUAL, (second, first))
