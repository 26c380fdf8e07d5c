"""/cb/chot/thiet-bi/: devices, one device's page, and revoking it."""

from __future__ import annotations

from typing import Any
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
from lachan.base.scope import Scope
from lachan.base.templatetags.lachan import dmyhm
from lachan.gate.checkpoints.models import Device, DeviceLog
from lachan.gate.checkpoints.selectors import devices
from lachan.gate.checkpoints.services import devices as services
from lachan.gate.checkpoints.staff.forms import DEVICE_STATES, DeviceFilter, RevokeForm
from lachan.gate.checkpoints.staff.shifts import MANAGE, VIEW
from lachan.gate.checkpoints.staff.shifts import found as found_shift
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.words import names, title_of
from lachan.registry.units import selectors as units

STATUS = {
    devices.SILENT: "stop",
    devices.STALE: "attention",
    devices.WAITING: "wait",
    devices.WELL: "done",
    devices.RESTING: "off",
    devices.REVOKED: "off",
}


def found(request: Request, pk: UUID, permission: str = VIEW) -> Device:
    """The device, where the reader holds the permission; 404 otherwise."""
    device = devices.get(request.scope(permission), pk)
    if device is None:
        raise Http404
    return device


@requires(VIEW)
@never_cache
@require_safe
def device_list(request: Request) -> HttpResponse:
    """Devices of the jurisdiction, those that need a look first"""
    now, scope = request.clock.now(), request.scope(VIEW)
    form = DeviceFilter(request.GET, scope)
    valid, sort = form.is_valid(), request.GET.get("sort", "worry")
    chosen = form.cleaned_data
    found = devices.in_state(
        devices.search(scope if valid else Scope(), chosen.get("q", ""), chosen.get("don_vi", "")),
        chosen.get("tinh_trang", ""),
        now,
    )
    page = devices.page(found, sort, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "rows": devices.rows_of(page.rows, now),
        "page": page,
        "total": found.count(),
        "filtered": not valid or any(chosen.values()),
        "sort": sort,
        "crumbs": [(_("Chốt kiểm soát"), reverse("checkpoints:list")), (_("Thiết bị"), "")],
    }
    return render(request, "checkpoints/staff/devices.html", context)


@requires(VIEW)
@never_cache
@require_safe
def of_shift(request: Request, pk: UUID) -> HttpResponse:
    """The devices of a shift as a piece of its page, which fetches it again"""
    shift = found_shift(request, pk)
    sort = request.GET.get("sort", "worry")
    rows = devices.sorted_rows(devices.of_shift(shift), request.clock.now(), sort)
    return render(request, "checkpoints/staff/_devices.html", {"rows": rows, "shift": shift, "sort": sort})


@requires(VIEW)
@never_cache
@require_safe
def device_page(request: Request, pk: UUID) -> HttpResponse:
    """One device: what is known of it, how far its logs have come, what was done to it"""
    return _page(request, found(request, pk))


def _page(request: Request, device: Device, form: RevokeForm | None = None) -> HttpResponse:
    [row] = devices.rows_of(Device.objects.filter(pk=device.pk), request.clock.now())
    context = {
        "row": row,
        "device": device,
        "facts": _facts(row),
        "logs": DeviceLog.objects.filter(device=device.pk).order_by("-id"),
        "events": [{"title": title_of(one.kind), "at": one.recorded_at} for one in devices.history(device)],
        "form": form or RevokeForm(),
        "may_revoke": request.scope(MANAGE).covers(device.unit) and device.revoked_at is None,
        "crumbs": [
            (_("Chốt kiểm soát"), reverse("checkpoints:list")),
            (_("Thiết bị"), reverse("checkpoints:devices")),
            (device.name, ""),
        ],
    }
    return render(request, "checkpoints/staff/device.html", context, status=422 if form else 200)


def _facts(row: devices.DeviceRow) -> list[tuple[str, Any]]:
    device = row.device
    by = names().actors([one for one in (device.enrolled_by, device.revoked_by) if one])
    facts: list[tuple[str, Any]] = [
        (_("Chốt hoặc điểm"), row.place.name if row.place else ""),
        (_("Nơi"), units.label(device.unit)),
        (_("Lần liên lạc cuối"), dmyhm(device.last_seen_at)),
        (_("Lượt quét đã về tỉnh"), row.scans),
        (_("Còn trên máy, theo lần báo cuối"), device.waiting),
        (_("Quy tắc đang mang"), _bundle(row)),
        (_("Máy"), device.platform),
        (_("Phiên bản máy quét"), device.app),
        (_("Ghi danh lúc"), dmyhm(device.enrolled_at)),
        (_("Người cho ghi danh"), by.get(device.enrolled_by, "")),
    ]
    if device.revoked_at:
        facts += [
            (_("Thu hồi lúc"), dmyhm(device.revoked_at)),
            (_("Người thu hồi"), by.get(device.revoked_by, "") if device.revoked_by else ""),
            (_("Lý do thu hồi"), device.revoke_reason),
        ]
    return facts


def _bundle(row: devices.DeviceRow) -> str:
    if row.device.bundle_at is None:
        return ""
    text = f"{row.device.bundle[:8]}, {dmyhm(row.device.bundle_at)}"
    return f"{text} ({DEVICE_STATES[devices.STALE]})" if row.stale else text


@requires(MANAGE)
@require_POST
def revoke(request: Request, pk: UUID) -> HttpResponse:
    """Revoke a device at a distance, with a reason"""
    device, form = found(request, pk, MANAGE), RevokeForm(request.POST)
    if not form.is_valid():
        return _page(request, device, form)
    try:
        services.revoke(device, form.cleaned_data["reason"], by=request.user, now=request.clock.now())
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(
            request, _("Đã thu hồi thiết bị. Máy biết điều đó ở lần liên lạc tới, và không nhận quy tắc mới.")
        )
    return redirect("checkpoints:device", device.pk)
