"""The staff home page: what waits to be done, and how the days go."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lachan.base import alarms
from lachan.base.access import requires, signed_in
from lachan.base.export import csv_response
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.checkpoints.selectors import shifts
from lachan.gate.checkpoints.staff.forms import SHIFT_STATES
from lachan.gate.checkpoints.staff.shifts import STATUS
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.selectors.counters import Counts
from lachan.kernel.clock import local_day
from lachan.portal import bars, doors, links
from lachan.portal.selectors import communes, days, waiting
from lachan.portal.selectors.days import DAYS
from lachan.registry.accounts.roles import roles
from lachan.registry.accounts.selectors import grants
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

SHOWN = 15  # communes, until one asks for all
COUNTERS = "counters.view"
SORTS = {
    "late": lazy("quá hạn"),
    "flagged": lazy("cần theo dõi"),
    "total": lazy("số tờ khai"),
    "silent": lazy("điểm im lặng"),
    "name": lazy("tên"),
}


@signed_in
def home(request: Request) -> HttpResponse:
    """By role: each part shows only where the person holds its permission."""
    now = request.clock.now()
    scope = request.scope(COUNTERS)
    context: dict[str, Any] = {
        "now": now,
        "posts": posts(request),
        "cards": waiting.cards(request),
        "doors": doors.of(request),
        "owned": owned(request),
    }
    if request.scope("system.operate").paths:
        context["alarms"] = [one for one in alarms.recent(now).raised if one.state == alarms.FAIL]
    if scope.paths:
        context |= numbers(request, scope)
    context["shifts"] = on_duty(request)
    return render(request, "portal/staff_home.html", context)


def numbers(request: Request, scope: Scope) -> dict[str, Any]:
    """Today beside yesterday, the chart, and for a jurisdiction of several communes their table."""
    day = days.of(request, scope)
    found: dict[str, Any] = {
        "day": day,
        "today": day.today,
        "yesterday": day.yesterday,
        "chart": bars.chart(day.days),
        "days_url": f"{links.to('declarations:counts')}?day=",
    }
    return found | table(request, scope) if len(units.communes_under(scope)) > 1 else found


def table(request: Request, scope: Scope) -> dict[str, Any]:
    """The communes, each number with the list behind it."""
    now, follow_up = request.clock.now(), request.scope("follow_up.view")
    words = {key: text for key, text in SORTS.items() if follow_up.paths or key != "late"}
    sort = request.GET.get("xep", "")
    sort = sort if sort in words else next(iter(words))
    rows = communes.rows(scope, now, sort, follow_up)
    shown = rows if request.GET.get("het") == "1" else rows[:SHOWN]
    return {
        "communes": [(row, *_behind(request, row.path)) for row in shown],
        "more": len(rows) - len(shown),
        "sort": sort,
        "sorts": list(words.items()),
        "follow_up": bool(follow_up.paths),
    }


def _behind(request: Request, path: str) -> tuple[str, str, str, str]:
    """The lists behind a commune's declarations, those stopped, those to be looked at, and its silent places."""
    today = local_day(request.clock.now())
    silent = ""
    if request.scope("places.inspect").covers(path):
        silent = links.to("portal:inspect", im="on", don_vi=path)
    elif request.scope("places.view").covers(path):
        silent = links.to("places:list", unit=path)
    every, stop, attention = (days.behind(request, today, result, path) for result in ("", "2", "1"))
    return every, stop, attention, silent


def on_duty(request: Request) -> list[Any]:
    """Shifts of today in a jurisdiction of one commune: those who stand there open theirs from here."""
    scope, now = request.scope("checkpoints.view"), request.clock.now()
    if len(units.communes_under(scope)) != 1:
        return []
    return [
        (row.shift, row.place, STATUS[row.state], SHIFT_STATES[row.state])
        for row in shifts.of_day(scope, now)
    ]


def posts(request: Request) -> list[tuple[str, str]]:
    """(role, unit) of each grant in force, for the line under the heading."""
    now = request.clock.now()
    known = roles(now)
    held = grants(request.user, now).order_by("pk")
    return [(known[grant.role].title, units.label(grant.unit)) for grant in held if grant.role in known]


def owned(request: Request) -> list[Any]:
    """The places of an owner's account."""
    ids = request.user.places("places.view", request.clock.now())
    return list(Place.objects.filter(pk__in=ids).order_by("folded", "pk"))


@requires(COUNTERS)
def days_csv(request: Request) -> HttpResponseBase:
    """The chart's numbers as a file."""
    last = local_day(request.clock.now())
    rows = ((day, *_numbers(counts)) for day, counts in counters.days(request.scope(COUNTERS), last, DAYS))
    columns = [_("Ngày"), _("Được vào"), _("Cần chú ý"), _("Dừng lại"), _("Tổng")]
    return csv_response(f"to-khai-{_first(last):%Y%m%d}-{last:%Y%m%d}.csv", columns, rows)


def _first(last: date) -> date:
    return last - timedelta(days=DAYS - 1)


def _numbers(counts: Counts) -> tuple[int, int, int, int]:
    return counts.green, counts.attention, counts.stop, counts.total
