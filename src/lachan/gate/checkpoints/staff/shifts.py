"""/cb/chot/: shifts, a new one, and one shift's page."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.base.templatetags.lachan import dmyhm
from lachan.gate.checkpoints.models import Shift
from lachan.gate.checkpoints.selectors import devices, shifts
from lachan.gate.checkpoints.services.shifts import close_shift, open_shift
from lachan.gate.checkpoints.staff.forms import SHIFT_STATES, ShiftFilter, ShiftForm, usual
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.words import names
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

VIEW, MANAGE = "checkpoints.view", "checkpoints.manage"
STATUS = {shifts.RUNNING: "work", shifts.COMING: "wait", shifts.OVER: "off"}
ASKED_CODE = "checkpoints.show_code"
"""In the session: the shift just opened, whose page shows a code at once."""


def found(request: Request, pk: UUID, permission: str = VIEW) -> Shift:
    """The shift, where the reader holds the permission; 404 otherwise."""
    shift = shifts.get(request.scope(permission), pk)
    if shift is None:
        raise Http404
    return shift


@requires(VIEW)
@never_cache
@require_safe
def shift_list(request: Request) -> HttpResponse:
    """Shifts of the jurisdiction, the newest first"""
    now, scope = request.clock.now(), request.scope(VIEW)
    form = ShiftFilter(request.GET, scope)
    valid, sort = form.is_valid(), request.GET.get("sort", "starts")
    chosen = form.cleaned_data
    rows = shifts.search(
        scope if valid else Scope(),
        now,
        text=chosen.get("q", ""),
        state=chosen.get("tinh_trang", ""),
        unit=chosen.get("don_vi", ""),
    )
    page = shifts.page(rows, sort, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "rows": [
            (row, units.label(row.shift.unit), STATUS[row.state], SHIFT_STATES[row.state])
            for row in shifts.rows_of(page.rows, now)
        ],
        "page": page,
        "total": rows.count(),
        "counts": shifts.counts(scope, now),
        "filtered": not valid or any(chosen.values()),
        "sort": sort,
        "may_manage": bool(request.scope(MANAGE).paths),
        "may_revoke": bool(request.scope("codes.revoke").paths),
        "may_trust": bool(request.scope("trust.manage").paths),
    }
    return render(request, "checkpoints/staff/shifts.html", context)


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponse:
    """A new shift; its page then shows the first code"""
    now, scope = request.clock.now(), request.scope(MANAGE)
    initial = usual(_named(request), now)
    form = ShiftForm(request.POST if request.method == "POST" else None, scope=scope, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            shift = open_shift(**form.cleaned_data, by=request.user, now=now)
        except InvalidInput as error:
            refuse(form, error)
        else:
            request.session[ASKED_CODE] = str(shift.pk)
            messages.success(request, _("Đã lập ca. Đưa mã dưới đây cho cán bộ quét."))
            return redirect("checkpoints:shift", shift.pk)
    context = {
        "form": form,
        "places": shifts.offered_places(scope),
        "crumbs": [(_("Chốt kiểm soát"), reverse("checkpoints:list")), (_("Lập ca trực"), "")],
    }
    return render(request, "checkpoints/staff/shift_new.html", context, status=422 if form.errors else 200)


def _named(request: Request) -> str:
    """The place of `?diem=CODE`, as the form shows it."""
    code = request.GET.get("diem", "")
    place = Place.objects.filter(code=code[:12]).first() if code and "\x00" not in code else None
    return f"{place.code} · {place.name}" if place and request.scope(MANAGE).covers(place.unit) else ""


@requires(VIEW)
@never_cache
@require_safe
def shift_page(request: Request, pk: UUID) -> HttpResponse:
    """One shift: how a device enrols, and its devices"""
    return page_of(request, found(request, pk))


def page_of(request: Request, shift: Shift, **more: Any) -> HttpResponse:
    """The page of a shift; `offered` is the code that was just made."""
    now = request.clock.now()
    place = Place.objects.get(pk=shift.place)
    state = shifts.state_of(shift, now)
    manages = request.scope(MANAGE).covers(shift.unit)
    context = {
        "shift": shift,
        "place": place,
        "state": state,
        "state_kind": STATUS[state],
        "state_words": SHIFT_STATES[state],
        "facts": _facts(shift, place),
        "rows": devices.sorted_rows(devices.of_shift(shift), now, request.GET.get("sort", "worry")),
        "sort": request.GET.get("sort", "worry"),
        "may_manage": manages,
        "may_enrol": manages and state != shifts.OVER,
        "at_once": manages and request.session.pop(ASKED_CODE, "") == str(shift.pk),
        "crumbs": [(_("Chốt kiểm soát"), reverse("checkpoints:list")), (shift.name, "")],
        **more,
    }
    return render(request, "checkpoints/staff/shift.html", context)


def _facts(shift: Shift, place: Place) -> list[tuple[str, Any]]:
    by = names().actors([shift.made_by])
    found: list[tuple[str, Any]] = [
        (_("Chốt hoặc điểm"), f"{place.name} ({place.get_kind_display()})"),
        (_("Nơi"), units.label(shift.unit)),
        (_("Bắt đầu"), dmyhm(shift.starts_at)),
        (_("Kết thúc"), dmyhm(shift.ends_at)),
        (_("Người lập"), by.get(shift.made_by, "")),
    ]
    if shift.closed_at:
        found.append((_("Kết thúc sớm lúc"), dmyhm(shift.closed_at)))
    return [*found, (_("Ghi chú"), shift.note)] if shift.note else found


@requires(MANAGE)
@require_POST
def close(request: Request, pk: UUID) -> HttpResponse:
    """End a shift before its time"""
    shift = found(request, pk, MANAGE)
    if close_shift(shift, by=request.user, now=request.clock.now()):
        messages.success(request, _("Đã kết thúc ca. Thiết bị của ca không nhận quy tắc mới nữa."))
    return redirect("checkpoints:shift", shift.pk)
