"""Bulk import: upload, see what would happen, apply, and fetch the refused rows."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.registry.places import selectors, services
from lachan.registry.places.forms import UploadForm
from lachan.registry.places.importing import COLUMNS
from lachan.registry.places.models import PlaceImport
from lachan.registry.places.views.listing import MANAGE

SHOWN = 50
_TITLES = {column.key: column.title for column in COLUMNS}


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Điểm khai báo"), reverse("places:list")), *more]


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponseBase:
    form = UploadForm(request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid():
        file = form.cleaned_data["file"]
        try:
            kept = services.upload(
                file.name, file.read(), request.scope(MANAGE), by=request.user, now=request.clock.now()
            )
        except InvalidInput as error:
            form.add_error("file", text_of(error.code, error.params))
        else:
            return redirect("places:import_preview", kept.pk)
    context = {"form": form, "columns": COLUMNS, "imports": selectors.imports(request.user)}
    crumbs = _crumbs((_("Nhập từ bảng"), ""))
    return render(
        request, "places/import.html", context | {"crumbs": crumbs}, status=422 if form.errors else 200
    )


@requires(MANAGE)
@require_safe
def template(request: Request) -> HttpResponseBase:
    """An empty table with the known columns and one example row."""
    columns = [f"{column.title} (*)" if column.required else str(column.title) for column in COLUMNS]
    return xlsx_response(
        "mau-nhap-diem.xlsx", columns, [[column.example for column in COLUMNS]], sheet=_("Điểm khai báo")
    )


def _kept(request: Request, pk: UUID) -> PlaceImport:
    kept = PlaceImport.objects.filter(pk=pk, made_by=request.user.pk).first()
    if kept is None:
        raise Http404
    return kept


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, pk: UUID) -> HttpResponseBase:
    """GET shows the report; POST makes the places of the rows that can be taken."""
    kept = _kept(request, pk)
    if request.method == "POST":
        try:
            kept = services.apply_import(
                kept, request.scope(MANAGE), by=request.user, now=request.clock.now()
            )
            messages.success(request, _("Đã tạo %(count)s điểm.") % {"count": kept.created})
        except InvalidInput as error:
            messages.error(request, text_of(error.code, error.params))
        return redirect("places:import_preview", kept.pk)
    report = _report(kept)
    context = {
        "kept": kept,
        "refused": [_shown(row, report) for row in report["refused"][:SHOWN]],
        "more": max(0, len(report["refused"]) - SHOWN),
        "known": [_TITLES[key] for key in report["columns"] if key in _TITLES],
        "unknown": report["unknown"],
        "crumbs": _crumbs((_("Nhập từ bảng"), reverse("places:import")), (kept.filename, "")),
    }
    return render(request, "places/import_preview.html", context)


def _report(kept: PlaceImport) -> dict[str, Any]:
    report: dict[str, Any] = json.loads(kept.report)
    return report


def _shown(row: dict[str, Any], report: dict[str, Any]) -> dict[str, Any]:
    return {
        "row": row["row"],
        "column": _TITLES.get(row["key"], ""),
        "reason": text_of(row["code"], row["params"]),
        "cells": [cell for cell in row["cells"][:6] if cell],
    }


@requires(MANAGE)
@require_safe
def refused_rows(request: Request, pk: UUID) -> HttpResponseBase:
    """The refused rows as they were, with the row's number, the column and the reason in front: mend and upload again."""
    kept = _kept(request, pk)
    report = _report(kept)
    columns = [_("Dòng"), _("Cột sai"), _("Lý do không nhận"), *report["headers"]]
    lines = (
        [row["row"], _TITLES.get(row["key"], ""), text_of(row["code"], row["params"]), *row["cells"]]
        for row in report["refused"]
    )
    return xlsx_response("dong-khong-nhan.xlsx", columns, lines, sheet=_("Không nhận"))
