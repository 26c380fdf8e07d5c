"""/theo-doi-cach-ly/<order>/<code>/: one's own daily report. The address is on the paper that the person was given."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.lookup.limits import Limit
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.isolation import own
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.services import following
from lachan.outbreak.isolation.staff.forms import OwnForm
from lachan.outbreak.tracing.public import self_report
from lachan.registry.units.forms import refuse

ADDRESSES = Limit(600, timedelta(minutes=10))
REPORTS = Limit(12, timedelta(hours=24))
"""Of one order: the address may have been shown to others."""


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def daily(request: Request, order: UUID, code: str) -> HttpResponse:
    """Days left, today's report; never a number or an address of the person"""
    now = request.clock.now()
    if not ADDRESSES.take(client_address(request), now):
        return HttpResponse(text_of("too_often"), status=429, content_type="text/plain; charset=utf-8")
    row = own.opened(order, code)
    if row is None:
        return render(request, "isolation/citizen/unknown.html", status=404)
    form = OwnForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid():
        error = _report(row, form, now)
        if not error:
            return redirect(f"{request.path}?da-gui=1")
        if isinstance(error, InvalidInput):
            refuse(form, error)
        else:
            form.add_error(None, error)
    return _page(request, row, form, now)


def _report(row: Order, form: OwnForm, now: datetime) -> InvalidInput | str | None:
    if not REPORTS.take(str(row.pk), now):
        return text_of("too_often")
    try:
        following.check(row, form.report(DailyCheck.Via.SELF), occurred_at=now, by=None, now=now)
    except InvalidInput as error:
        return error
    return None


def _page(request: Request, row: Order, form: OwnForm, now: datetime) -> HttpResponse:
    today = local_day(now)
    last = row.checks.filter(via=DailyCheck.Via.SELF).order_by("-occurred_at").first()
    context = {
        "order": row,
        "form": form,
        "given": row.name.split()[-1] if row.name.strip() else _("bạn"),
        "day": (today - row.from_on).days + 1,
        "days": (row.to_on - row.from_on).days + 1,
        "left": max(0, (row.to_on - today).days),
        "ended": row.status == Order.Status.RELEASED,
        "sent": "da-gui" in request.GET,
        "last": last,
        "today_done": last is not None and local_day(last.occurred_at) == today,
        "met": _met(row),
        "tests": [test for test in row.tests.order_by("day") if test.sample is None and test.due_on >= today],
    }
    return render(request, "isolation/citizen/daily.html", context, status=422 if form.errors else 200)


def _met(row: Order) -> str:
    """The address to pass on to those whom the person met, while she is followed as a contact; else empty."""
    contact = self_report.standing(row.contact) if row.contact else None
    return (
        self_report.address_of(contact) if contact is not None and contact.status in self_report.OPEN else ""
    )
