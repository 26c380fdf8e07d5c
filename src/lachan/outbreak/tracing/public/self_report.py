"""/tiep-xuc/<contact>/<code>/: whoever met somebody that is followed says so. The address comes from that person."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import public
from lachan.base.address import client_address
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.own_address import code_of, proves
from lachan.gate.declarations.lookup.limits import Limit
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing.models import Contact
from lachan.outbreak.tracing.services import self_reports
from lachan.outbreak.tracing.staff.forms import MINUTES
from lachan.registry.units.forms import UnitField, refuse

PURPOSE = "self_report"
OPEN = (Contact.Status.ACTIVE, Contact.Status.LOST, Contact.Status.CONVERTED)
ADDRESSES = Limit(300, timedelta(minutes=10))
REPORTS = Limit(60, timedelta(hours=24))
"""Of one contact: whoever met more people has an officer who knows of it."""


def address_of(contact: Contact) -> str:
    """The whole address, for the contact to pass on. It says nothing of who the contact is."""
    return f"{settings.PUBLIC_URL}/tiep-xuc/{contact.pk}/{code_of(PURPOSE, contact.pk)}/"


class SelfReportForm(forms.Form):
    """Who one is, where one lives, when one met."""

    name = forms.CharField(
        label=_("Họ và tên"), max_length=100, widget=forms.TextInput({"autocomplete": "name"})
    )
    birth = forms.CharField(
        label=_("Năm sinh"), max_length=10, widget=forms.TextInput({"inputmode": "numeric"})
    )
    phone = forms.CharField(
        label=_("Điện thoại"), max_length=30, widget=forms.TextInput({"type": "tel", "autocomplete": "tel"})
    )
    cccd = forms.CharField(
        label=_("Số CCCD/CMND"),
        max_length=30,
        required=False,
        widget=forms.TextInput({"inputmode": "numeric"}),
    )
    unit = UnitField(
        label=_("Xã, phường"), help_text=_("Gõ tên không dấu cũng được, rồi chọn trong danh sách.")
    )
    address = forms.CharField(
        label=_("Địa chỉ"), max_length=200, required=False, help_text=_("Số nhà, đường, thôn.")
    )
    from_at = forms.DateTimeField(
        label=_("Gặp lần sau cùng lúc"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTES),
        help_text=_("Không nhớ chính xác thì ghi gần đúng."),
    )
    minutes = forms.ChoiceField(
        label=_("Trong bao lâu"),
        choices=[("15", _("Dưới 15 phút")), ("60", _("15 đến 60 phút")), ("240", _("Vài giờ")), ("1440", _("Cả ngày, ở cùng nhà"))],
    )  # fmt: skip
    where = forms.CharField(label=_("Gặp ở đâu"), max_length=200, required=False)
    note = forms.CharField(
        label=_("Triệu chứng, điều cần giúp"),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def met(self) -> tuple[datetime, datetime]:
        """When they met, as two moments."""
        since: datetime = self.cleaned_data["from_at"]
        return since, since + timedelta(minutes=int(self.cleaned_data["minutes"]))

    def typed(self) -> dict[str, str]:
        """What the services keep."""
        return {key: str(self.cleaned_data.get(key) or "") for key in self_reports.TOLD}


@public
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def report(request: Request, contact: UUID, code: str) -> HttpResponse:
    """Somebody who met a contact says so herself; the page never says who the contact is"""
    now = request.clock.now()
    if not ADDRESSES.take(client_address(request), now):
        return HttpResponse(text_of("too_often"), status=429, content_type="text/plain; charset=utf-8")
    row = _opened(contact, code)
    if row is None:
        return render(request, "tracing/public/self_report_unknown.html", status=404)
    form = SelfReportForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        error = _reported(row, form, now)
        if error is None:
            return redirect(f"{request.path}?da-gui=1")
        refuse(form, error)
    context: dict[str, Any] = {"form": form, "sent": "da-gui" in request.GET, "open": row.status in OPEN}
    return render(request, "tracing/public/self_report.html", context, status=422 if form.errors else 200)


def _reported(row: Contact, form: SelfReportForm, now: datetime) -> InvalidInput | None:
    """Why it wasn't kept; what was typed stays in the form."""
    try:
        if not REPORTS.take(str(row.pk), now):
            raise InvalidInput("too_often")
        self_reports.report(row, form.typed(), form.cleaned_data["unit"], form.met(), now=now)
    except InvalidInput as error:
        return error
    return None


def _opened(contact: UUID, code: str) -> Contact | None:
    """The contact behind an address; None if the code isn't its own."""
    return standing(contact) if proves(PURPOSE, contact, code) else None


def standing(contact: UUID) -> Contact | None:
    """The contact, followed on to the row that it was joined to."""
    row = Contact.objects.filter(pk=contact).first()
    while row is not None and row.merged_into is not None:
        row = Contact.objects.filter(pk=row.merged_into).first()
    return row
