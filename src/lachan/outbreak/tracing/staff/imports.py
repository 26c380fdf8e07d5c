"""/cb/truy-vet/ca/<case>/nhap/: a list of contacts from a table, chosen once, looked at row by row, then taken."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tracing.models import ContactImport
from lachan.outbreak.tracing.services import uploads
from lachan.outbreak.tracing.staff.common import WORK, case_or_404, crumbs
from lachan.outbreak.tracing.staff.forms import ImportForm

TITLES = {
    "added": gettext_lazy("Thêm, chờ xác nhận"),
    "known": gettext_lazy("Đã có"),
    "named": gettext_lazy("Ghi là người được kể"),
    "refused": gettext_lazy("Không nhận"),
}
LOOKS = {"added": "work", "known": "off", "named": 1, "refused": 2}


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request, case: UUID) -> HttpResponse:
    """A list of contacts from a table: nothing is written of it at this step"""
    row = case_or_404(request, case, WORK)
    form = ImportForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = uploads.upload(row, file.name, file.read(), by=request.user, now=request.clock.now())
        except InvalidInput as error:
            form.add_error("file", text_of(error.code, error.params))
        else:
            return redirect("tracing:import_preview", row.pk, kept.pk)
    context = {"case": row, "form": form, "crumbs": crumbs(row, (_("Nhập danh sách"), ""))}
    return render(request, "tracing/import.html", context, status=422 if form.errors else 200)


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, case: UUID, pk: UUID) -> HttpResponse:
    """What becomes of every row of an uploaded list of contacts; POST takes them"""
    row = case_or_404(request, case, WORK)
    kept = ContactImport.objects.filter(pk=pk, case=row.pk, made_by=request.user.pk).first()
    if kept is None:
        raise Http404
    if request.method == "POST":
        try:
            uploads.apply(kept, row, by=request.user, now=request.clock.now())
        except InvalidInput as error:
            messages.error(request, text_of(error.code, error.params))
        return redirect("tracing:import_preview", row.pk, kept.pk)
    report = uploads.report_of(kept)
    back = reverse("tracing:import", args=[row.pk])
    context = {
        "case": row,
        "kept": kept,
        "tiles": [(key, title, report.counts[key]) for key, title in TITLES.items()],
        "lines": [(one, TITLES[one.outcome], LOOKS[one.outcome]) for one in report.rows],
        "taken": report.counts["added"] + report.counts["named"],
        "crumbs": crumbs(row, (_("Nhập danh sách"), back), (kept.filename, "")),
    }
    return render(request, "tracing/import_preview.html", context)
