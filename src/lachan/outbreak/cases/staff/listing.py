"""/cb/ca-benh/: the line list, the filters that an officer keeps, and the list as a file."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from itertools import islice
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.discreet import MARK, discreet
from lachan.base.export import csv_response, xlsx_response
from lachan.base.http import Request
from lachan.base.paging import Page
from lachan.base.scope import Scope
from lachan.gate.declarations.selectors.history import names_of
from lachan.kernel.clock import local_day
from lachan.outbreak.cases.models import Case, SavedFilter
from lachan.outbreak.cases.selectors import line_list
from lachan.outbreak.cases.staff import columns, present
from lachan.outbreak.cases.staff.filters import CaseFilter
from lachan.outbreak.cases.staff.forms import SaveFilterForm
from lachan.registry.audit import services as audit

VIEW, EXPORT = "cases.view", "cases.export"
NOTHING: Page[Case] = Page([], "", True)
MOST_ROWS, BATCH, MOST_SAVED = 100_000, 500, 30
MORE = ("phat_hien", "ket_cuc", "don_vi", "ngay", "tu", "den", "can_bo", "ma_bn")


@requires(VIEW)
@never_cache
@discreet("q")
@require_safe
def case_list(request: Request) -> HttpResponse:
    """The line list of the reader's jurisdiction, filtered by what the address says"""
    scope, today = request.scope(VIEW), local_day(request.clock.now())
    form = CaseFilter(request.asked, scope, today, _officers(scope))
    valid, sort = form.is_valid(), request.GET.get("sort", "new")
    page = line_list.page(scope, form.filters(sort), request.GET.get("cursor", "")) if valid else NOTHING
    context = {
        "form": form,
        "page": page,
        "rows": present.rows(page.rows),
        "sort": sort,
        "filtered": valid and any(form.cleaned_data.values()),
        "query": _query(request),
        "more_filters": any(request.GET.get(name) for name in MORE),
        "saved": SavedFilter.objects.filter(user=request.user.pk).order_by("name")[:MOST_SAVED],
        "may_work": bool(request.scope("cases.work").paths),
        "may_import": bool(request.scope("cases.import").paths),
        "may_export": bool(request.scope(EXPORT).paths),
    }
    return render(request, "cases/list.html", context)


@requires(VIEW)
@never_cache
@require_safe
@discreet("q")
def case_counts(request: Request) -> HttpResponse:
    """How many cases of the filtered list are of each classification, as a piece of the page"""
    scope, today = request.scope(VIEW), local_day(request.clock.now())
    form = CaseFilter(request.asked, scope, today, _officers(scope))
    found = line_list.counts(scope, form.filters()) if form.is_valid() else {}
    tiles = [(value, text, found.get(value, 0)) for value, text in reversed(Case.Classification.choices)]
    return render(request, "cases/_counts.html", {"tiles": tiles, "query": _without(request, "phan_loai")})


def _officers(scope: Scope) -> list[tuple[UUID, str]]:
    names = names_of(line_list.officers(scope))
    return sorted(((one, name) for one, name in names.items() if one), key=lambda pair: pair[1])


def _query(request: Request) -> str:
    """The filter as it stands in the address, for the export's address."""
    return _without(request, "cursor")


def _without(request: Request, *names: str) -> str:
    kept = request.GET.copy()
    for name in (*names, "cursor"):
        kept.pop(name, None)
    return kept.urlencode()


@requires(VIEW)
@require_POST
def save_filter(request: Request) -> HttpResponse:
    """Keep the filter of the address under a name; the same name again replaces it"""
    form, query = SaveFilterForm(request.POST), QueryDict(request.POST.get("query", "")[:1000])
    address = f"{reverse('cases:list')}?{query.urlencode()}"
    kept = {name: value for name, value in query.items() if value and name not in ("cursor", "q")}
    if query.get("q") and not query["q"].startswith(MARK):
        kept["q"] = query["q"]
    if not form.is_valid() or not kept:
        messages.error(request, _("Hãy chọn điều kiện lọc và đặt tên cho bộ lọc."))
        return redirect(address)
    SavedFilter.objects.update_or_create(
        user=request.user.pk,
        name=form.cleaned_data["name"],
        defaults={"query": urlencode(kept)[:1000], "made_at": request.clock.now()},
    )
    messages.success(request, _("Đã lưu bộ lọc."))
    return redirect(address)


@requires(VIEW)
@require_POST
def drop_filter(request: Request, pk: UUID) -> HttpResponse:
    """Forget one of the officer's own filters"""
    if not SavedFilter.objects.filter(pk=pk, user=request.user.pk).delete()[0]:
        raise Http404
    return redirect("cases:list")


@requires(EXPORT)
@never_cache
@require_safe
@discreet("q")
def export(request: Request, kind: str) -> HttpResponseBase:
    """The filtered list as XLSX or CSV. Each case in it counts as read by whoever took the file"""
    if kind not in ("xlsx", "csv"):
        raise Http404
    scope, today = request.scope(EXPORT), local_day(request.clock.now())
    form = CaseFilter(request.asked, scope, today, _officers(scope))
    if not form.is_valid():
        return redirect(f"{reverse('cases:list')}?{request.GET.urlencode()}")
    found = line_list.every(scope, form.filters(request.GET.get("sort", "new")), MOST_ROWS)
    made = _in_language(get_language() or "vi", _told(request, kind, form, found))
    name = f"danh-sach-ca-benh-{today.isoformat()}.{kind}"
    titles = columns.titles()
    if kind == "xlsx":
        return xlsx_response(name, titles, made, _("Danh sách ca bệnh"))
    return csv_response(name, titles, made)


def _in_language(language: str, rows: Iterator[list[Any]]) -> Iterator[list[Any]]:
    """A streamed file is written after the request's language was put away."""
    while True:
        with override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row


def _told(request: Request, kind: str, form: CaseFilter, found: Iterator[Case]) -> Iterator[list[Any]]:
    """The rows; however far the reader takes them, what was given away is recorded."""
    given, now = 0, request.clock.now()
    try:
        while batch := list(islice(found, BATCH)):
            _read(request, batch)
            for line in columns.lines(batch, first=given + 1):
                yield line
                given += 1
    finally:
        with transaction.atomic():
            data = {**_asked(form), "rows": given, "file": kind}
            audit.record("case.exported", actor=request.user, data=data, now=now)


def _read(request: Request, batch: list[Case]) -> None:
    from lachan.registry.audit.rows import event_row

    with transaction.atomic():
        audit.record_rows(
            event_row(
                "case.read", now=request.clock.now(), actor=request.user.pk, subject_kind="case", subject=row.pk,
                unit=row.unit, data={"why": "export"},
            )
            for row in batch
        )  # fmt: skip


def _asked(form: CaseFilter) -> dict[str, Any]:
    """The filter without what may be someone's name or number."""
    return {
        name: str(value) if isinstance(value, date) else value
        for name, value in form.cleaned_data.items()
        if value and name != "q"
    } | {"text": bool(form.cleaned_data["q"])}
