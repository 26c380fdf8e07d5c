"""The list as a file: the same rows in the same order, with every question that its form exports."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from itertools import islice
from typing import Any

from django.db import transaction
from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import get_language, override
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.export import csv_response, xlsx_response
from lachan.base.http import Request
from lachan.base.models import PeriodKey
from lachan.gate.declarations.models import Declaration, Entry
from lachan.gate.declarations.selectors import entries
from lachan.gate.declarations.selectors.payload import opened
from lachan.gate.declarations.staff import columns, present
from lachan.gate.declarations.staff.filters import EntryFilter
from lachan.kernel.clock import local_day
from lachan.kernel.questionnaire import Column
from lachan.registry.audit import services as audit
from lachan.registry.audit.rows import event_row

MOST_ROWS = 100_000
BATCH = 500


@requires("declarations.export")
@never_cache
@require_safe
@discreet("q")
def export(request: Request, kind: str) -> HttpResponse | StreamingHttpResponse:
    """The filtered list as XLSX or CSV. Each declaration in it counts as read by whoever took the file."""
    scope = request.scope("declarations.export")
    form = EntryFilter(request.asked, scope)
    if not form.is_valid():
        return redirect(f"{reverse('declarations:list')}?{request.GET.urlencode()}")
    shown = columns.export_columns(form.cleaned_data["mau"])
    made = _in_language(
        get_language() or "vi",
        _told(request, kind, form, entries.every(scope, form.filters(), MOST_ROWS), shown),
    )
    titles = [*own_titles(), *(column.label[columns.language()] for column in shown)]
    name = f"to-khai-{local_day(request.clock.now()).isoformat()}.{kind}"
    return (
        xlsx_response(name, titles, made, _("Tờ khai"))
        if kind == "xlsx"
        else csv_response(name, titles, made)
    )


def _in_language(language: str, rows: Iterator[Sequence[Any]]) -> Iterator[Sequence[Any]]:
    """A streamed file is written after the request's language was put away."""
    while True:
        with override(language):
            row = next(rows, None)
        if row is None:
            return
        yield row


def own_titles() -> list[str]:
    """The entry's own columns, before those of the form."""
    return [
        _("Mã tờ khai"), _("Ghi nhận lúc"), _("Khai lúc"), _("Họ và tên"), _("Năm sinh"), _("Nơi ở"), _("Nơi khai"),
        _("Nơi đến"), _("Điểm khai báo"), _("Kết quả"), _("Lý do"), _("Mẫu tờ khai"), _("Cách khai"),
    ]  # fmt: skip


def _told(
    request: Request, kind: str, form: EntryFilter, found: Iterator[Entry], shown: Sequence[Column]
) -> Iterator[list[Any]]:
    """The rows; however far the reader takes them, what was given away is recorded."""
    given, now = 0, request.clock.now()
    try:
        while batch := list(islice(found, BATCH)):
            _read(request, batch, now)
            answers = _answers(batch, now)
            for row in present.rows(batch, []):
                yield _line(row, answers.get(row.entry.declaration, {}), shown)
                given += 1
    finally:
        with transaction.atomic():
            audit.record(
                "declaration.exported",
                actor=request.user,
                data={**_asked(form), "rows": given, "file": kind},
                now=now,
            )


def _read(request: Request, batch: list[Entry], now: datetime) -> None:
    with transaction.atomic():
        audit.record_rows(
            event_row(
                "declaration.read", now=now, actor=request.user.pk, subject_kind="declaration", subject=row.declaration,
                unit=row.residence or row.declared, data={"why": "export"},
            )
            for row in batch
        )  # fmt: skip


def _answers(batch: list[Entry], now: datetime) -> dict[Any, dict[str, Any]]:
    ids = [row.declaration for row in batch if row.code]  # an erased one is opened by nobody
    rows = Declaration.objects.filter(id__in=ids, period__in=PeriodKey.objects.values("period"))
    return {row.id: opened(row, now)["answers"] for row in rows}


def _line(row: present.Row, answers: dict[str, Any], shown: Sequence[Column]) -> list[Any]:
    entry = row.entry
    reasons = present.reasons_of(entry.reasons, local_day(entry.occurred_at))
    result = _("Từ giấy, chưa xác nhận") if row.unconfirmed else str(entry.get_result_display())
    form = columns.version_of(entry.form, "", local_day(entry.occurred_at))
    own = [
        entry.code, entry.recorded_at, entry.occurred_at, entry.name, entry.birth_year, row.residence, row.declared,
        row.destination, row.place, result, "; ".join(reason.text for reason in reasons if reason.text),
        form.title[columns.language()] if form else entry.form, channel_words().get(entry.channel, entry.channel),
    ]  # fmt: skip
    return [*own, *(columns.cell(column, answers) for column in shown)]


def channel_words() -> dict[str, str]:
    """How a declaration came in."""
    return {
        "web": _("Trang web"),
        "page": _("Điện thoại"),
        "edge": _("Trạm kiểm soát"),
        "staff": _("Cán bộ khai hộ"),
        "paper": _("Tờ giấy"),
    }


def _asked(form: EntryFilter) -> dict[str, Any]:
    """The filter without what may be someone's name or number."""
    given = form.cleaned_data
    return {
        "unit": given["don_vi"], "side": given["ben"], "place": str(form.place.id) if form.place else "",
        "result": given["kq"], "from": str(given["tu"] or ""), "to": str(given["den"] or ""), "form": given["mau"],
        "text": bool(given["q"]),
    }  # fmt: skip
