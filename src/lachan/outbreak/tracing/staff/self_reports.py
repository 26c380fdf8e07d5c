"""/cb/truy-vet/nguoi/<contact>/tu-khai/: who says that she met this contact, and what becomes of it."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.templatetags.lachan import dmyhm
from lachan.gate.declarations.staff.present import near
from lachan.kernel.codes.qr import to_qr_svg
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing.models import Contact, SelfReport
from lachan.outbreak.tracing.public.self_report import OPEN, address_of
from lachan.outbreak.tracing.services import self_reports
from lachan.outbreak.tracing.staff.common import WORK
from lachan.outbreak.tracing.staff.contacts import contact_or_404

MOST_SHOWN = 200
KINDS = {
    SelfReport.Status.WAITING: "wait",
    SelfReport.Status.ACCEPTED: "done",
    SelfReport.Status.REFUSED: "off",
}
LABELS = {
    "birth": lazy("Năm sinh"),
    "phone": lazy("Điện thoại"),
    "cccd": lazy("Số CCCD/CMND"),
    "address": lazy("Địa chỉ"),
    "where": lazy("Gặp ở đâu"),
    "note": lazy("Triệu chứng, điều cần giúp"),
}


@requires(WORK)
@never_cache
@require_safe
def page(request: Request, pk: UUID) -> HttpResponse:
    """Whoever says that she met this contact; reading it is recorded. The address to pass on, as text and code"""
    row = contact_or_404(request, pk, WORK)
    reports = list(self_reports.of(row).order_by("-id")[:MOST_SHOWN])
    if reports:
        self_reports.seen(row, by=request.user, now=request.clock.now())
    address = address_of(row)
    context = {
        "contact": row,
        "address": address,
        "drawing": _drawing(address) if row.status in OPEN else None,
        "reports": [(one, KINDS[SelfReport.Status(one.status)], *_told(one)) for one in reports],
        "crumbs": [
            (_("Truy vết"), reverse("tracing:list")),
            (row.code, reverse("tracing:contact", args=[row.pk])),
            (_("Tự khai"), ""),
        ],
    }
    return render(request, "tracing/self_reports.html", context)


def _drawing(address: str) -> str:
    return mark_safe(to_qr_svg(address, title=_("Mã QR của đường dẫn")))  # noqa: S308 — made here


def _told(row: SelfReport) -> tuple[str, list[tuple[str, str]]]:
    """(name, what she said) in the order of the form."""
    told = self_reports.told_in(row)
    met = _("%(since)s đến %(until)s") % {"since": dmyhm(row.from_at), "until": dmyhm(row.to_at)}
    said = [(str(label), told[key]) for key, label in LABELS.items() if told.get(key)]
    return told.get("name", "–"), [(_("Gặp"), met), (_("Nơi ở"), near(row.unit)), *said]


@requires(WORK)
@require_POST
def decide(request: Request, pk: UUID, report: UUID) -> HttpResponse:
    """Take what she said, or don't and say why"""
    contact: Contact = contact_or_404(request, pk, WORK)
    row = self_reports.of(contact).filter(pk=report).first()
    if row is None:
        raise Http404
    by, now = request.user, request.clock.now()
    try:
        if request.POST.get("verb") == "accept":
            self_reports.accept(row, contact, by=by, now=now)
        else:
            self_reports.refuse(row, contact, request.POST.get("reason", ""), by=by, now=now)
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã ghi."))
    return redirect("tracing:self_reports", contact.pk)
