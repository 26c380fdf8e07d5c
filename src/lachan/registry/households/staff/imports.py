"""Households from a table: upload, see what would happen, apply, fetch the refused rows."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.registry.households.importing import COLUMNS
from lachan.registry.households.models import HouseholdImport
from lachan.registry.households.services import imports
from lachan.registry.households.staff.forms import UploadForm
from lachan.registry.households.staff.households import crumbs
from lachan.registry.households.staff.listing import MANAGE
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

SHOWN = 50
_TITLES = {column.key: column.title for column in COLUMNS}


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponseBase:
    """A table of households: nothing is made before the next step"""
    scope, post = request.scope(MANAGE), request.method == "POST"
    form = UploadForm(request.POST if post else None, request.FILES if post else None, scope=scope, initial=_only(request))  # fmt: skip
    if post and form.is_valid():
        file, unit = form.cleaned_data["file"], form.cleaned_data["unit"]
        try:
            kept = imports.upload(file.name, file.read(), unit, by=request.user, now=request.clock.now())
        except InvalidInput as error:
            refuse(form, error.at("file"))
        else:
            return redirect("households:import_preview", kept.pk)
    own = HouseholdImport.objects.filter(made_by=request.user.pk).order_by("-pk")[:10]
    context = {"form": form, "columns": COLUMNS, "imports": own, "crumbs": crumbs((_("Nhập từ bảng"), ""))}
    return render(request, "households/import.html", context, status=422 if form.errors else 200)


def _only(request: Request) -> dict[str, Any]:
    communes = units.communes_under(request.scope(MANAGE))
    return {"unit": communes[0]} if len(communes) == 1 else {}


@requires(MANAGE)
@require_safe
def template(request: Request) -> HttpResponseBase:
    """An empty table with the known columns and one example row"""
    columns = [f"{column.title} (*)" if column.required else str(column.title) for column in COLUMNS]
    rows = [[column.example for column in COLUMNS]]
    return xlsx_response("mau-nhap-ho-dan.xlsx", columns, rows, sheet=_("Hộ dân"))


def _kept(request: Request, pk: UUID) -> HouseholdImport:
    kept = HouseholdImport.objects.filter(pk=pk, made_by=request.user.pk).first()
    if kept is None or not request.scope(MANAGE).covers(kept.unit):
        raise Http404
    return kept


@requires(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, pk: UUID) -> HttpResponseBase:
    """What the table would make; POST makes it"""
    kept = _kept(request, pk)
    if request.method == "POST":
        try:
            kept = imports.apply_import(kept, by=request.user, now=request.clock.now())
            messages.success(request, _("Đã nhập %(count)s người.") % {"count": kept.created})
        except InvalidInput as error:
            messages.error(request, text_of(error.code, error.params))
        return redirect("households:import_preview", kept.pk)
    report: dict[str, Any] = json.loads(kept.report)
    context = {
        "kept": kept,
        "unit": units.label(kept.unit),
        "households": report["households"],
        "refused": [_shown(row) for row in report["refused"][:SHOWN]],
        "more": max(0, len(report["refused"]) - SHOWN),
        "known": [_TITLES[key] for key in report["columns"] if key in _TITLES],
        "unknown": report["unknown"],
        "crumbs": crumbs((_("Nhập từ bảng"), reverse("households:import")), (kept.filename, "")),
    }
    return render(request, "households/import_preview.html", context)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "row": row["row"],
        "column": _TITLES.get(row["key"], ""),
        "reason": text_of(row["code"], row["params"]),
        "cells": [cell for cell in row["cells"][:6] if cell],
    }


@requires(MANAGE)
@never_cache
@require_safe
def refused_rows(request: Request, pk: UUID) -> HttpResponseBase:
    """The refused rows as they were, with row, column and reason in front: mend and upload again"""
    report: dict[str, Any] = json.loads(_kept(request, pk).report)
    columns = [_("Dòng"), _("Cột sai"), _("Lý do không nhận"), *report["headers"]]
    lines = (
        [row["row"], _TITLES.get(row["key"], ""), text_of(row["code"], row["params"]), *row["cells"]]
        for row in report["refused"]
    )
    return xlsx_response("dong-khong-nhan.xlsx", columns, lines, sheet=_("Không nhận"))
