"""Time: clocks that are handed in, the Vietnamese day, and dates of which only a part is known."""

from __future__ import annotations

import calendar
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

from lachan.kernel.errors import InvalidInput, KernelError

__all__ = [
    "UTC",
    "VN",
    "Clock",
    "FixedClock",
    "PartialDate",
    "SystemClock",
    "day_bounds",
    "local_day",
    "ms_at",
    "parse_date",
]

VN = ZoneInfo("Asia/Ho_Chi_Minh")

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_MILLISECOND = timedelta(milliseconds=1)


class Clock(Protocol):
    """Where a service reads the time from; nothing below a view asks the system by itself."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class SystemClock:
    """The machine's clock."""

    def now(self) -> datetime:
        return datetime.now(UTC)


class FixedClock:
    """A clock that stands still until it is moved: for tests, simulations and replays."""

    def __init__(self, dt: datetime) -> None:
        self._now = _in_utc(dt)

    def now(self) -> datetime:
        return self._now

    def advance(self, by: timedelta) -> None:
        """Move by a span, which may be negative."""
        self._now += by

    def set(self, dt: datetime) -> None:
        """Move to a moment."""
        self._now = _in_utc(dt)


def _in_utc(dt: datetime) -> datetime:
    if dt.tzinfo is None:
        raise KernelError("datetime_naive")
    return dt.astimezone(UTC)


def ms_at(dt: datetime) -> int:
    """Unix time in whole milliseconds, as ``ids.uuid7`` takes it."""
    return (_in_utc(dt) - _EPOCH) // _MILLISECOND


def local_day(dt: datetime) -> date:
    """The calendar day in Vietnam at a moment. Raises ``KernelError("datetime_naive")``."""
    if dt.tzinfo is None:
        raise KernelError("datetime_naive")
    return dt.astimezone(VN).date()


def day_bounds(day: date) -> tuple[datetime, datetime]:
    """The first moment of a Vietnamese day and that of the next one, in UTC: ``start <= t < end``."""
    try:
        following = day + timedelta(days=1)
        return _midnight(day), _midnight(following)
    except OverflowError:
        raise InvalidInput("date_range") from None


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=VN).astimezone(UTC)


EARLIEST_YEAR = 1870  # older than anybody alive, so a slip of the finger
LATEST_YEAR = 2199


@dataclass(frozen=True, slots=True)
class PartialDate:
    """A date of which the day, or the day and the month, may be unknown, as on many identity papers.

    Raises ``InvalidInput``: ``date_year`` (outside 1870-2199), ``date_month``, ``date_day`` (no such day).
    """

    year: int
    month: int | None = None
    day: int | None = None

    def __post_init__(self) -> None:
        if not EARLIEST_YEAR <= self.year <= LATEST_YEAR:
            raise InvalidInput("date_year", min=EARLIEST_YEAR, max=LATEST_YEAR)
        if self.month is None:
            if self.day is not None:
                raise InvalidInput("date_month")
        elif not 1 <= self.month <= 12:
            raise InvalidInput("date_month")
        elif self.day is not None and not 1 <= self.day <= calendar.monthrange(self.year, self.month)[1]:
            raise InvalidInput("date_day")

    @classmethod
    def of(cls, day: date) -> PartialDate:
        """The whole date of a calendar day."""
        return cls(day.year, day.month, day.day)

    def iso(self) -> str:
        """``1990-05-17``, ``1990-05`` or ``1990``; ``parse_date`` reads it back."""
        if self.month is None:
            return f"{self.year:04d}"
        if self.day is None:
            return f"{self.year:04d}-{self.month:02d}"
        return f"{self.year:04d}-{self.month:02d}-{self.day:02d}"

    def display(self) -> str:
        """``17/05/1990``, ``05/1990`` or ``1990``, as dates are written in Vietnam."""
        return "/".join(reversed(self.iso().split("-")))

    def __str__(self) -> str:
        return self.iso()

    def earliest(self) -> date:
        """The first calendar day that it may mean."""
        return date(self.year, self.month or 1, self.day or 1)

    def latest(self) -> date:
        """The last calendar day that it may mean."""
        month = self.month or 12
        return date(self.year, month, self.day or calendar.monthrange(self.year, month)[1])

    def whole(self) -> date | None:
        """The calendar day, or ``None`` when a part is unknown."""
        return None if self.day is None else self.earliest()

    def agrees_with(self, other: PartialDate) -> bool:
        """Whether both may mean the same day: 1990 agrees with 17/05/1990."""
        return self.earliest() <= other.latest() and other.earliest() <= self.latest()


_DATE_FORMS = tuple(
    re.compile(form)
    for form in (
        r"(?P<d>[0-9]{1,2})[/.\-](?P<m>[0-9]{1,2})[/.\-](?P<y>[0-9]{4})",
        r"(?P<y>[0-9]{4})[/.\-](?P<m>[0-9]{1,2})[/.\-](?P<d>[0-9]{1,2})",
        r"(?P<d>[0-9]{2})(?P<m>[0-9]{2})(?P<y>[0-9]{4})",
        r"(?P<m>[0-9]{1,2})[/.\-](?P<y>[0-9]{4})",
        r"(?P<y>[0-9]{4})[/.\-](?P<m>[0-9]{1,2})",
        r"(?P<y>[0-9]{4})",
    )
)
_SHORT_YEAR = re.compile(r"[0-9]{1,2}[/.\-][0-9]{1,2}[/.\-][0-9]{2}|[0-9]{6}")


def parse_date(text: str, *, earliest: date | None = None, latest: date | None = None) -> PartialDate:
    """A date as people type it: dd/mm/yyyy, yyyy-mm-dd, ddmmyyyy, mm/yyyy, yyyy-mm or yyyy.

    Slash, dot and hyphen are alike; an unknown day or month may be written 00, as papers do.
    ``latest`` refuses what can only lie after it (a birth after today), ``earliest`` what can only lie
    before it. Raises ``InvalidInput``: ``date_empty``, ``date_format``, ``date_year_two_digits``, ``date_year``,
    ``date_month``, ``date_day``, ``date_too_late``, ``date_too_early``.
    """
    parsed = _read_date(text.strip())
    if latest is not None and parsed.earliest() > latest:
        raise InvalidInput("date_too_late", latest=latest.isoformat())
    if earliest is not None and parsed.latest() < earliest:
        raise InvalidInput("date_too_early", earliest=earliest.isoformat())
    return parsed


def _read_date(text: str) -> PartialDate:
    if not text:
        raise InvalidInput("date_empty")
    for form in _DATE_FORMS:
        if match := form.fullmatch(text):
            parts = {name: int(digits) for name, digits in match.groupdict().items()}
            # 0 stands for unknown; an unknown month with a known day is refused by PartialDate.
            return PartialDate(parts["y"], parts.get("m") or None, parts.get("d") or None)
    raise InvalidInput("date_year_two_digits" if _SHORT_YEAR.fullmatch(text) else "date_format")
