"""JSON for typing a unit: what the words find, and all communes, the province's and the country's, for a phone without signal."""

from __future__ import annotations

import gzip
import hashlib
import json
from functools import lru_cache
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse, JsonResponse
from django.urls import reverse
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
    return f'"{_digest(f"{tree.current().stamp}{_structure(request)}{settings.PROVINCE}")}"'


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:24]


@public
@require_safe
@condition(etag_func=_etag)
def everything(request: Request) -> HttpResponse:
    """Every commune of the installation's province: {"structure", "communes": [[path, name, district, folded]], "country"}"""
    structure = _structure(request)
    rows = [
        _row(entry.unit)
        for entry in tree.current().index(structure).entries
        if entry.unit.level == Unit.Level.COMMUNE and entry.unit.path.startswith(f"{settings.PROVINCE}/")
    ]
    response = JsonResponse(
        {"structure": structure, "communes": rows, "country": _country_address(structure)},
        json_dumps_params={"ensure_ascii": False},
    )
    response["Cache-Control"] = "public, max-age=86400, stale-while-revalidate=604800"
    return response


def _row(unit: Unit) -> list[str]:
    above = selectors.label(unit.path).partition(", ")[2].rpartition(", ")[0]
    return [unit.path, unit.full_name, above, fold(f"{unit.full_name} {above}")]


def _country_address(structure: str) -> str:
    version = _version(tree.current().stamp, structure)
    return f"{reverse('units:country', args=[version])}?structure={structure}"


@public
@require_safe
def country(request: Request, version: str) -> HttpResponse:
    """Every commune of the country, at an address that changes with it: {"above": {path: name}, "communes": [[path, name]]}"""
    structure, stamp = _structure(request), tree.current().stamp
    if version != _version(stamp, structure):
        raise Http404
    packed = "gzip" in request.headers.get("accept-encoding", "")
    body = _country(stamp, structure)
    response = HttpResponse(body if packed else gzip.decompress(body), content_type="application/json")
    if packed:
        response["Content-Encoding"] = "gzip"
    response["Vary"] = "Accept-Encoding"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response


@lru_cache(maxsize=4)
def _version(stamp: tuple[int, int], structure: str) -> str:
    """Of the content, so that every process and every start has the same."""
    return hashlib.sha256(gzip.decompress(_country(stamp, structure))).hexdigest()[:24]


@lru_cache(maxsize=4)
def _country(_stamp: tuple[int, int], structure: str) -> bytes:
    """Some 340 kB, 75 kB packed."""
    units = [entry.unit for entry in tree.current().index(structure).entries]
    named = {unit.path: tree.names(unit, structure)[1] for unit in units}
    communes = [[unit.path, named[unit.path]] for unit in units if unit.level == Unit.Level.COMMUNE]
    above = {unit.path: named[unit.path] for unit in units if unit.level != Unit.Level.COMMUNE}
    content = {"above": above, "communes": sorted(communes)}
    text = json.dumps(content, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return gzip.compress(text.encode(), 9, mtime=0)
