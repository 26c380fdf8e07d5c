"""/cb/yeu-cau/: what citizens ask to have corrected or deleted."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.paging import by_id
from lachan.gate.declarations.models import DataRequest, Entry
from lachan.gate.declarations.selectors import history
from lachan.gate.declarations.services import requests as services
from lachan.gate.declarations.staff import present
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit import services as audit

ERASED = {
    "erased": gettext_lazy("Đã xóa cả hồ sơ của người này: không còn tờ khai nào khác nói về họ."),
    "kept": gettext_lazy("Hồ sơ của người này còn, vì còn tờ khai khác nói về họ."),
    "none": gettext_lazy("Tờ khai này chưa được nối với hồ sơ nào."),
}


class RequestFilter(ScopedForm):
    """The list of requests."""

    don_vi = UnitField(label=gettext_lazy("Đơn vị"))
    tinh_trang = forms.ChoiceField(
        label=gettext_lazy("Tình trạng"),
        required=False,
        choices=[
            ("", gettext_lazy("Chờ xử lý")),
            ("all", gettext_lazy("Tất cả")),
            *DataRequest.Status.choices[1:],
        ],
    )
    loai = forms.ChoiceField(
        label=gettext_lazy("Loại yêu cầu"),
        required=False,
        choices=[("", gettext_lazy("Tất cả")), *DataRequest.Kind.choices],
    )


class DecideForm(forms.Form):
    """Grant or refuse, with an answer that the citizen reads."""

    status = forms.ChoiceField(
        label=gettext_lazy("Quyết định"),
        choices=[
            (DataRequest.Status.DONE.value, gettext_lazy("Thực hiện yêu cầu")),
            (DataRequest.Status.REFUSED.value, gettext_lazy("Không thực hiện")),
        ],
        widget=forms.RadioSelect,
    )
    answer = forms.CharField(
        label=gettext_lazy("Trả lời người dân"),
        max_length=services.TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy(
            "Nói rõ đã làm gì, hoặc vì sao không làm được. Người dân đọc được câu này khi tra cứu."
        ),
    )


@requires("requests.decide")
@never_cache
@require_safe
def request_list(request: Request) -> HttpResponse:
    """What waits, the newest first."""
    scope = request.scope("requests.decide")
    form = RequestFilter(request.GET, scope)
    rows = _filtered(form) if form.is_valid() else DataRequest.objects.none()
    page = by_id(rows, request.GET.get("cursor", ""))
    context = {"form": form, "page": page, "rows": _with_entries(page.rows)}
    return render(request, "declarations/staff/requests.html", context)


def _filtered(form: RequestFilter) -> QuerySet[DataRequest]:
    given = form.cleaned_data
    scope = form.scope.intersect(given["don_vi"]) if given["don_vi"] else form.scope
    rows = scope.narrow(DataRequest.objects.all(), "unit")
    if given["loai"]:
        rows = rows.filter(kind=given["loai"])
    if given["tinh_trang"] == "all":
        return rows
    return rows.filter(status=given["tinh_trang"] or DataRequest.Status.WAITING)


def _with_entries(rows: list[DataRequest]) -> list[tuple[DataRequest, Entry | None, str]]:
    entries = {
        row.declaration: row
        for row in Entry.objects.filter(declaration__in=[row.declaration for row in rows])
    }
    return [(row, entries.get(row.declaration), present.near(row.unit)) for row in rows]


@requires("requests.decide")
@never_cache
def request_detail(request: Request, pk: UUID) -> HttpResponse:
    """One request with what was declared, and the decision on it."""
    row = request.scope("requests.decide").narrow(DataRequest.objects.filter(pk=pk), "unit").first()
    if row is None:
        raise Http404
    form = DecideForm(request.POST if request.method == "POST" else None)
    if request.method == "POST" and form.is_valid() and _decide(request, row, form):
        return redirect("declarations:requests")
    if request.method != "POST":
        audit.read_record(
            request.user, "declaration", row.declaration, row.unit, request.clock.now(), "request"
        )
    return render(request, "declarations/staff/request.html", _context(row, form))


def _decide(request: Request, row: DataRequest, form: DecideForm) -> bool:
    given = form.cleaned_data
    try:
        done = services.decide(
            row,
            DataRequest.Status(given["status"]),
            given["answer"],
            by=request.user,
            now=request.clock.now(),
        )
    except (services.RequestRefused, InvalidInput) as error:
        form.add_error(None, text_of(error.code, getattr(error, "params", {})))
        return False
    messages.success(request, _("Đã ghi quyết định và câu trả lời."))
    if done is not None:
        messages.info(request, ERASED[done.person])
    return True


def _context(row: DataRequest, form: DecideForm) -> dict[str, Any]:
    entry = Entry.objects.filter(declaration=row.declaration).first()
    return {
        "asked": row,
        "entry": entry,
        "shown": present.rows([entry], [])[0] if entry else None,
        "unit": present.near(row.unit),
        "form": form,
        "decided_by": history.names_of([row.decided_by]).get(row.decided_by, ""),
        "crumbs": [
            (_("Yêu cầu của người dân"), reverse("declarations:requests")),
            (row.get_kind_display(), ""),
        ],
        "waiting": row.status == DataRequest.Status.WAITING,
        "deleting": row.kind == DataRequest.Kind.DELETE,
    }
