"""The list of places, its export, and one place's page."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.http import Http404, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.paging import by_id
from lachan.registry.audit.services import record
from lachan.registry.places import codes, panels, selectors
from lachan.registry.places.forms import PlaceFilters, ReasonForm, form_choices
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units

VIEW, MANAGE, APPROVE = "places.view", "places.manage", "places.approve"
STATUS_KINDS = {"provisional": "wait", "active": "done", "suspended": "off", "closed": "off"}
MOST_EXPORTED = 100_000
EVENTS = {
    "place.created": gettext_lazy("Tạo điểm"),
    "place.imported": gettext_lazy("Nhập từ bảng"),
    "place.registered": gettext_lazy("Chủ điểm tự đăng ký"),
    "place.changed": gettext_lazy("Sửa thông tin"),
    "place.approved": gettext_lazy("Duyệt"),
    "place.suspended": gettext_lazy("Tạm ngưng"),
    "place.reopened": gettext_lazy("Mở lại"),
    "place.closed": gettext_lazy("Đóng"),
    "place.reissued": gettext_lazy("Cấp mã QR mới"),
}


def found(request: Request, pk: UUID, permission: str = VIEW) -> Place:
    """The place, if it lies where the reader holds the permission; 404 otherwise, so that nobody learns it exists."""
    place = selectors.get(request.scope(permission), pk)
    if place is None:
        raise Http404
    return place


def _filtered(request: Request) -> tuple[PlaceFilters, dict[str, str], QuerySet[Place]]:
    scope = request.scope(VIEW)
    form = PlaceFilters(request.asked or None, scope=scope)
    chosen = form.chosen()
    return form, chosen, selectors.search(scope, **chosen)


@requires(VIEW)
@discreet("q")
@require_safe
def places(request: Request) -> HttpResponseBase:
    form, chosen, rows = _filtered(request)
    page = by_id(rows, request.GET.get("cursor", ""))
    counts = selectors.counts(selectors.search(request.scope(VIEW), **{**chosen, "status": ""}))
    status = chosen.get("status", "")
    context = {
        "form": form,
        "posted": True,
        "page": page,
        "rows": [(place, units.label(place.unit), STATUS_KINDS[place.status]) for place in page.rows],
        "counts": _tabs(request, counts, status),
        "total": counts[status] if status else sum(counts.values()),
        "export_url": f"{reverse('places:export')}?{request.GET.urlencode()}",
        "may_manage": bool(request.scope(MANAGE).paths),
    }
    return render(request, "places/list.html", context)


def _tabs(request: Request, counts: dict[str, int], chosen: str) -> list[dict[str, Any]]:
    tabs = [("", _("Tất cả"), sum(counts.values()))]
    tabs += [(value, str(title), counts[value]) for value, title in Place.Status.choices]
    return [
        {"title": title, "count": count, "url": _with_status(request, value), "active": value == chosen}
        for value, title, count in tabs
    ]


def _with_status(request: Request, status: str) -> str:
    query = request.GET.copy()
    query.pop("cursor", None)
    query["status"] = status
    return f"?{query.urlencode()}"


@requires(VIEW)
@require_safe
@discreet("q")
def export(request: Request) -> HttpResponseBase:
    """The filtered list as XLSX; owners' phones only for those who manage the place. Leaves an event."""
    rows = _filtered(request)[2].order_by("-pk")[:MOST_EXPORTED]
    manages = request.scope(MANAGE)
    columns = [_("Mã"), _("Tên điểm"), _("Loại"), _("Xã, phường"), _("Mã xã"), _("Địa chỉ"), _("Trạng thái")]
    columns += [
        _("Mẫu tờ khai"),
        _("Người phụ trách"),
        _("Điện thoại"),
        _("Sức chứa"),
        _("Địa chỉ trang"),
        _("Ngày tạo"),
    ]
    with transaction.atomic():
        data = {"rows": rows.count()}
        record(
            "places.exported", actor=request.user, subject_kind="places", data=data, now=request.clock.now()
        )
    lines = (_line(place, manages.covers(place.unit)) for place in rows.iterator(chunk_size=500))
    return xlsx_response("diem-khai-bao.xlsx", columns, lines, sheet=_("Điểm khai báo"))


def _line(place: Place, manages: bool) -> list[Any]:
    return [
        place.code,
        place.name,
        place.get_kind_display(),
        units.label(place.unit),
        place.unit.rstrip("/").rpartition("/")[2],
        place.address,
        place.get_status_display(),
        place.form,
        place.owner_name,
        place.owner_phone if manages else "",
        place.capacity,
        codes.short_address(place.code),
        place.created_at,
    ]


@requires(VIEW)
@require_safe
def place(request: Request, pk: UUID) -> HttpResponseBase:
    return page_of(request, found(request, pk))


def page_of(
    request: Request, place: Place, reason: ReasonForm | None = None, verb: str = ""
) -> HttpResponseBase:
    """One place's page; `reason` is the refused form of a state's change."""
    manages = request.scope(MANAGE).covers(place.unit)
    context = {
        "place": place,
        "code": codes.shown(place.code),
        "address": codes.short_address(place.code),
        "kind": STATUS_KINDS[place.status],
        "facts": _facts(place, manages),
        "panels": panels.drawn(request, place),
        "events": list(_events(place)),
        "may_manage": manages and place.status != Place.Status.CLOSED,
        "may_approve": request.scope(APPROVE).covers(place.unit),
        "reason": reason or ReasonForm(),
        "verb": verb,
        "crumbs": [(_("Điểm khai báo"), reverse("places:list")), (place.name, "")],
    }
    return render(request, "places/detail.html", context, status=422 if reason else 200)


def _facts(place: Place, manages: bool) -> list[tuple[str, Any]]:
    from lachan.base.templatetags.lachan import dmyhm, phone

    titles = dict(form_choices())
    return [
        (_("Loại"), place.get_kind_display()),
        (_("Nơi"), units.label(place.unit)),
        (_("Địa chỉ"), place.address),
        (_("Mẫu tờ khai"), titles.get(place.form, place.form)),
        (_("Người phụ trách"), place.owner_name),
        (_("Điện thoại"), phone(place.owner_phone) if manages else _("chỉ người quản lý điểm xem được")),
        (_("Sức chứa"), place.capacity),
        (_("Ngày tạo"), dmyhm(place.created_at)),
        (_("Ghi chú"), place.note),
    ]


def _events(place: Place) -> Iterator[dict[str, Any]]:
    for event in selectors.history(place):
        yield {"title": EVENTS.get(event.kind, event.kind), "at": event.recorded_at}
