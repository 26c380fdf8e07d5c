"""/cb/chot/ma/: codes that count no more: find whose, look again, revoke, and undo."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.scope import Scope
from lachan.gate.checkpoints.models import RevokedSerial
from lachan.gate.checkpoints.selectors import codes
from lachan.gate.checkpoints.services import passes
from lachan.gate.checkpoints.staff.forms import CodeReasonForm, CodeSearchForm
from lachan.gate.declarations.models import Entry
from lachan.registry.audit.services import read_record
from lachan.registry.audit.words import names
from lachan.registry.units import selectors as units

REVOKE = "codes.revoke"
WHY = "revoke"


@requires(REVOKE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def code_list(request: Request) -> HttpResponse:
    """Codes that were revoked; and by POST, whose code a number or a scanned text is"""
    scope = request.scope(REVOKE)
    form = CodeSearchForm(request.POST if request.method == "POST" else None)
    found, bare = None, None
    if form.is_valid():
        found = codes.entries(scope, form.cleaned_data["q"])
        bare = next(iter(form.cleaned_data["q"].serials), None) if not found and whole(scope) else None
        _noted(request, found)
    rows = codes.revoked(scope, whole(scope))
    by = names().actors([row.revoked_by for row in rows if row.revoked_by])
    short = codes.short_codes(rows)
    context = {
        "form": form,
        "found": [(entry, codes.standing(entry.declaration)) for entry in found or []],
        "asked": found is not None,
        "bare": bare,
        "rows": [
            (row, short.get(row.declaration or row.serial, ""), by.get(row.revoked_by or row.serial, ""))
            for row in rows
        ],
        "full": len(rows) >= codes.MOST,
        "crumbs": [(_("Chốt kiểm soát"), reverse("checkpoints:list")), (_("Mã đã thu hồi"), "")],
    }
    return render(request, "checkpoints/staff/codes.html", context, status=422 if form.errors else 200)


def whole(scope: Scope) -> bool:
    """Whether somebody answers for a whole province: codes of nobody known are theirs."""
    return any(path.count("/") == 1 for path in scope.paths)


def _noted(request: Request, found: list[Entry]) -> None:
    for entry in found:
        unit = entry.declared or entry.residence
        read_record(request.user, "declaration", entry.declaration, unit, request.clock.now(), WHY)


@requires(REVOKE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_given(request: Request, pk: UUID) -> HttpResponse:
    """A second look at whose codes they are, and why; then the pass and the card of a declaration count no more"""
    scope = request.scope(REVOKE)
    entry = codes.entry(scope, pk)
    if entry is None:
        raise Http404
    form = CodeReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        unit = codes.unit_of(scope, entry)
        count = passes.revoke_given(
            pk, form.cleaned_data["reason"], unit=unit, by=request.user, now=request.clock.now()
        )
        return _done(request, count)
    _noted(request, [entry])
    facts = [
        (_("Họ và tên"), entry.name),
        (_("Năm sinh"), entry.birth_year),
        (_("Nơi cư trú"), units.label(entry.residence) if entry.residence else ""),
        (_("Mã tờ khai"), entry.code),
        (_("Kết quả"), entry.get_result_display()),
    ]
    return _second_look(request, form, facts, entry=entry, standing=codes.standing(pk))


@requires(REVOKE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def revoke_serial(request: Request, serial: UUID) -> HttpResponse:
    """The same for a code of which nothing is known but its serial; for those who answer for the province"""
    if not whole(request.scope(REVOKE)):
        raise Http404
    form = CodeReasonForm(request.POST if request.method == "POST" else None)
    if form.is_valid():
        reason, now = form.cleaned_data["reason"], request.clock.now()
        return _done(request, passes.revoke([serial], reason, by=request.user, now=now))
    return _second_look(request, form, [(_("Số của mã"), serial.hex)], standing=codes.standing_alone(serial))


def _second_look(
    request: Request, form: CodeReasonForm, facts: list[tuple[str, Any]], **more: Any
) -> HttpResponse:
    crumbs = [
        (_("Chốt kiểm soát"), reverse("checkpoints:list")),
        (_("Mã đã thu hồi"), reverse("checkpoints:codes")),
        (_("Thu hồi mã"), ""),
    ]
    context = {"form": form, "facts": facts, "crumbs": crumbs, **more}
    return render(request, "checkpoints/staff/code_revoke.html", context, status=422 if form.errors else 200)


def _done(request: Request, count: int) -> HttpResponse:
    if count:
        messages.success(
            request,
            _("Đã thu hồi. Máy tại các chốt biết điều đó ở lần nhận quy tắc tới; máy mất sóng thì chậm hơn."),
        )
    else:
        messages.info(request, _("Các mã này đã bị thu hồi từ trước."))
    return redirect("checkpoints:codes")


@requires(REVOKE)
@require_POST
def restore(request: Request, serial: UUID) -> HttpResponse:
    """Undo: the code counts again from the next rules on"""
    scope = request.scope(REVOKE)
    row = RevokedSerial.objects.filter(pk=serial).first()
    if row is None or not (scope.covers(row.unit) if row.unit else whole(scope)):
        raise Http404
    if passes.restore(row, by=request.user, now=request.clock.now()):
        messages.success(request, _("Đã bỏ thu hồi. Mã dùng lại được từ lần nhận quy tắc tới của mỗi máy."))
    return redirect("checkpoints:codes")
