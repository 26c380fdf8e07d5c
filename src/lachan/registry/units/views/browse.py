"""Staff pages over units: browse and search by structure and day, one unit, the import of outlines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires, signed_in
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.registry.units import selectors, services, tree
from lachan.registry.units.forms import GeometryForm, UnitFilters, refuse
from lachan.registry.units.models import Unit
from lachan.registry.units.services.load import STRUCTURES

FOUND = 100
GEOMETRY_WORDS = {
    "official": gettext_lazy("Chính thức"),
    "approx_power_diagram": gettext_lazy("Gần đúng"),
    "reference": gettext_lazy("Tham khảo"),
}


@dataclass(frozen=True, slots=True)
class Shown:
    """A unit in a list."""

    unit: Unit
    name: str
    above: str
    followers: list[tuple[Unit, bool]]
    geometry: str


@signed_in
@require_safe
def browse(request: Request) -> HttpResponse:
    form = UnitFilters(request.GET or None, initial={"structure": settings.STRUCTURE})
    chosen = form.cleaned_data if form.is_bound and form.is_valid() else {}
    structure = chosen.get("structure") or settings.STRUCTURE
    text = chosen.get("q", "")
    if text:
        found = selectors.search(text, structure, FOUND, level=None)
    else:
        found = selectors.children("", structure)
        found.sort(key=lambda unit: not unit.path.startswith(f"{settings.PROVINCE}/"))
    context = {
        "form": form,
        "units": _shown(_in_force(found, chosen.get("on")), structure),
        "structure": structure,
    }
    return render(request, "units/list.html", context | {"text": text, "may_manage": _may_manage(request)})


@signed_in
@require_safe
def unit(request: Request, unit: str) -> HttpResponse:
    found = selectors.by_path(unit)
    if found is None:
        raise Http404
    structure = _structure_of(request, found)
    name = tree.names(found, structure)[1]
    context = {
        "unit": found,
        "name": name,
        "structure": structure,
        "both": found.level == Unit.Level.PROVINCE and found.valid_to is None,
        "facts": _facts(found),
        "units": _shown(selectors.children(unit, structure), structure),
        "before": selectors.predecessors(unit),
        "after": selectors.successors(unit),
        "crumbs": _crumbs(found, name, structure),
    }
    return render(request, "units/detail.html", context)


def _structure_of(request: Request, unit: Unit) -> str:
    if unit.level > Unit.Level.PROVINCE or unit.valid_to is not None:
        return unit.structure
    asked = request.GET.get("structure", "")
    return asked if asked in STRUCTURES else settings.STRUCTURE


def _crumbs(unit: Unit, name: str, structure: str) -> list[tuple[str, str]]:
    steps = [
        (tree.names(above, structure)[1], f"{reverse('units:unit', args=[above.path])}?structure={structure}")
        for above in selectors.ancestors(unit.path)
    ]
    return [(_("Các đơn vị"), reverse("units:list")), *steps, (name, "")]


def _facts(unit: Unit) -> list[tuple[str, Any]]:
    outline = selectors.geometry_of(unit.path)
    until = unit.valid_to.strftime("%d/%m/%Y") if unit.valid_to else _("nay")
    return [
        (_("Mã"), unit.code),
        (_("Tên tiếng Anh"), unit.name_en),
        (_("Hiệu lực"), f"{unit.valid_from:%d/%m/%Y} – {until}"),
        (_("Dân số"), unit.population),
        (
            _("Ranh giới"),
            f"{GEOMETRY_WORDS.get(outline.kind, outline.kind)} · {outline.source}" if outline else None,
        ),
    ]


def _in_force(units: list[Unit], on: date | None) -> list[Unit]:
    if on is None:
        return units
    return [unit for unit in units if unit.valid_from <= on and (unit.valid_to is None or on < unit.valid_to)]


def _shown(units: list[Unit], structure: str) -> list[Shown]:
    outlines = selectors.with_geometry([unit.path for unit in units])
    rows = []
    for unit in units:
        above = selectors.label(unit.path, structure).partition(", ")[2]
        kind = outlines.get(unit.path, "")
        words = GEOMETRY_WORDS.get(kind, kind)
        rows.append(
            Shown(unit, tree.names(unit, structure)[1], above, selectors.successors(unit.path), str(words))
        )
    return rows


def _may_manage(request: Request) -> bool:
    return bool(request.scope("units.manage").paths)


@requires("units.manage")
@require_http_methods(["GET", "HEAD", "POST"])
def geometry(request: Request) -> HttpResponse:
    """Upload of outlines; the report names each refused feature."""
    form = GeometryForm(
        request.POST or None, request.FILES or None, initial={"structure": settings.STRUCTURE}
    )
    report = None
    if request.method == "POST" and form.is_valid():
        chosen = {key: value for key, value in form.cleaned_data.items() if key != "file"}
        data = form.cleaned_data["file"].read()
        try:
            scope = request.scope("units.manage")
            report = services.import_geometry(
                data, **chosen, scope=scope, by=request.user, now=request.clock.now()
            )
        except InvalidInput as error:
            refuse(form, error)
    refused = [(item.number, item.code, text_of(item.reason)) for item in report.refused] if report else []
    crumbs = [(_("Các đơn vị"), reverse("units:list")), (_("Ranh giới"), "")]
    context = {"form": form, "report": report, "refused": refused, "crumbs": crumbs}
    return render(request, "units/geometry.html", context, status=422 if form.errors else 200)
