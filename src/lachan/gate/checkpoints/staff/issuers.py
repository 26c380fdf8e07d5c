"""/cb/chot/hc1/: whose signatures on EU certificates (HC1) the gates believe."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.checkpoints.selectors.bundle import hc1_keys
from lachan.gate.checkpoints.selectors.issuers import last
from lachan.gate.checkpoints.services.issuers import import_issuers, remove_issuer
from lachan.gate.checkpoints.staff.forms import IssuersForm
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit.words import names

MANAGE = "trust.manage"
USAGES = {"t": lazy("xét nghiệm"), "v": lazy("tiêm chủng"), "r": lazy("khỏi bệnh")}
MOST_TOLD = 20


@requires(MANAGE)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def issuers(request: Request) -> HttpResponse:
    """The keys that count, from when till when; by POST, another list in their place"""
    form = IssuersForm(request.POST or None, request.FILES or None)
    refused: tuple[tuple[int, str], ...] = ()
    if request.method == "POST" and form.is_valid():
        try:
            found = import_issuers(form.cleaned_data["file"].read(), by=request.user, now=request.clock.now())
        except InvalidInput as error:
            form.add_error("file", text_of(error.code, error.params))
        else:
            messages.success(request, _("Đã nhận %(n)d khóa.") % {"n": len(found.trust.keys)})
            if not found.refused:
                return redirect("checkpoints:hc1")
            form, refused = IssuersForm(), found.refused
    return render(
        request,
        "checkpoints/staff/hc1.html",
        _shown(request, form, refused),
        status=422 if form.errors else 200,
    )


def _shown(request: Request, form: IssuersForm, refused: Any) -> dict[str, Any]:
    list_, now = last(), request.clock.now()
    by = names().actors([list_.made_by]) if list_ and list_.made_by else {}
    return {
        "form": form,
        "last": list_,
        "by": by.get(list_.made_by, "") if list_ and list_.made_by else "",
        "rows": [_row(key, now) for key in hc1_keys()],
        "refused": [(place + 1, text_of(code, {})) for place, code in refused[:MOST_TOLD]],
        "more": max(0, len(refused) - MOST_TOLD),
        "crumbs": [(_("Chốt kiểm soát"), reverse("checkpoints:list")), (_("Khóa chứng nhận HC1"), "")],
    }


def _row(key: dict[str, Any], now: datetime) -> dict[str, Any]:
    since = datetime.fromtimestamp(key["not_before"], UTC)
    until = None if key["not_after"] is None else datetime.fromtimestamp(key["not_after"], UTC)
    over = until is not None and until <= now
    return {
        "kid": key["kid"],
        "alg": key["alg"],
        "usage": ", ".join(str(USAGES[one]) for one in key["usage"]),
        "since": since,
        "until": until,
        "kind": "off" if over else "wait" if since > now else "done",
        "words": _("Đã hết hạn") if over else _("Chưa đến hạn") if since > now else _("Đang tin"),
    }


@requires(MANAGE)
@require_POST
def remove(request: Request, kid: str) -> HttpResponse:
    """Believe a key no more"""
    if not remove_issuer(kid, by=request.user, now=request.clock.now()):
        raise Http404
    messages.success(
        request, _("Đã bỏ khóa. Máy tại các chốt không tin khóa này nữa từ lần nhận quy tắc tới.")
    )
    return redirect("checkpoints:hc1")
