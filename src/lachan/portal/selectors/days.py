"""A jurisdiction's day beside the day before: as far as the hour that is over, and whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.selectors.counters import Counts
from lachan.kernel.clock import VN, local_day
from lachan.portal import links

DAYS = 14
KINDS: tuple[tuple[str, str | Promise, str, str], ...] = (
    ("total", _("Tờ khai hôm nay"), "clipboard-list", ""),
    ("stop", _("Dừng lại"), "hand-stop", "2"),
    ("attention", _("Cần chú ý"), "alert-triangle", "1"),
    ("green", _("Được vào"), "circle-check", "0"),
)


@dataclass(frozen=True, slots=True)
class Figure:
    """`so_far`, `then`: today and yesterday up to the last full hour. `url`, `then_url`: the list behind today, yesterday."""

    key: str
    label: str | Promise
    icon: str
    today: int
    so_far: int
    then: int
    yesterday: int
    before: int
    url: str
    then_url: str

    @property
    def kind(self) -> str:
        """Its colour, where it is a result that somebody has to see to."""
        return self.key if self.key in ("stop", "attention") and self.today else ""

    @property
    def more(self) -> str:
        """ "+12", "−3" or "=": today against yesterday."""
        apart = self.so_far - self.then
        return f"+{apart}" if apart > 0 else f"−{-apart}" if apart else "="


@dataclass(frozen=True, slots=True)
class Day:
    """`hour`: full hours that are over today; 0 just after midnight, when there is nothing to compare yet."""

    hour: int
    figures: list[Figure]
    days: list[tuple[date, Counts]]
    today: Counts
    yesterday: Counts


def of(request: Request, scope: Scope) -> Day:
    """What the home page says of today."""
    now = request.clock.now()
    days = counters.days(scope, local_day(now), DAYS)
    so_far, then = counters.until_hour(scope, now), counters.until_hour(scope, now - timedelta(days=1))
    three = [counts for _, counts in days[-1:-4:-1]]
    figures = [
        _figure(request, kind, [getattr(one, kind[0]) for one in (*three, so_far, then)], now)
        for kind in KINDS
    ]
    return Day(now.astimezone(VN).hour, figures, days, three[0], three[1])


def _figure(
    request: Request, kind: tuple[str, str | Promise, str, str], values: list[int], now: datetime
) -> Figure:
    key, label, icon, result = kind
    today, yesterday, before, so_far, then = values
    day = local_day(now)
    return Figure(
        key, label, icon, today, so_far, then, yesterday, before,
        behind(request, day, result), behind(request, day - timedelta(days=1), result),
    )  # fmt: skip


def behind(request: Request, day: date, result: str = "", unit: str = "") -> str:
    """The list behind a number of a day: the declarations, or their counts for whoever may not see them."""
    more = {"don_vi": unit} if unit else {}
    if request.scope("declarations.view").paths:
        query = {"kq": result, "ben": "declared", "tu": f"{day}", "den": f"{day}", **more}
        return links.to("declarations:list", **{name: value for name, value in query.items() if value})
    sort = {"0": "green", "1": "attention", "2": "stop"}.get(result, "total")
    return links.to("declarations:counts", day=f"{day}", sort=sort, **more)
