"""Staff pages of the agency tree."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.registry.units import selectors, services
from lachan.registry.units.forms import AgencyForm, CloseForm, MoveForm, RenameForm, refuse
from lachan.registry.units.models import Agency
from lachan.registry.units.services import AgencyDetails

PERMISSION = "units.manage"


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Các đơn vị"), reverse("units:list")), (_("Cơ quan"), reverse("units:agencies")), *more]


@requires(PERMISSION)
@require_safe
def agencies(request: Request) -> HttpResponse:
    scope, on = request.scope(PERMISSION), local_day(request.clock.now())
    text = request.GET.get("q", "")
    if text:
        rows = [(0, row) for row in selectors.agencies(scope, on, text)[:200]]
    else:
        rows = selectors.agency_tree(scope, on)
    shown = [("\u2003" * depth, row, selectors.label(row.unit)) for depth, row in rows]
    return render(
        request,
        "units/agencies.html",
        {"rows": shown, "text": text, "crumbs": [*_crumbs()[:1], (_("Cơ quan"), "")]},
    )


@requires(PERMISSION)
@require_http_methods(["GET", "HEAD", "POST"])
def new_agency(request: Request) -> HttpResponse:
    form = AgencyForm(
        request.POST or None, **_around(request), initial={"since": local_day(request.clock.now())}
    )
    if request.method == "POST" and form.is_valid():
        try:
            agency = services.create_agency(
                AgencyDetails(**form.cleaned_data), by=request.user, now=request.clock.now()
            )
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã thêm cơ quan."))
            return redirect("units:agency", agency.pk)
    context = {"form": form, "crumbs": _crumbs((_("Thêm cơ quan"), ""))}
    return render(request, "units/agency_new.html", context, status=422 if form.errors else 200)


def _around(request: Request, without: Agency | None = None) -> dict[str, Any]:
    scope = request.scope(PERMISSION)
    parents = selectors.agencies(scope, local_day(request.clock.now()))
    return {"scope": scope, "parents": parents.exclude(pk=without.pk) if without else parents}


@requires(PERMISSION)
@require_safe
def agency(request: Request, pk: UUID) -> HttpResponse:
    return _page(request, _get(request, pk), {})


def _get(request: Request, pk: UUID) -> Agency:
    found = (
        request.scope(PERMISSION)
        .narrow(Agency.objects.select_related("parent"), "unit")
        .filter(pk=pk)
        .first()
    )
    if found is None:
        raise Http404
    return found


def _form(request: Request, agency: Agency, verb: str, data: Any = None) -> forms.Form:
    today = local_day(request.clock.now())
    named = {"name": agency.name, "kind": agency.kind, "since": today}
    if verb == "doi-ten":
        return RenameForm(data, initial=named, prefix=verb)
    if verb == "chuyen":
        placed = {"unit": agency.unit, "parent": agency.parent_id, "since": today}
        return MoveForm(data, initial=placed, prefix=verb, **_around(request, agency))
    return CloseForm(data, initial={"on": today}, prefix=verb)


def _rename(agency: Agency, data: dict[str, Any], more: dict[str, Any]) -> None:
    services.rename_agency(agency, data["name"], data["kind"], since=data["since"], **more)


def _move(agency: Agency, data: dict[str, Any], more: dict[str, Any]) -> None:
    services.move_agency(agency, data["unit"], data["parent"], since=data["since"], **more)


def _close(agency: Agency, data: dict[str, Any], more: dict[str, Any]) -> None:
    services.close_agency(agency, on=data["on"], **more)


VERBS: dict[str, Callable[[Agency, dict[str, Any], dict[str, Any]], None]] = {
    "doi-ten": _rename,
    "chuyen": _move,
    "dong": _close,
}


@requires(PERMISSION)
@require_http_methods(["POST"])
def change_agency(request: Request, pk: UUID, verb: str) -> HttpResponse:
    """`doi-ten`, `chuyen` or `dong`."""
    if verb not in VERBS:
        raise Http404
    agency = _get(request, pk)
    form = _form(request, agency, verb, request.POST)
    if form.is_valid():
        try:
            VERBS[verb](agency, form.cleaned_data, {"by": request.user, "now": request.clock.now()})
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("units:agency", agency.pk)
    return _page(request, agency, {verb: form}, status=422)


def _page(request: Request, agency: Agency, bound: dict[str, forms.Form], status: int = 200) -> HttpResponse:
    parts = []
    titles = {
        "doi-ten": _("Đổi tên, đổi loại"),
        "chuyen": _("Chuyển nơi trực thuộc"),
        "dong": _("Đóng cơ quan"),
    }
    for verb, title in titles.items() if agency.valid_to is None else ():
        parts.append(
            {
                "verb": verb,
                "title": title,
                "form": bound.get(verb) or _form(request, agency, verb),
                "open": verb in bound,
            }
        )
    context = {
        "agency": agency,
        "where": selectors.label(agency.unit),
        "placements": [(row, selectors.label(row.unit)) for row in selectors.placements(agency)],
        "parts": parts,
        "crumbs": _crumbs((agency.name, "")),
    }
    return render(request, "units/agency.html", context, status=status)
