"""Where devices ask: to be enrolled, for the rules in force, how far their log has come. And the page that they run."""

from __future__ import annotations

from base64 import urlsafe_b64encode
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils.http import http_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.base.web_app import web_app
from lachan.gate.checkpoints.door import wire
from lachan.gate.checkpoints.models import Device, DeviceLog, Shift
from lachan.gate.checkpoints.selectors import bundle as content
from lachan.gate.checkpoints.services import bundle, devices
from lachan.gate.checkpoints.services.enrol import CODE_BYTES, Claim, enrol
from lachan.gate.declarations.lookup.limits import Limit
from lachan.kernel.clock import local_day
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput

TRIES = Limit(60, timedelta(minutes=10))
GONE = frozenset(
    {"enrol_used", "enrol_expired", "enrol_withdrawn", "shift_over", "shift_place_closed"}
)  # a code that was one

View = Callable[..., HttpResponseBase]


def for_devices(view: View) -> View:
    """A device's call: no cookie, so no cross-site forgery; whatever is wrong is told as JSON."""

    @wraps(view)
    def asked(request: Request, *args: Any, **kwargs: Any) -> HttpResponseBase:
        now = request.clock.now()
        try:
            return view(request, *args, **kwargs)
        except wire.Unknown as error:
            return wire.refused(error.code, now, 401)
        except InvalidInput as error:
            status = 413 if error.code == "too_large" else 422
            return wire.refused(error.code, now, status, field=error.field, params=error.params)

    return csrf_exempt(require_POST(asked))


@public
@for_devices
def enrolling(request: Request) -> HttpResponseBase:
    """POST a one-time code, a key and its proof: the device, its log, its place, the keys to believe, the first bundle"""
    now = request.clock.now()
    if not TRIES.take(client_address(request), now):
        response = wire.refused("too_often", now, 429)
        response["Retry-After"] = "60"
        return response
    try:
        made = enrol(_claim(wire.read(request, wire.Enrol)), now)
    except InvalidInput as error:
        status = 404 if error.code == "enrol_unknown" else 410 if error.code in GONE else 0
        if not status:
            raise
        return wire.refused(error.code, now, status)
    first = bundle.for_device(made.device, made.shift, now)
    devices.heard(made.device, now, bundle=first.version, bundle_at=first.issued)
    told = {
        "device": str(made.device.pk),
        "log": str(made.log.pk),
        "place": content.described(made.place),
        "shift": content.shift_described(made.shift),
        "anchors": [stored.key.public.jwk() for stored in bundle.anchors(now)],
        "bundle": first.envelope(),
    }
    return wire.answer(told, now, 201)


def _claim(asked: wire.Enrol) -> Claim:
    return Claim(
        wire.raw(asked.code, CODE_BYTES, "code"),
        wire.raw(asked.key, 64, "key"),
        wire.raw(asked.proof, 64, "proof"),
        asked.name,
        asked.platform,
        asked.app,
        asked.was,
        wire.raw(asked.was_sig, 64, "was_sig") if asked.was else b"",
    )


@public
@for_devices
def bundle_of_device(request: Request) -> HttpResponseBase:
    """POST, signed by the device: the rules in force, or 204 when it has them"""
    now = request.clock.now()
    asked = wire.read(request, wire.AskBundle)
    device = wire.device_of(request, asked, now)
    if device.revoked_at is not None:
        devices.heard(device, now, **_told(asked))
        return wire.refused("device_revoked", now, 403)
    shift = Shift.objects.get(pk=device.shift)
    if _over(shift, now):
        devices.heard(device, now, **_told(asked))
        return wire.refused("shift_over", now, 410)
    found = bundle.for_device(device, shift, now)
    devices.heard(device, now, bundle=found.version, bundle_at=found.issued, **_told(asked))
    if asked.have == found.version:
        response = HttpResponse(status=204)
        response["Date"] = http_date(now.timestamp())
        return response
    return wire.answer(found.envelope(), now)


def _over(shift: Shift, now: datetime) -> bool:
    """A shift that runs over keeps its rules for a while; one that was closed doesn't."""
    return shift.closed_at is not None or now >= shift.ends_at + EdgeTerms.at(local_day(now)).bundle_stale


@public
@for_devices
def state_of_device(request: Request) -> HttpResponseBase:
    """POST, signed by the device: how far its log has come, whether it was revoked; `closed` asks for another log"""
    now = request.clock.now()
    asked = wire.read(request, wire.AskState)
    device = wire.device_of(request, asked, now)
    devices.heard(device, now, **_told(asked))
    if asked.closed:
        log = devices.next_log(device, asked.log, now)
    else:
        found = DeviceLog.objects.filter(pk=asked.log, device=device.pk).first()
        if found is None:
            return wire.refused("device_unknown", now, 404)
        log = found
    return _state(device, log, now)


def _state(device: Device, log: DeviceLog, now: datetime) -> JsonResponse:
    shift = Shift.objects.get(pk=device.shift)
    current = "" if device.revoked_at or _over(shift, now) else bundle.for_device(device, shift, now).version
    head = urlsafe_b64encode(bytes(log.head)).rstrip(b"=").decode()
    told = {
        "log": str(log.pk),
        "next": log.next_seq,
        "head": head,
        "revoked": device.revoked_at is not None,
        "bundle": current,
    }
    return wire.answer(told, now)


def _told(asked: wire.AskBundle | wire.AskState) -> dict[str, Any]:
    told: dict[str, Any] = {}
    if asked.app:
        told["app"] = asked.app[:40]
    if asked.waiting is not None:
        told["waiting"] = min(max(asked.waiting, 0), 2**31 - 1)
    return told


@public
@never_cache
@require_safe
def scanner(request: Request) -> HttpResponse:
    """The scanner, for an enrolled device or one that is about to enrol"""
    return render(request, "checkpoints/door/scanner.html")


@public
@require_safe
def shell(request: Request) -> HttpResponse:
    """The same page for the service worker to keep: it opens without a network"""
    return render(request, "checkpoints/door/scanner.html")


@public
@require_safe
def manifest(request: Request) -> HttpResponse:
    """The scanner as an app of its own on the device's home screen"""
    return web_app(
        request,
        {
            "id": "/quet/",
            "name": _("Lá Chắn – Quét tại chốt"),
            "short_name": _("Quét tại chốt"),
            "start_url": "/quet/",
            "scope": "/quet/",
        },
    )
