"""/cb/vung/: levels and lockdowns, why each is proposed, and the decision on it."""

from __future__ import annotations

from datetime import datetime
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
from lachan.base.paging import Page, by_id
from lachan.base.templatetags.lachan import dmyhm
from lachan.kernel import diseases
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.zones import drawing, services
from lachan.outbreak.zones.models import Zone
from lachan.outbreak.zones.rules import ZoneRules
from lachan.outbreak.zones.selectors import zones
from lachan.outbreak.zones.selectors.figures import figures, uncounted
from lachan.outbreak.zones.staff import rows
from lachan.outbreak.zones.staff.forms import (
    DecideForm,
    FiguresForm,
    InsideFilter,
    LiftForm,
    ProposeForm,
    ReasonForm,
    ZoneFilter,
)
from lachan.outbreak.zones.words import language, level_name, rules_of, why
from lachan.registry.audit.words import names
from lachan.registry.households.words import NEED_WORDS
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse as show

VIEW, PROPOSE, DECIDE, PEOPLE = "zones.view", "zones.propose", "zones.decide", "households.view"
NOTHING: Page[Zone] = Page([], "", True)
MOST_INSIDE = 300


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Vùng dịch"), reverse("zones:list")), *more]


def found(request: Request, pk: UUID, permission: str = VIEW) -> Zone:
    """The zone, where the reader holds the permission; 404 otherwise."""
    zone = zones.get(request.scope(permission), pk)
    if zone is None:
        raise Http404
    return zone


@requires(VIEW)
@never_cache
@require_safe
def zone_list(request: Request) -> HttpResponse:
    """Levels and lockdowns of the jurisdiction, the newest first"""
    scope, now = request.scope(VIEW), request.clock.now()
    form = ZoneFilter(request.GET, scope)
    valid = form.is_valid()
    found_ = zones.zones(scope, form.filters()) if valid else Zone.objects.none()
    page = by_id(found_, request.GET.get("cursor", "")) if valid else NOTHING
    context = {
        "form": form,
        "page": page,
        "rows": rows.of(page.rows, now),
        "total": found_.count(),
        "counts": zones.counts(scope),
        "filtered": not valid or any(form.cleaned_data.values()),
        "may_propose": bool(request.scope(PROPOSE).paths),
        "lacking": [units.label(path) for path in uncounted(scope, local_day(now))],
    }
    return render(request, "zones/list.html", context)


def disease_choices(now: datetime) -> list[tuple[str, str]]:
    """Those for which rules of levels are in force; lockdowns are for any."""
    day = local_day(now)
    return [(code, diseases.named(code, language(), day)) for code in ZoneRules.at(day).diseases]


@requires(PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def propose(request: Request) -> HttpResponse:
    """Ask the rules for a unit's level; POST makes or renews the proposal"""
    now, post = request.clock.now(), request.method == "POST"
    form = ProposeForm(
        request.POST if post else None,
        scope=request.scope(PROPOSE),
        diseases=disease_choices(now),
        initial={"unit": request.GET.get("don_vi", "")},
    )
    if post and form.is_valid():
        try:
            zone = services.propose(
                form.cleaned_data["unit"], form.cleaned_data["disease"], now, by=request.user
            )
        except InvalidInput as error:
            show(form, error)
        else:
            return redirect("zones:zone", zone.pk)
    context = {"form": form, "crumbs": crumbs((_("Đề xuất cấp độ"), ""))}
    return render(request, "zones/propose.html", context, status=422 if form.errors else 200)


@requires(PROPOSE)
@require_http_methods(["GET", "HEAD", "POST"])
def figures_page(request: Request) -> HttpResponse:
    """What the rules need to know of a unit besides its cases: people, vaccination, care"""
    now, post = request.clock.now(), request.method == "POST"
    unit = request.GET.get("don_vi", "")
    initial = {"unit": unit, "on": local_day(now)}
    form = FiguresForm(request.POST if post else None, scope=request.scope(PROPOSE), initial=initial)
    if post and form.is_valid():
        try:
            row = services.set_figures(by=request.user, now=now, **form.cleaned_data)
        except InvalidInput as error:
            show(form, error)
        else:
            messages.success(request, _("Đã lưu số liệu."))
            return redirect(f"{reverse('zones:figures')}?don_vi={row.unit}")
    known = figures(unit, local_day(now)) if request.scope(PROPOSE).covers(unit) else None
    context = {"form": form, "known": _known(known) if known else [], "where": units.label(unit) if known else "", "crumbs": crumbs((_("Số liệu"), ""))}  # fmt: skip
    return render(request, "zones/figures.html", context, status=422 if form.errors else 200)


def _known(known: Any) -> list[tuple[str, Any]]:
    sources = dict(known.sources)
    care = {True: _("Đáp ứng"), False: _("Không đáp ứng"), None: None}[known.care_ready]
    told = (
        ("population", _("Dân số"), known.population),
        ("adults_first_dose", _("Người từ 18 tuổi đã tiêm ít nhất một liều (%)"), known.adults_first_dose),
        ("old_full", _("Người từ 65 tuổi đã tiêm đủ liều (%)"), known.old_full),
        ("care_ready", _("Khả năng thu dung, điều trị"), care),
    )
    return [
        (name, f"{value} ({sources.get(key) or _('danh mục đơn vị')})" if value is not None else None)
        for key, name, value in told
    ]


@requires(VIEW)
@never_cache
@require_safe
def zone_page(request: Request, pk: UUID) -> HttpResponse:
    """One zone: why it is proposed, what was decided, who lives inside a lockdown"""
    return page_of(request, found(request, pk))


def page_of(request: Request, zone: Zone, **forms: Any) -> HttpResponse:
    now = request.clock.now()
    [row] = rows.of([zone], now)
    may_decide = request.scope(DECIDE).covers(zone.unit)
    proposed, standing = zone.status == Zone.Status.PROPOSED, zone.status == Zone.Status.DECIDED
    context: dict[str, Any] = {
        "row": row,
        "zone": zone,
        "facts": _facts(zone, row),
        "why": why(zone),
        "rules": rules_of(zone),
        "history": rows.of([one for one in zones.history(zone.unit, zone.disease) if one.pk != zone.pk], now),
        "decide": (forms.get("decide") or DecideForm(None, zone, now, _usual_end(zone, now)))
        if proposed and may_decide
        else None,
        "refuse": (forms.get("refuse") or ReasonForm()) if proposed and may_decide else None,
        "lift": (forms.get("lift") or LiftForm()) if standing and may_decide else None,
        "may_propose": request.scope(PROPOSE).covers(zone.unit),
        "map": _map(request, zone),
        "crumbs": crumbs((row.title, "")),
    }
    if zone.kind == Zone.Kind.LOCKDOWN:
        context |= _inside(request, zone)
    return render(request, "zones/zone.html", context, status=422 if forms else 200)


def _usual_end(zone: Zone, now: datetime) -> datetime | None:
    """A lockdown's usual length by the rules of today."""
    if zone.kind != Zone.Kind.LOCKDOWN:
        return None
    try:
        return now + ZoneRules.at(local_day(now)).lockdown
    except InvalidInput:
        return None


def _facts(zone: Zone, row: rows.Row) -> list[tuple[str, Any]]:
    people = names().actors([one for one in (zone.made_by, zone.decided_by, zone.lifted_by) if one])
    facts: list[tuple[str, Any]] = [
        (_("Đơn vị"), row.unit),
        (_("Bệnh"), diseases.named(zone.disease, language(), local_day(zone.made_at))),
        (_("Cấp"), level_name(zone)),
        (_("Căn cứ"), zone.basis),
        (_("Đề xuất lúc"), dmyhm(zone.made_at)),
        (_("Người đề xuất"), people.get(zone.made_by, "") if zone.made_by else _("hệ thống, theo quy tắc")),
    ]
    if zone.decided_at:
        facts += [
            (_("Quyết định lúc"), dmyhm(zone.decided_at)),
            (_("Người quyết định"), people.get(zone.decided_by, "") if zone.decided_by else ""),
        ]
    if zone.document:
        facts += [(_("Văn bản"), zone.document), (_("Từ lúc"), dmyhm(zone.from_at)), (_("Đến lúc"), dmyhm(zone.to_at) if zone.to_at else _("chưa định"))]  # fmt: skip
    if zone.lifted_at:
        facts += [(_("Bãi bỏ lúc"), dmyhm(zone.lifted_at)), (_("Văn bản bãi bỏ"), zone.lift_document)]
    if zone.lift_reason:
        facts.append((_("Lý do"), zone.lift_reason))
    return facts


def _map(request: Request, zone: Zone) -> drawing.Drawing | None:
    """What was drawn, with the households inside as dots for those who may see households."""
    if zone.outline is None:
        return None
    dots: list[tuple[float, float]] = []
    if request.scope(PEOPLE).covers(zone.unit):
        dots = [
            (one.house.longitude, one.house.latitude)
            for one in zones.households(zone)
            if one.house and one.house.longitude is not None and one.house.latitude is not None
        ]
    return drawing.draw(zone.unit, [(zone.name, zone.outline)], dots)


def _inside(request: Request, zone: Zone) -> dict[str, Any]:
    """Totals for everyone; who they are for those who may see households."""
    found_: dict[str, Any] = {"totals": zones.totals(zone)}
    if request.scope(PEOPLE).covers(zone.unit):
        form = InsideFilter(request.GET)
        given = form.cleaned_data if form.is_valid() else {"hien": "", "q": ""}
        inside = zones.households(zone, given["hien"], given["q"])
        found_ |= {
            "inside": inside[:MOST_INSIDE],
            "more": max(0, len(inside) - MOST_INSIDE),
            "inside_form": form,
            "need_words": list(NEED_WORDS.items()),
        }
    return found_


@requires(DECIDE)
@require_POST
def decide(request: Request, pk: UUID) -> HttpResponse:
    """Put a proposal into force by its document; the gates follow at once"""
    zone, now = found(request, pk, DECIDE), request.clock.now()
    form = DecideForm(request.POST, zone, now, None)
    if form.is_valid():
        try:
            services.decide(zone, by=request.user, now=now, **form.cleaned_data)
        except InvalidInput as error:
            show(form, error)
        else:
            messages.success(request, _("Đã quyết định. Các chốt theo mức mới từ lúc có hiệu lực."))
            return redirect("zones:zone", zone.pk)
    return page_of(request, zone, decide=form)


@requires(DECIDE)
@require_POST
def refuse(request: Request, pk: UUID) -> HttpResponse:
    """Don't follow a proposal, with the reason"""
    zone, form = found(request, pk, DECIDE), ReasonForm(request.POST)
    if form.is_valid():
        try:
            services.refuse(zone, form.cleaned_data["reason"], by=request.user, now=request.clock.now())
        except InvalidInput as error:
            show(form, error)
        else:
            messages.success(request, _("Đã ghi: không áp dụng đề xuất."))
            return redirect("zones:zone", zone.pk)
    return page_of(request, zone, refuse=form)


@requires(DECIDE)
@require_POST
def lift(request: Request, pk: UUID) -> HttpResponse:
    """End what is in force, by a document and with a reason"""
    zone, form = found(request, pk, DECIDE), LiftForm(request.POST)
    if form.is_valid():
        try:
            services.lift(zone, by=request.user, now=request.clock.now(), **form.cleaned_data)
        except InvalidInput as error:
            show(form, error)
        else:
            messages.success(request, _("Đã bãi bỏ."))
            return redirect("zones:zone", zone.pk)
    return page_of(request, zone, lift=form)
