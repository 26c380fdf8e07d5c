"""/cb/vung/so-lieu/nhap/: people by unit from a table, looked at row by row, then taken."""

from __future__ import annotations

from collections import Counter
from datetime import date
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones.models import FiguresImport
from lachan.outbreak.zones.selectors.figures import figures, uncounted
from lachan.outbreak.zones.services import figures as importing
from lachan.outbreak.zones.services.figures import Fate
from lachan.outbreak.zones.staff.forms import PeopleForm
from lachan.outbreak.zones.staff.views import PROPOSE, crumbs
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

MOST_SHOWN = 500
TITLES = {
    "new": gettext_lazy("Thêm"),
    "changed": gettext_lazy("Thay số cũ"),
    "same": gettext_lazy("Đã có"),
    "refused": gettext_lazy("Không nhận"),
}
LOOKS = {"new": "work", "changed": 1, "same": "off", "refused": 2}


@requires(PROPOSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """A table of people by unit; nothing is taken at this step"""
    now, sent = request.clock.now(), request.method == "POST"
    form = PeopleForm(
        request.POST if sent else None, request.FILES if sent else None, initial={"on": local_day(now)}
    )
    if sent and form.is_valid():
        given = form.cleaned_data
        try:
            kept = importing.upload(
                given["file"].name,
                given["file"].read(),
                given["on"],
                given["source"],
                by=request.user,
                now=now,
            )
        except InvalidInput as error:
            refuse(form, error) if error.field in form.fields else form.add_error(
                "file", text_of(error.code, error.params)
            )
        else:
            return redirect("zones:people_preview", kept.pk)
    context = {
        "form": form,
        "lacking": len(uncounted(request.scope(PROPOSE), local_day(now))),
        "imports": FiguresImport.objects.filter(made_by=request.user.pk)
        .order_by("-id")
        .defer("cells", "report")[:20],
        "crumbs": crumbs((_("Số liệu"), reverse("zones:figures")), (_("Nhập bảng dân số"), "")),
    }
    return render(request, "zones/people.html", context, status=422 if form.errors else 200)


@requires(PROPOSE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, pk: UUID) -> HttpResponse:
    """What becomes of every row of a table of people; POST takes the good ones"""
    kept = FiguresImport.objects.filter(pk=pk, made_by=request.user.pk).first()
    if kept is None:
        raise Http404
    scope, now = request.scope(PROPOSE), request.clock.now()
    if request.method == "POST":
        try:
            counts = importing.apply(kept, scope, by=request.user, now=now)
        except InvalidInput as error:
            messages.error(request, text_of(error.code, error.params))
        else:
            words = _("Đã nhập %(taken)s đơn vị; %(refused)s dòng không nhận.")
            taken = counts["new"] + counts["changed"]
            messages.success(request, words % {"taken": taken, "refused": counts["refused"]})
        return redirect("zones:people_preview", kept.pk)
    rows = importing.report_of(kept, scope, now)
    counted = Counter(one.fate for one in rows)
    context = {
        "kept": kept,
        "tiles": [(title, counted[fate]) for fate, title in TITLES.items()],
        "lines": [_shown(one) for one in rows[:MOST_SHOWN]],
        "more": max(0, len(rows) - MOST_SHOWN),
        "taken": counted["new"] + counted["changed"],
        "crumbs": crumbs((_("Nhập bảng dân số"), reverse("zones:people")), (kept.filename, "")),
    }  # fmt: skip
    return render(request, "zones/people_preview.html", context)


def _shown(one: Fate) -> dict[str, Any]:
    return {
        "fate": one,
        "where": units.label(one.unit) if one.unit else one.typed,
        "on": date.fromisoformat(one.on) if one.on else None,
        "title": TITLES[one.fate],
        "look": LOOKS[one.fate],
        "reason": text_of(one.code, {}) if one.code else "",
    }


@requires(PROPOSE)
@never_cache
@require_safe
def template(request: Request) -> HttpResponseBase:
    """A table of the communes of the jurisdiction with what is known of their people, to be filled in and sent back"""
    today, scope = local_day(request.clock.now()), request.scope(PROPOSE)
    titles = [_("Mã đơn vị"), _("Đơn vị"), _("Dân số"), _("Ngày"), _("Nguồn")]
    lines = (
        [
            path.rstrip("/").rpartition("/")[2],
            units.label(path),
            figures(path, today).population or "",
            "",
            "",
        ]
        for path in units.communes_under(scope)
    )
    return xlsx_response("dan-so-don-vi.xlsx", titles, lines)
