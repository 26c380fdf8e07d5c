"""JSON for typing a unit: what the words find, and all of the province's communes for a phone without signal."""

from __future__ import annotations

import hashlib
from typing import Any

from django.conf import settings
from django.http import HttpResponse, JsonResponse
from django.views.decorators.http import condition, require_safe

from lachan.base.access import public
from lachan.base.http import Request
from lachan.kernel.text import fold
from lachan.registry.units import selectors, tree
from lachan.registry.units.models import Unit
from lachan.registry.units.services.load import STRUCTURES

FOUND = 10
LEVELS: dict[str, int | None] = {"": 3, "1": 1, "2": 2, "3": 3, "0": None}


def _structure(request: Request) -> str:
    asked = request.GET.get("structure", "")
    return asked if asked in STRUCTURES else settings.STRUCTURE


@public
@require_safe
def find(request: Request) -> HttpResponse:
    """`?q=vinh+hoa&structure=2021&level=3`: {"results": [{path, name, label, level}]}; level 0 takes every level."""
    structure = _structure(request)
    level = LEVELS.get(request.GET.get("level", ""), 3)
    found = selectors.search(request.GET.get("q", ""), structure, FOUND, level=level)
    response = JsonResponse({"results": [_shown(unit, structure) for unit in found]})
    response["Cache-Control"] = "public, max-age=3600"
    return response


def _shown(unit: Unit, structure: str) -> dict[str, Any]:
    label = selectors.label(unit.path, structure)
    return {"path": unit.path, "name": tree.names(unit, structure)[1], "label": label, "level": unit.level}


def _etag(request: Request) -> str:
    stamp = f"{tree.current().stamp}{_structure(request)}{settings.PROVINCE}"
    return f'"{hashlib.sha256(stamp.encode()).hexdigest()[:24]}"'


@public
@require_safe
@condition(etag_func=_etag)
def everything(request: Request) -> HttpResponse:
    """Every commune of the installation's province: {"structure", "communes": [[path, name, district, folded]]}."""
    structure = _structure(request)
    rows = [
        _row(entry.unit)
        for entry in tree.current().index(structure).entries
        if entry.unit.level == Unit.Level.COMMUNE and entry.unit.path.startswith(f"{settings.PROVINCE}/")
    ]
    response = JsonResponse(
        {"structure": structure, "communes": rows}, json_dumps_params={"ensure_ascii": False}
    )
    response["Cache-Control"] = "public, max-age=86400, stale-while-revalidate=604800"
    return response


def _row(unit: Unit) -> list[str]:
    above = selectors.label(unit.path).partition(", ")[2].rpartition(", ")[0]
    return [unit.path, unit.full_name, above, fold(f"{unit.full_name} {above}")]
