"""Making and changing a place, and its state."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.registry.places import services
from lachan.registry.places.forms import PlaceForm, ReasonForm, initial_of
from lachan.registry.places.models import Place
from lachan.registry.places.views.listing import APPROVE, MANAGE, found, page_of
from lachan.registry.units.forms import refuse


def _around(request: Request) -> dict[str, Any]:
    return {"by": request.user, "now": request.clock.now()}


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: Request) -> HttpResponseBase:
    form = PlaceForm(request.POST or None, scope=request.scope(MANAGE))
    if request.method == "POST" and form.is_valid():
        try:
            place = services.create(form.details(), **_around(request))
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã tạo điểm. In tờ dán và đặt ở lối vào."))
            return redirect("places:detail", place.pk)
    context = {"form": form, "crumbs": [(_("Điểm khai báo"), reverse("places:list")), (_("Thêm điểm"), "")]}
    return render(request, "places/new.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: UUID) -> HttpResponseBase:
    place = found(request, pk, MANAGE)
    form = PlaceForm(request.POST or None, scope=request.scope(MANAGE), initial=initial_of(place))
    if request.method == "POST" and form.is_valid():
        try:
            services.update(place, form.details(), **_around(request))
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã lưu."))
            return redirect("places:detail", place.pk)
    detail = reverse("places:detail", args=[place.pk])
    crumbs = [(_("Điểm khai báo"), reverse("places:list")), (place.name, detail), (_("Sửa"), "")]
    context = {"form": form, "place": place, "detail": detail, "crumbs": crumbs}
    return render(request, "places/edit.html", context, status=422 if form.errors else 200)


@requires(MANAGE)
@require_POST
def reissue(request: Request, pk: UUID) -> HttpResponseBase:
    place = found(request, pk, MANAGE)
    try:
        services.reissue(place, **_around(request))
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã cấp mã QR mới; tờ dán cũ không còn giá trị. Hãy in và thay ngay."))
    return redirect("places:detail", place.pk)


VERBS: dict[str, tuple[Callable[..., Place], bool]] = {  # the service, and whether it takes a reason
    "duyet": (services.approve, False),
    "tam-ngung": (services.suspend, True),
    "mo-lai": (services.reopen, False),
    "dong": (services.close, True),
}


@requires(APPROVE)
@require_POST
def change_state(request: Request, pk: UUID, verb: str) -> HttpResponseBase:
    """`duyet`, `tam-ngung`, `mo-lai` or `dong`."""
    if verb not in VERBS:
        raise Http404
    service, needs_reason = VERBS[verb]
    place, form = found(request, pk, APPROVE), ReasonForm(request.POST)
    if needs_reason and not form.is_valid():
        return page_of(request, place, form, verb)
    try:
        service(place, *([form.cleaned_data["reason"]] if needs_reason else []), **_around(request))
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã đổi trạng thái."))
    return redirect("places:detail", place.pk)
