"""Isolation as a piece of a case's page: its orders, and one step that drafts all that are missing."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.isolation.selectors import needs
from lachan.outbreak.isolation.services import orders
from lachan.outbreak.isolation.staff.lists import shown

VIEW, DRAFT = "isolation.view", "isolation.draft"


def _case(request: Request, pk: UUID, permission: str) -> Case:
    """A case of the scope: by residence or by the unit that reported it; 404 otherwise."""
    case = request.scope(permission).narrow(Case.objects.filter(pk=pk), "unit", "reported_by").first()
    if case is None:
        raise Http404
    return case


@requires(VIEW)
@never_cache
@require_safe
def of_case(request: Request, pk: UUID) -> HttpResponse:
    """The orders of a case and its contacts, as a piece of the case's page"""
    case, today = _case(request, pk, VIEW), local_day(request.clock.now())
    scope = request.scope(VIEW)
    needed = needs.of_case(case, today)
    rows = [row for row in needs.orders_of_case(case) if scope.covers(row.unit)]
    context = {
        "case": case,
        "rows": [shown(row, today) for row in rows],
        "needed": len([one for one in needed if one.person]),
        "unknown": len([one for one in needed if not one.person]),
        "own": not any(row.case == case.pk and row.status in orders.OPEN for row in rows),
        "may_draft": request.scope(DRAFT).covers_any(case.unit, case.reported_by),
    }
    template = "isolation/staff/_of_case.html" if request.htmx else "isolation/staff/of_case.html"
    return render(request, template, context)


@requires(DRAFT)
@require_POST
def draft_all(request: Request, pk: UUID) -> HttpResponse:
    """Draft orders for a case and all its confirmed contacts who have none"""
    case, now = _case(request, pk, DRAFT), request.clock.now()
    scope = request.scope(DRAFT)
    made, refused = 0, {}
    try:
        orders.draft_for_case(case, by=request.user, now=now)
        made += 1
    except InvalidInput as error:
        refused[error.code] = text_of(error.code, error.params)
    for one in needs.of_case(case, local_day(now)):
        if one.contact.unit and not scope.covers(one.contact.unit):
            refused["elsewhere"] = _("Có người ở địa bàn khác: nơi đó lập quyết định.")
            continue
        try:
            orders.draft_for_contact(one.contact, one.level, by=request.user, now=now)
            made += 1
        except InvalidInput as error:
            refused[error.code] = text_of(error.code, error.params)
    messages.success(request, _("Đã có %(number)s dự thảo quyết định.") % {"number": made})
    for text in refused.values():
        messages.warning(request, text)
    return redirect(f"{reverse('isolation:list')}?tinh_trang=draft")
