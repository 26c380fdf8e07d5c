"""The staff home page: what waits to be done, and how the days go."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy

from lachan.base import alarms
from lachan.base.access import requires, signed_in
from lachan.base.export import csv_response
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.declarations.selectors import counters
from lachan.gate.declarations.selectors.counters import Counts
from lachan.kernel.clock import local_day
from lachan.portal import bars, links
from lachan.portal.selectors import communes, waiting
from lachan.registry.accounts.roles import roles
from lachan.registry.accounts.selectors import grants
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

DAYS = 14
SHOWN = 15  # communes, until one asks for all
COUNTERS = "counters.view"


@signed_in
def home(request: Request) -> HttpResponse:
    """By role: each part shows only where the person holds its permission."""
    now = request.clock.now()
    scope = request.scope(COUNTERS)
    context: dict[str, Any] = {
        "now": now,
        "posts": posts(request),
        "cards": waiting.cards(request),
        "actions": actions(request),
        "owned": owned(request),
    }
    if request.scope("system.operate").paths:
        context["alarms"] = [one for one in alarms.recent(now).raised if one.state == alarms.FAIL]
    if scope.paths:
        context |= numbers(request, scope)
    return render(request, "portal/staff_home.html", context)


def numbers(request: Request, scope: Scope) -> dict[str, Any]:
    """Today beside yesterday, the chart, and for a jurisdiction of several communes their table."""
    now = request.clock.now()
    days = counters.days(scope, local_day(now), DAYS)
    today, yesterday = days[-1][1], days[-2][1]
    found: dict[str, Any] = {"today": today, "yesterday": yesterday, "chart": bars.chart(days)}
    if len(units.communes_under(scope)) > 1:
        sort = request.GET.get("xep", "")
        found["sort"] = sort if sort in communes.SORTS else communes.SORTS[0]
        rows = communes.rows(scope, now, found["sort"])
        shown = rows if request.GET.get("het") == "1" else rows[:SHOWN]
        found |= {"communes": shown, "more": len(rows) - len(shown)}
        may_list = bool(request.scope("declarations.view").paths)
        found["list_url"] = links.to("declarations:list") if may_list else ""
    return found


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


@dataclass(frozen=True, slots=True)
class Action:
    """A button on the home page; `url` is filled in for the reader."""

    title: str | Promise
    page: str
    permission: str
    icon: str
    url: str = ""


ACTIONS = (
    Action(lazy("Khai hộ"), "declarations:assist", "assist.declare", icon="user-plus"),
    Action(lazy("Tờ khai"), "declarations:list", "declarations.view", icon="clipboard-list"),
    Action(lazy("Tờ khai giấy"), "declarations:paper", "paper.key", icon="file-text"),
    Action(lazy("Kiểm tra điểm"), "portal:inspect", "places.inspect", icon="clipboard-check"),
    Action(lazy("Nhật ký"), "audit:list", "audit.view", icon="history"),
)


def actions(request: Request) -> list[Action]:
    """Buttons to what this person does most, without those whose page isn't there."""
    held = (one for one in ACTIONS if request.scope(one.permission).paths)
    return [replace(one, url=url) for one in held if (url := links.to(one.page))]


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
