"""Two cases side by side, joined for a reason, and parted again."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import services
from lachan.outbreak.cases.models import Case, CaseMerge, Sample
from lachan.outbreak.cases.staff import present
from lachan.outbreak.cases.staff.case import _facts, crumbs, found
from lachan.outbreak.cases.staff.forms import ReasonForm
from lachan.registry.audit import services as audit
from lachan.registry.units.forms import refuse

MERGE = "cases.merge"


@requires(MERGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def merge(request: Request, pk: UUID, other: UUID) -> HttpResponse:
    """Two cases side by side, and joining them for a reason"""
    one, two = found(request, pk, MERGE), found(request, other, MERGE)
    now = request.clock.now()
    choices = [(str(case.pk), f"{case.code} · {present.name_of(case)}") for case in (one, two)]
    form = ReasonForm(request.POST if request.method == "POST" else None, choices)
    if request.method == "POST" and form.is_valid():
        kept, absorbed = (one, two) if form.cleaned_data["keep"] == str(one.pk) else (two, one)
        try:
            services.merge(kept, absorbed, form.cleaned_data["reason"], request.user, now)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã gộp hai ca. Có thể tách lại ở trang này."))
            return redirect("cases:detail", kept.pk)
    elif request.method != "POST":
        for case in (one, two):
            audit.read_record(request.user, "case", case.pk, case.unit, now, "compare")
    context = {
        "form": form, "sides": [_side(one), _side(two)], "crumbs": crumbs(one, _("Gộp ca")),
        "two_people": one.person != two.person, "case": one,
    }  # fmt: skip
    return render(request, "cases/merge.html", context, status=422 if form.errors else 200)


def _side(case: Case) -> dict[str, Any]:
    return {
        "case": case,
        "row": present.rows([case])[0],
        "facts": _facts(case),
        "samples": Sample.objects.filter(case=case).count(),
    }


@requires(MERGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def unmerge(request: Request, pk: UUID) -> HttpResponse:
    """Part two cases as they were, for a reason"""
    row = CaseMerge.objects.filter(pk=pk).first()
    if row is None:
        raise Http404
    kept = found(request, row.kept, MERGE)
    form = ReasonForm(request.POST if request.method == "POST" else None, [])
    if request.method == "POST" and form.is_valid():
        try:
            services.unmerge(row, form.cleaned_data["reason"], request.user, request.clock.now())
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã tách lại hai ca như trước khi gộp."))
            return redirect("cases:detail", kept.pk)
    context = {
        "case": kept, "form": form, "title": _("Tách ca đã gộp"), "crumbs": crumbs(kept, _("Tách ca đã gộp")),
        "cancel": f"/cb/ca-benh/{kept.pk}/",
    }  # fmt: skip
    return render(request, "cases/change.html", context, status=422 if form.errors else 200)
