"""/cb/truy-vet/moc/: exposure settings (mốc dịch tễ)."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.paging import by_id
from lachan.base.templatetags.lachan import dmyhm
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import selectors as cases
from lachan.outbreak.cases.models import Case
from lachan.outbreak.cases.selectors.episodes import latest_disease
from lachan.outbreak.tracing import services
from lachan.outbreak.tracing.models import Setting
from lachan.outbreak.tracing.selectors.identity import roots
from lachan.outbreak.tracing.selectors.levels import levels_of
from lachan.outbreak.tracing.selectors.reasons import length
from lachan.outbreak.tracing.services.publishing import hide_setting
from lachan.outbreak.tracing.services.settings import SettingDraft, look_again, present
from lachan.outbreak.tracing.staff.common import (
    VIEW,
    WORK,
    called,
    disease_name,
    level_words,
    slice_of,
)
from lachan.outbreak.tracing.staff.forms import SettingForm
from lachan.registry.audit.words import names
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse


def setting_or_404(request: Request, pk: UUID, permission: str = VIEW) -> Setting:
    row = request.scope(permission).narrow(Setting.objects.filter(pk=pk), "unit").first()
    if row is None:
        raise Http404
    return row


@requires(VIEW)
@never_cache
@require_safe
def setting_list(request: Request) -> HttpResponse:
    """Exposure settings of the reader's jurisdiction, the newest first"""
    scope, today = request.scope(VIEW), local_day(request.clock.now())
    rows = scope.narrow(Setting.objects.all(), "unit")
    state = request.GET.get("tinh_trang", "")
    if state == "withdrawn":
        rows = rows.exclude(withdrawn_at=None)
    elif state != "all":
        rows = rows.filter(withdrawn_at=None)
    page = by_id(rows, request.GET.get("cursor", ""))
    places = Place.objects.in_bulk({row.place for row in page.rows})
    context = {
        "rows": [
            (row, places.get(row.place), units.label(row.unit), disease_name(row.disease, today))
            for row in page.rows
        ],
        "page": page,
        "state": state if state in ("withdrawn", "all") else "",
        "may_work": bool(request.scope(WORK).paths),
        "crumbs": [(_("Truy vết"), reverse("tracing:list")), (_("Mốc dịch tễ"), "")],
    }
    return render(request, "tracing/settings.html", context)


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def declare(request: Request) -> HttpResponse:
    """Declare an exposure setting, and find everyone who was there"""
    now, scope = request.clock.now(), request.scope(WORK)
    initial = {"case": request.GET.get("ca", "")[:24], "disease": latest_disease()}
    form = SettingForm(
        request.POST if request.method == "POST" else None, scope, local_day(now), initial=initial
    )
    if request.method == "POST" and form.is_valid():
        try:
            row = services.declare_setting(_draft(request, form), by=request.user, now=now)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lập mốc dịch tễ."))
            then = "tracing:setting_publish" if form.cleaned_data["public"] else "tracing:setting"
            return redirect(then, row.pk)
    context = {
        "form": form,
        "crumbs": [
            (_("Truy vết"), reverse("tracing:list")),
            (_("Mốc dịch tễ"), reverse("tracing:settings")),
            (_("Mốc mới"), ""),
        ],
    }
    return render(request, "tracing/setting_new.html", context, status=422 if form.errors else 200)


def _draft(request: Request, form: SettingForm) -> SettingDraft:
    given = form.cleaned_data
    return SettingDraft(
        given["disease"], given["place"], given["from_at"], given["to_at"], _case(request, given["case"], given["disease"]),
        given["document"], given["note"],
    )  # fmt: skip


def _case(request: Request, code: str, disease: str) -> Case | None:
    """The case of that code inside the reader's jurisdiction. Raises InvalidInput for one that isn't there."""
    if not code.strip():
        return None
    found = cases.visible(request.scope(WORK)).filter(code=code.strip().upper(), disease=disease).first()
    if found is None:
        raise InvalidInput("setting_case", field="case")
    return found


@requires(VIEW)
@never_cache
@require_safe
def page(request: Request, pk: UUID) -> HttpResponse:
    """One setting: everyone who was there, by their codes, as far as doors, phones and declarations know"""
    row, now = setting_or_404(request, pk), request.clock.now()
    there = sorted(present(row, now).items(), key=lambda one: (-one[1][2], one[0]))
    shown = slice_of(there, request.GET.get("cursor", ""), lambda one: one[0])
    nodes = roots([alias for alias, _ in shown.rows])
    who = called(request, {nodes[alias]: alias for alias, _ in shown.rows})
    levels = levels_of([alias for alias, _ in shown.rows], row.disease)
    case = cases.by_id(request.scope(VIEW), row.case) if row.case else None
    context = {
        "setting": row,
        "place": Place.objects.filter(pk=row.place).first(),
        "case": case,
        "facts": _facts(row),
        "rows": [
            (who[nodes[alias]], first, last, length(int(seconds)), level_words(levels[alias].level if alias in levels else None))
            for alias, (first, last, seconds) in shown.rows
        ],
        "page": shown,
        "total": len(there),
        "may_work": request.scope(WORK).covers(row.unit),
        "crumbs": [
            (_("Truy vết"), reverse("tracing:list")),
            (_("Mốc dịch tễ"), reverse("tracing:settings")),
            (dmyhm(row.from_at), ""),
        ],
    }  # fmt: skip
    return render(request, "tracing/setting.html", context)


def _facts(row: Setting) -> list[tuple[str, Any]]:
    by = names().actors([row.made_by, *([row.published_by] if row.published_by else [])])
    facts: list[tuple[str, Any]] = [
        (_("Từ lúc"), dmyhm(row.from_at)),
        (_("Đến lúc"), dmyhm(row.to_at)),
        (_("Nơi"), units.label(row.unit)),
        (_("Công bố ra ngoài"), _("có") if row.public else _("không")),
        (_("Văn bản, thông báo"), row.document or None),
        (_("Người lập"), by.get(row.made_by, "")),
    ]
    if row.published_at and row.published_by:
        facts.append((_("Công bố lúc"), f"{dmyhm(row.published_at)}, {by.get(row.published_by, '')}"))
    if row.withdrawn_at:
        facts.append((_("Rút lúc"), dmyhm(row.withdrawn_at)))
    return [*facts, (_("Ghi chú"), row.note)] if row.note else facts


@requires(WORK)
@require_POST
def change(request: Request, pk: UUID, verb: str) -> HttpResponse:
    """Withdraw a setting (`rut`), take it back from the public (`an`), or look again for who was there (`tim`)"""
    row, now = setting_or_404(request, pk, WORK), request.clock.now()
    if verb == "rut":
        if services.withdraw_setting(row, by=request.user, now=now):
            messages.success(request, _("Đã rút mốc dịch tễ."))
    elif verb == "an":
        if hide_setting(row, by=request.user, now=now):
            messages.success(request, _("Đã thôi công bố ra ngoài."))
    elif verb == "tim" and row.withdrawn_at is None:
        found = look_again(row, by=request.user, now=now)
        messages.success(request, _("Có %(count)s người đã ở đó.") % {"count": found})
    else:
        raise Http404
    return redirect("tracing:setting", row.pk)
