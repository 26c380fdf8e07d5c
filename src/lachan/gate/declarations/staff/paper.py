"""/cb/giay/: blank forms to print, and keying them in twice."""

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
from lachan.base.paging import by_id
from lachan.gate.declarations.models import PaperForm
from lachan.gate.declarations.paper import sheet
from lachan.gate.declarations.selectors import papers
from lachan.gate.declarations.services import paper as services
from lachan.gate.declarations.staff import present
from lachan.gate.declarations.staff.paper_forms import PaperFilter, PrintForm, VoidForm
from lachan.kernel.errors import InvalidInput


@requires("paper.key")
@never_cache
@require_safe
def paper_list(request: Request) -> HttpResponse:
    """The forms of the jurisdiction with what waits; a serial typed or scanned opens its form."""
    scope, error = request.scope("paper.key"), ""
    text = request.GET.get("so", "").strip()[:500]
    if text:
        found, error = _found(request, text)
        if found is not None:
            return redirect(_next_step(found))
    form = PaperFilter(request.GET, scope)
    page = by_id(_filtered(form), request.GET.get("cursor", ""))
    context = {
        "form": form,
        "page": page,
        "rows": [(row, present.near(row.unit), _next_step(row)) for row in page.rows],
        "counts": papers.counts(scope),
        "may_print": bool(request.scope("paper.print").paths),
        "serial": text if error else "",
        "error": error,
    }
    return render(request, "declarations/staff/paper.html", context)


def _found(request: Request, text: str) -> tuple[PaperForm | None, str]:
    try:
        found = papers.by_serial(request.scope("paper.key"), text, request.clock)
    except InvalidInput as error:
        return None, text_of(error.code, error.params)
    return found, "" if found else _("Không có tờ nào mang số này trong địa bàn của bạn.")


def _filtered(form: PaperFilter) -> Any:
    if not form.is_valid():
        return PaperForm.objects.none()
    given = form.cleaned_data
    rows = papers.visible(form.scope.intersect(given["don_vi"]) if given["don_vi"] else form.scope)
    return rows.filter(status=given["tinh_trang"]) if given["tinh_trang"] else rows


def _next_step(row: PaperForm) -> str:
    step = "paper_resolve" if row.status == PaperForm.Status.DIFFERENT else "paper_key"
    return reverse(f"declarations:{step}", args=[row.id])


@requires("paper.print")
@never_cache
def print_forms(request: Request) -> HttpResponse:
    """Make a batch of blank forms."""
    form = PrintForm(request.POST if request.method == "POST" else None, request.scope("paper.print"))
    if request.method == "POST" and form.is_valid():
        place = form.place.id if form.place else None
        try:
            batch = services.print_batch(
                form.cleaned_data["mau"], form.unit, place, form.cleaned_data["so_to"],
                by=request.user, now=request.clock.now(),
            )  # fmt: skip
        except (services.PaperRefused, InvalidInput) as error:
            form.add_error(None, text_of(error.code, getattr(error, "params", {})))
        else:
            return redirect("declarations:paper_batch", batch)
    crumbs = [(_("Tờ giấy"), reverse("declarations:paper")), (_("In tờ khai giấy"), "")]
    return render(request, "declarations/staff/paper_print.html", {"form": form, "crumbs": crumbs})


def _batch(request: Request, batch: UUID) -> list[PaperForm]:
    rows = papers.batch(request.scope("paper.print"), batch)
    if not rows:
        raise Http404
    return rows


@requires("paper.print")
@never_cache
@require_safe
def batch_page(request: Request, batch: UUID) -> HttpResponse:
    """A printed batch: the file to print, and the serials in it."""
    rows = _batch(request, batch)
    crumbs = [(_("Tờ giấy"), reverse("declarations:paper")), (_("Lô đã in"), "")]
    context = {"rows": rows, "batch": batch, "unit": present.near(rows[0].unit), "crumbs": crumbs}
    return render(request, "declarations/staff/paper_batch.html", context)


@requires("paper.print")
@never_cache
@require_safe
def batch_pdf(request: Request, batch: UUID) -> HttpResponse:
    """The batch as one PDF, a page a form."""
    rows = _batch(request, batch)
    response = HttpResponse(sheet.pdf(rows, request.clock.now()), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="to-khai-{rows[0].serial}.pdf"'
    return response


@requires("paper.key")
@require_POST
def void(request: Request, pk: UUID) -> HttpResponse:
    """Take a form out for good."""
    if not papers.visible(request.scope("paper.key")).filter(pk=pk).exists():
        raise Http404
    form = VoidForm(request.POST)
    try:
        reason = form.cleaned_data["reason"] if form.is_valid() else ""
        services.void(pk, reason, by=request.user, now=request.clock.now())
    except services.PaperRefused as error:
        messages.error(request, text_of(error.code))
    else:
        messages.success(request, _("Đã hủy tờ này."))
    return redirect("declarations:paper")
