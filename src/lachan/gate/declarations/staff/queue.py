"""/cb/theo-doi/: the follow-up queue, worked in place."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.paging import Page
from lachan.gate.declarations.models import Declaration, FollowUp
from lachan.gate.declarations.selectors import queue
from lachan.gate.declarations.selectors.colleagues import colleagues
from lachan.gate.declarations.selectors.payload import opened
from lachan.gate.declarations.services import follow_up as services
from lachan.gate.declarations.services.requests import sealed_row
from lachan.gate.declarations.staff import queue_rows
from lachan.gate.declarations.staff.filters import QueueFilter
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit import services as audit

NOTHING: Page[FollowUp] = Page([], "", True)


@requires("follow_up.view")
@never_cache
@require_safe
def queue_list(request: Request) -> HttpResponse:
    """What waits in the reader's jurisdiction."""
    scope, now = request.scope("follow_up.view"), request.clock.now()
    form = QueueFilter(request.GET, scope)
    valid = form.is_valid()
    filters = form.filters(request.user) if valid else None
    page = queue.page(scope, filters, now, request.GET.get("cursor", "")) if filters else NOTHING
    work = request.scope("follow_up.work")
    context = {
        "form": form,
        "page": page,
        "rows": queue_rows.of(page.rows, request),
        "total": queue.rows(scope, filters, now).count() if filters else 0,
        "urgent": filters is not None and filters.state in queue.WAITING,
        "filtered": not valid or any(form.cleaned_data.values()),
        "counts": queue.counts(scope, now),
        "kind": request.GET.get("loai", "") if valid else "",
        "may_work": bool(work.paths),
        "colleagues": colleagues(work, now) if work.paths else [],
        "here": request.get_full_path(),
    }
    return render(request, "declarations/staff/queue.html", context)


def _in_scope(request: Request, permission: str, pk: UUID) -> FollowUp:
    row = request.scope(permission).narrow(FollowUp.objects.filter(pk=pk), "unit").first()
    if row is None:
        raise Http404
    return row


@requires("follow_up.work")
@require_POST
def note(request: Request, pk: UUID) -> HttpResponse:
    """Record what was done."""
    row = _in_scope(request, "follow_up.work", pk)
    status = request.POST.get("status", "")
    try:
        services.note(row.id, status, request.POST.get("text", ""), by=request.user, now=request.clock.now())
    except (services.FollowUpRefused, InvalidInput) as error:
        return _answer(request, row, text_of(error.code, getattr(error, "params", {})), "error")
    words = str(queue_rows.WORDS.get(status, status))
    return _answer(request, row, _("Đã ghi: %(status)s") % {"status": words}, "success")


@requires("follow_up.work")
@require_POST
def undo(request: Request, pk: UUID) -> HttpResponse:
    """Take one's own last note back."""
    row = _in_scope(request, "follow_up.work", pk)
    try:
        services.undo(row.id, by=request.user, now=request.clock.now())
    except services.FollowUpRefused as error:
        return _answer(request, row, text_of(error.code), "error")
    return _answer(request, row, _("Đã hoàn tác ghi chép vừa rồi."), "info")


def _answer(request: Request, row: FollowUp, text: str, level: str) -> HttpResponse:
    """The row as it is now, with a toast; without scripts, back to where the reader was."""
    if not request.htmx:
        getattr(messages, level)(request, text)
        return redirect(_back(request))
    row.refresh_from_db()
    template = (
        "declarations/staff/_follow_up.html"
        if "panel" in request.POST
        else "declarations/staff/_queue_noted.html"
    )
    context: dict[str, Any] = {
        "one": queue_rows.of([row], request)[0],
        "here": _back(request),
        "may_work": True,
    }
    if "panel" not in request.POST:  # the tiles above the list follow at once
        context["counts"] = queue.counts(request.scope("follow_up.view"), request.clock.now())
    response = render(request, template, context)
    response["HX-Trigger"] = json.dumps({"toast": {"text": text, "level": level}})
    return response


def _back(request: Request) -> str:
    asked = request.POST.get("next", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    return reverse("declarations:queue")


@requires("follow_up.work")
@require_POST
def assign(request: Request) -> HttpResponse:
    """Give the ticked rows to a colleague, or to no one."""
    now, scope = request.clock.now(), request.scope("follow_up.work")
    ids = [found for text in request.POST.getlist("id")[:500] if (found := _id(text))]
    to = _id(request.POST.get("to", ""))
    if to is not None and to not in {user.pk for user in colleagues(scope, now)}:
        messages.error(request, _("Không giao được việc cho người này."))
        return redirect(_back(request))
    mine = list(scope.narrow(FollowUp.objects.filter(pk__in=ids), "unit").values_list("id", flat=True))
    if not mine:
        messages.warning(request, _("Chưa chọn việc nào để giao."))
        return redirect(_back(request))
    services.assign(mine, to, by=request.user, now=now)
    text = ngettext("Đã giao %(number)s việc.", "Đã giao %(number)s việc.", len(mine))
    messages.success(request, text % {"number": len(mine)})
    return redirect(_back(request))


def _id(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None


@requires("follow_up.work")
@never_cache
@require_safe
def call(request: Request, pk: UUID) -> HttpResponse:
    """The phone to call, as a link; showing it is a read of the record."""
    row = _in_scope(request, "follow_up.work", pk)
    context: dict[str, Any] = {"phone": _phone(request, row), "row": row}
    template = "declarations/staff/_call.html" if request.htmx else "declarations/staff/call.html"
    return render(request, template, context)


def _phone(request: Request, row: FollowUp) -> str:
    queue.attach_entries([row])
    entry = row.item  # type: ignore[attr-defined]
    declaration: Declaration | None = sealed_row(entry) if entry else None
    if declaration is None:
        return ""
    now = request.clock.now()
    audit.read_record(request.user, "declaration", row.declaration, row.unit, now, "call")
    record = opened(declaration, now)["record"]
    return str(record.get("phone") or record.get("proxy_phone") or "")
