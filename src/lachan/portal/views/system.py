"""The operator's page: what isn't well, keys, backups, the worker and those who read the event log."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lachan.base import alarms
from lachan.base.access import requires
from lachan.base.http import Request
from lachan.portal import checks
from lachan.portal.selectors import machine
from lachan.registry.audit import consumers
from lachan.registry.audit import services as audit
from lachan.registry.audit.models import StuckEvent

PERMISSION = "system.operate"


@requires(PERMISSION)
@never_cache
def page(request: Request) -> HttpResponse:
    """GET shows the last report of the quick checks; POST runs all of them now, the slow ones too."""
    now = request.clock.now()
    if request.method == "POST":
        report = alarms.report(now, slow=True)
        with transaction.atomic():
            audit.record("system.checked", actor=request.user, data={"raised": len(report.raised)}, now=now)
        messages.success(request, _("Đã kiểm tra xong."))
        return redirect("portal:system")
    context: dict[str, Any] = {
        "report": (report := alarms.recent(now)),
        "findings": [checks.told(one) for one in report.findings],
        "worker": machine.worker(now),
        "keys": machine.signing_keys(),
        "ring_changed": machine.ring_changed(),
        "periods": machine.periods(),
        "backups": machine.backups(),
        "lags": machine.lags(),
        "unsealed": machine.unsealed(),
        "stuck": machine.stuck(),
        "version": machine.version(),
        "now": now,
    }
    return render(request, "portal/system.html", context)


@requires(PERMISSION)
@require_POST
def replay(request: Request, pk: int) -> HttpResponse:
    """Give an event that was set aside to its consumer again."""
    stuck = get_object_or_404(consumers.alarms(), pk=pk)
    try:
        if _again(request, stuck):
            messages.success(request, _("Đã chạy lại: sự kiện được nhận."))
        else:
            messages.info(request, _("Sự kiện này đã được người khác chạy lại."))
    except (
        Exception
    ) as error:  # whatever the consumer raises: the event stays set aside, and the page says so
        messages.error(request, _("Vẫn chưa được: %(error)s") % {"error": type(error).__name__})
    return redirect("portal:system")


@transaction.atomic
def _again(request: Request, stuck: StuckEvent) -> bool:
    now = request.clock.now()
    if not consumers.replay(stuck, now):
        return False
    audit.record(
        "system.event_replayed",
        actor=request.user,
        subject_kind="event",
        subject=stuck.event,
        data={"consumer": stuck.consumer, "seq": stuck.seq},
        now=now,
    )
    return True
