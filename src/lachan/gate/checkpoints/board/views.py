"""/cb/chot/bang/: the board; one checkpoint's day; the search across checkpoints; the day as a file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django import forms
from django.db import transaction
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.export import csv_response, xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.paging import Page, by_id
from lachan.base.scope import Scope
from lachan.gate.checkpoints.board import bars, figures, search
from lachan.gate.checkpoints.board.words import direction_words, how_words, reason_words
from lachan.gate.checkpoints.models import Scan
from lachan.gate.checkpoints.selectors.codes import LONGEST
from lachan.gate.declarations.staff.filters import ScopedForm, UnitField, day_field
from lachan.kernel.clock import day_bounds, local_day
from lachan.kernel.edge import EdgeTerms
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit import services as audit
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

MOST_ROWS = 100_000
SORTS = {
    "worry": lambda post: -post.worry,
    "through": lambda post: -post.today.through,
    "stopped": lambda post: -post.today.stopped,
    "waiting": lambda post: -post.waiting,
    "name": lambda post: post.place.folded,
}


class BoardFilter(ScopedForm):
    """Which unit, which day."""

    don_vi = UnitField(label=lazy("Đơn vị"))
    ngay = day_field(lazy("Ngày"))

    def day(self, today: date) -> date:
        return (self.cleaned_data.get("ngay") if self.is_valid() else None) or today

    def within(self) -> Scope:
        path = self.cleaned_data.get("don_vi") if self.is_valid() else ""
        return self.scope.intersect(path) if path else self.scope


@requires("checkpoints.view")
@never_cache
@require_safe
def board(request: Request) -> HttpResponse:
    """Every checkpoint of the jurisdiction; refreshes itself while it shows today."""
    now = request.clock.now()
    form = BoardFilter(request.GET, request.scope("checkpoints.view"))
    day = form.day(local_day(now))
    found = figures.posts(form.within(), day, now, _silent_after(now))
    sort = request.GET.get("sort", "worry")
    found.sort(key=SORTS.get(sort, SORTS["worry"]))
    context = {
        **_day_context(day, now),
        "form": form,
        "posts": [(post, units.label(post.place.unit), post.hours[figures.hour_now(now)]) for post in found],
        "scans_query": _scans_of(day, don_vi=form.cleaned_data.get("don_vi") or ""),
        "may_search": bool(request.scope("checkpoints.search").paths),
        "may_export": bool(request.scope("checkpoints.export").paths),
        "sum": figures.total(found),
        "silent": sum(len(post.silent) for post in found),
        "waiting": sum(post.waiting for post in found),
        "hours": bars.chart(figures.by_hour(found)),
        "sort": sort,
        "here": request.get_full_path(),
    }
    return render(request, "checkpoints/board/board.html", context)


@requires("checkpoints.view")
@never_cache
@require_safe
def post(request: Request, place: UUID) -> HttpResponse:
    """One checkpoint's day: hours, reasons, devices."""
    now, scope = request.clock.now(), request.scope("checkpoints.view")
    row = scope.narrow(Place.objects.filter(pk=place), "unit").first()
    if row is None:
        raise Http404
    form = BoardFilter(request.GET, scope)
    day = form.day(local_day(now))
    found = next(
        (
            one
            for one in figures.posts(Scope((row.unit,)), day, now, _silent_after(now))
            if one.place.pk == row.pk
        ),
        figures.Post(row, hours=[figures.Flow() for _ in range(24)]),
    )
    context = {
        **_day_context(day, now),
        "post": found,
        "scans_query": _scans_of(day, diem=row.code),
        "unit": units.label(row.unit),
        "hours": bars.chart(found.hours),
        "reasons": [(reason_words(rule, day), count) for rule, count in figures.reasons(row.pk, day)],
        "crumbs": [(_("Bảng chỉ huy các chốt"), reverse("checkpoints:board")), (row.name, "")],
        "here": request.get_full_path(),
    }
    return render(request, "checkpoints/board/post.html", context)


def _scans_of(day: date, **more: str) -> str:
    """The query of the list behind a page's numbers."""
    return urlencode({"ngay": f"{day}", **{name: value for name, value in more.items() if value}})


def _silent_after(now: datetime) -> timedelta:
    return EdgeTerms.at(local_day(now)).silent_after


def _day_context(day: date, now: datetime) -> dict[str, Any]:
    return {"day": day, "today": local_day(now), "as_of": now}


class SearchForm(forms.Form):
    """The number and why it is asked. Sent by POST, so that the number stands in no address and no log."""

    REASONS = (
        ("", lazy("Chọn lý do")),
        ("trace", lazy("Truy vết ca bệnh hoặc người tiếp xúc")),
        ("order", lazy("Kiểm tra người đang phải cách ly")),
        ("complaint", lazy("Giải quyết khiếu nại của người đi đường")),
        ("incident", lazy("Xác minh một vụ việc tại chốt")),
    )
    q = forms.CharField(
        label=lazy("Số giấy tờ, số điện thoại, mã tờ khai, biển số xe hoặc mã quét từ thẻ"),
        max_length=LONGEST,
        widget=forms.TextInput(attrs={"autocomplete": "off", "data-search": ""}),
    )
    ly_do = forms.ChoiceField(label=lazy("Lý do tra cứu"), choices=REASONS)

    def clean_q(self) -> search.Wanted:
        try:
            return search.wanted(self.cleaned_data["q"])
        except InvalidInput as error:
            raise forms.ValidationError(text_of(error.code, error.params)) from None


@requires("checkpoints.search")
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def find(request: Request) -> HttpResponse:
    """Where somebody, or a vehicle, was scanned; every search is noted with its reason."""
    form = SearchForm(request.POST if request.method == "POST" else None)
    page: Page[Scan] | None = None
    total = 0
    if form.is_valid():
        page, total = _found(request, form.cleaned_data["q"], form.cleaned_data["ly_do"])
    rows = page.rows if page else []
    names = Place.objects.in_bulk({row.place for row in rows})
    context = {
        "form": form,
        "page": page,
        "total": total,
        "shown": [
            (
                row,
                names.get(row.place),
                units.label(row.unit),
                how_words(row.how),
                direction_words(row.direction),
            )
            for row in rows
        ],
        "crumbs": [
            (_("Bảng chỉ huy các chốt"), reverse("checkpoints:board")),
            (_("Tra cứu lượt qua chốt"), ""),
        ],
    }
    return render(request, "checkpoints/board/find.html", context)


def _found(request: Request, who: search.Wanted, why: str) -> tuple[Page[Scan], int]:
    """A page of their scans, newest first, and how many there are. Everyone whose scans were shown has an event, also
    where one phone or one vehicle leads to many; so has each page."""
    now, scope = request.clock.now(), request.scope("checkpoints.search")
    found = search.scans(scope, who, now)
    page = by_id(found, request.POST.get("cursor", ""))
    counts = Counter(row.alias for row in page.rows)
    shown: list[UUID | None] = [*sorted(alias for alias in counts if alias)]
    if None in counts or not shown:
        shown += [None] if counts or not who.aliases else sorted(who.aliases)[:1]
    with transaction.atomic():
        for alias in shown:
            audit.record(
                "scan.searched",
                actor=request.user,
                subject_kind="person" if alias else "vehicle",
                subject=alias,
                unit=scope.paths[0] if scope.paths else "",
                data={"why": why, "found": counts[alias]},
                now=now,
            )
    return page, found.count()


@requires("checkpoints.export")
@never_cache
@require_safe
def export(request: Request, kind: str) -> HttpResponse | StreamingHttpResponse:
    """A day's scans as XLSX or CSV: no names, no numbers, no answers."""
    now, scope = request.clock.now(), request.scope("checkpoints.export")
    form = BoardFilter(request.GET, scope)
    if not form.is_valid():
        return redirect("checkpoints:board")
    day = form.day(local_day(now))
    rows = list(_lines(form.within(), day))
    with transaction.atomic():
        audit.record(
            "scan.exported",
            actor=request.user,
            unit=scope.paths[0] if scope.paths else "",
            data={"day": day.isoformat(), "rows": len(rows), "kind": kind},
            now=now,
        )
    name = f"luot-qua-chot-{day.isoformat()}.{kind}"
    titles = [
        _("Lúc"), _("Chốt"), _("Đơn vị"), _("Chiều"), _("Đọc bằng"), _("Đã xác thực"), _("Kết quả"), _("Lý do"),
        _("Cán bộ đổi thành"), _("Xử lý"), _("Nhiệt độ"), _("Số người"), _("Có xe"), _("Về tỉnh lúc"),
    ]  # fmt: skip
    respond = xlsx_response if kind == "xlsx" else csv_response
    return respond(name, titles, rows)


def _lines(scope: Scope, day: date) -> Iterator[list[Any]]:
    start, end = day_bounds(day)
    places = {place.pk: place for place in scope.narrow(Place.objects.all(), "unit")}
    rows = scope.narrow(Scan.objects.filter(occurred_at__gte=start, occurred_at__lt=end), "unit").order_by(
        "id"
    )
    for row in rows[:MOST_ROWS].iterator(chunk_size=2000):
        place = places.get(row.place)
        said = "; ".join(reason_words(rule, day) for rule in row.reasons.split())
        temperature = float(row.temperature) if row.temperature is not None else None
        yield [
            row.occurred_at, place.name if place else "", units.label(row.unit), direction_words(row.direction),
            how_words(row.how), row.verified, row.get_result_display(), said, row.get_overridden_display() or "",
            row.get_outcome_display() if row.outcome else "", temperature, row.count, row.vehicle is not None,
            row.recorded_at,
        ]  # fmt: skip
