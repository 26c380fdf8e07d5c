"""The one-time code on a shift's page: drawn, counted down, taken back, told when a device has used it."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.checkpoints.models import Device, EnrolCode
from lachan.gate.checkpoints.services import enrol
from lachan.gate.checkpoints.staff.shifts import MANAGE, found, page_of
from lachan.kernel.codes.qr import to_qr_svg
from lachan.kernel.errors import InvalidInput


@requires(MANAGE)
@never_cache
@require_POST
def show_code(request: Request, pk: UUID) -> HttpResponse:
    """A fresh code, shown this once. The one shown before no longer counts"""
    shift = found(request, pk, MANAGE)
    now = request.clock.now()
    try:
        offered = enrol.offer(shift, by=request.user, now=now)
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
        return _gone(request, pk)
    drawing = mark_safe(to_qr_svg(offered.address, title=_("Mã ghi danh thiết bị")))  # noqa: S308 (our own drawing)
    more = {"drawing": drawing, "address": offered.address, **_state(offered.row, now)}
    if request.htmx:
        return render(request, "checkpoints/staff/_code.html", {"shift": shift, **more})
    return page_of(request, shift, **more)


def _gone(request: Request, pk: UUID) -> HttpResponse:
    """Back to the shift's page, whole: its state has changed meanwhile."""
    if request.htmx:
        response = HttpResponse(status=204)
        response["HX-Refresh"] = "true"
        return response
    return redirect("checkpoints:shift", pk)


def _state(code: EnrolCode, now: datetime) -> dict[str, Any]:
    left = max(0, int((code.expires_at - now).total_seconds()))
    return {
        "code": code,
        "minutes": left // 60,
        "seconds": f"{left % 60:02d}",
        "alive": bool(left) and code.used_at is None and code.withdrawn_at is None,
        "expired": not left,
    }


@requires(MANAGE)
@never_cache
@require_safe
def code_state(request: Request, pk: UUID, code: UUID) -> HttpResponse:
    """How long a shown code still counts, or who has used it, as a piece of the page"""
    shift = found(request, pk, MANAGE)
    row = EnrolCode.objects.filter(pk=code, shift=shift.pk).first()
    if row is None:
        raise Http404
    device = Device.objects.filter(pk=row.device).first() if row.device else None
    context = {"shift": shift, "device": device, **_state(row, request.clock.now())}
    if device or not context["alive"]:
        response = render(request, "checkpoints/staff/_code_over.html", context)
        response["HX-Retarget"] = "#enrol"
        response["HX-Reswap"] = "innerHTML"
        response["HX-Trigger"] = "devices"
        return response
    return render(request, "checkpoints/staff/_code_left.html", context)


@requires(MANAGE)
@require_POST
def withdraw_code(request: Request, pk: UUID, code: UUID) -> HttpResponse:
    """Take a shown code back"""
    shift = found(request, pk, MANAGE)
    if enrol.withdraw(shift, code, by=request.user, now=request.clock.now()):
        messages.success(request, _("Mã vừa hiện không còn dùng được."))
    return redirect("checkpoints:shift", shift.pk)
