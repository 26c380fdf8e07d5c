"""/cb/ca-benh/nhap/: a line list from a table: upload, map, look at every row's fate, apply."""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
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
from lachan.outbreak.cases.importing.columns import COLUMNS, EXAMPLE, KNOWN
from lachan.outbreak.cases.importing.plan import STATUSES
from lachan.outbreak.cases.models import LineListImport
from lachan.outbreak.cases.services import imports
from lachan.outbreak.cases.staff.forms import ImportForm

IMPORT = "cases.import"
SHOWN = 100
TITLES = {
    "new": gettext_lazy("Ca mới"),
    "update": gettext_lazy("Bổ sung ca đã có"),
    "duplicate": gettext_lazy("Trùng"),
    "unusual": gettext_lazy("Ngày khác thường"),
    "refused": gettext_lazy("Không nhận"),
}
LOOKS = {"new": "work", "update": "work", "duplicate": "off", "unusual": 1, "refused": 2}


def crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [
        (_("Ca bệnh"), reverse("cases:list")),
        (_("Nhập danh sách"), reverse("cases:import") if more else ""),
        *more,
    ]


@requires(IMPORT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponseBase:
    """A table of cases; nothing is made at this step"""
    scope, now = request.scope(IMPORT), request.clock.now()
    sent = request.method == "POST"
    form = ImportForm(
        request.POST if sent else None, request.FILES if sent else None, today=local_day(now), scope=scope,
        initial={"unit": scope.paths[0]},
    )  # fmt: skip
    if sent and form.is_valid():
        file, given = form.cleaned_data["file"], form.cleaned_data
        try:
            kept = imports.upload(
                file.name,
                file.read(),
                given["disease"],
                unit=given["unit"],
                scope=scope,
                by=request.user,
                now=now,
            )
        except InvalidInput as error:
            form.add_error("file", text_of(error.code, error.params))
        else:
            return redirect("cases:import_preview", kept.pk)
    earlier = (
        LineListImport.objects.filter(made_by=request.user.pk).order_by("-id").defer("content", "report")
    )
    context = {"form": form, "columns": COLUMNS, "imports": earlier[:20], "crumbs": crumbs()}
    return render(request, "cases/import/upload.html", context, status=422 if form.errors else 200)


@requires(IMPORT)
@require_safe
def template(request: Request) -> HttpResponseBase:
    """An empty table with the known columns and one example row"""
    columns = [
        column
        for column in COLUMNS
        if not column.key.startswith("birth_") and column.key not in ("age", "document")
    ]
    example = [EXAMPLE.get(column.key, "") for column in columns]
    return xlsx_response("mau-danh-sach-ca-benh.xlsx", [str(column.title) for column in columns], [example])


def _kept(request: Request, pk: UUID) -> LineListImport:
    kept = LineListImport.objects.filter(pk=pk, made_by=request.user.pk).first()
    if kept is None:
        raise Http404
    return kept


@requires(IMPORT)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def preview(request: Request, pk: UUID) -> HttpResponseBase:
    """What would become of every row; POST maps anew, or applies"""
    kept = _kept(request, pk)
    if request.method == "POST":
        try:
            _act(request, kept)
        except InvalidInput as error:
            messages.error(request, text_of(error.code, error.params))
        return redirect("cases:import_preview", kept.pk)
    report = json.loads(kept.report)
    wanted = request.GET.get("nhom", "")
    lines = [line for line in report["rows"] if not wanted or line["status"] == wanted]
    context = {
        "kept": kept,
        "tiles": [(key, TITLES[key], report["totals"][key], LOOKS[key]) for key in STATUSES],
        "lines": [_shown(line) for line in lines[:SHOWN]],
        "more": max(0, len(lines) - SHOWN),
        "wanted": wanted,
        "waiting": [line["row"] for line in report["rows"] if line["status"] == "unusual"],
        "orders": [_order(key, one) for key, one in report["orders"].items()],
        "crumbs": crumbs((kept.filename, "")),
        **_mapping(kept, report),
    }
    return render(request, "cases/import/preview.html", context)


def _act(request: Request, kept: LineListImport) -> None:
    scope, now = request.scope(IMPORT), request.clock.now()
    if request.POST.get("what") == "apply":
        done = imports.apply_import(kept, scope, by=request.user, now=now)
        words = _(
            "Đã lập %(created)s ca, bổ sung %(updated)s ca; %(duplicates)s dòng trùng, %(refused)s dòng không nhận."
        )
        messages.success(
            request,
            words % {name: getattr(done, name) for name in ("created", "updated", "duplicates", "refused")},
        )
        return
    confirmed = [int(text) for text in request.POST.getlist("confirm") if text.isascii() and text.isdigit()]
    if request.POST.get("what") == "confirm":
        before = kept.options.get("confirmed", [])
        positions, orders = kept.mapping, kept.options.get("orders", {})
        imports.remap(kept, positions, orders, [*before, *confirmed], scope=scope, now=now)
        return
    positions = _positions(request)
    orders = {key: request.POST.get(f"order_{key}", "") for key in KNOWN if request.POST.get(f"order_{key}")}
    imports.remap(kept, positions, orders, kept.options.get("confirmed", []), scope=scope, now=now)


def _positions(request: Request) -> dict[str, int]:
    """The first column that was given to each key."""
    found: dict[str, int] = {}
    for at in range(60):
        key = request.POST.get(f"column_{at}", "")
        if key in KNOWN and key not in found:
            found[key] = at
    return found


def _shown(line: dict[str, Any]) -> dict[str, Any]:
    keys = {column.key: str(column.title) for column in COLUMNS}
    return {
        **line,
        "title": TITLES[line["status"]],
        "look": LOOKS[line["status"]],
        "column": keys.get(line["key"], ""),
        "reason": imports.reason_of(line),
        "filled": ", ".join(keys[name] for name in line["fills"]),
        "differing": ", ".join(keys[name] for name in line["differs"]),
        "cells": [cell for cell in line["cells"][:8] if cell],
    }


def _order(key: str, one: dict[str, Any]) -> dict[str, str]:
    """How a column of days is read, with the evidence, in words."""
    style = _("ngày/tháng/năm") if one["order"] == "dmy" else _("tháng/ngày/năm")
    why = {
        "chosen": _("do bạn chọn"),
        "beyond_twelve": _("%(seen)s ô có ngày lớn hơn 12"),
        "future": _("đọc cách kia thì %(seen)s ô rơi vào tương lai"),
        "usual": _("không có ô nào chứng tỏ; theo cách viết của Việt Nam"),
        "mixed": _(
            "%(seen)s ô viết cách này, %(against)s ô viết cách kia: ô nào đọc được cả hai cách thì không nhận"
        ),
        "certain": _("tệp ghi ngày rõ ràng"),
    }[one["reason"]] % {"seen": one["seen"], "against": one["against"]}
    swapped = _("%(count)s ô bị bảng tính đảo ngày và tháng, đã đọc lại cho đúng") % {"count": one["swapped"]}
    return {
        "key": key, "title": str(KNOWN[key].title), "order": one["order"], "style": style, "why": why,
        "swapped": swapped if one["swapped"] else "",
    }  # fmt: skip


def _mapping(kept: LineListImport, report: dict[str, Any]) -> dict[str, Any]:
    """Each column of the file with a few values and what it is taken for; nothing once it is applied."""
    if kept.content is None:
        return {"columns": [], "keys": []}
    _layout, columns = imports.layout(kept)
    taken = report["columns"]
    rows = [
        {"at": at, "header": header, "values": " · ".join(seen), "key": taken[at] if at < len(taken) else ""}
        for at, (header, seen) in enumerate(columns)
        if header or seen
    ]
    return {"columns": rows, "keys": [(column.key, column.title) for column in COLUMNS]}


@requires(IMPORT)
@never_cache
@require_safe
def rows(request: Request, pk: UUID) -> HttpResponseBase:
    """Every row with its fate and the reason, in front of its cells as they were: mend and upload again"""
    kept = _kept(request, pk)
    report = json.loads(kept.report)
    titles = [_("Dòng"), _("Kết quả nhập"), _("Ca hoặc dòng"), _("Cột sai"), _("Lý do"), *report["headers"]]
    shown = (_shown(line) for line in report["rows"])
    lines = (
        [one["row"], str(one["title"]), one["of"], one["column"], one["reason"], *raw["cells"]]
        for one, raw in zip(shown, report["rows"], strict=True)
    )
    return xlsx_response("ket-qua-nhap.xlsx", titles, lines, sheet=_("Kết quả nhập"))
