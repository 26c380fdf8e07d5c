"""/cb/xet-nghiem/ket-qua/: results from a laboratory's table, and the tokens of laboratories that send by themselves."""

from __future__ import annotations

from dataclasses import asdict
from uuid import UUID

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import LabToken, Sample
from lachan.outbreak.cases.services import result_files
from lachan.outbreak.cases.staff.forms import TokenForm, UploadForm
from lachan.outbreak.cases.staff.lab import LAB, _crumbs
from lachan.registry.units.forms import refuse

SALT = "lachan.cases.results"
FATES = {
    "taken": (gettext_lazy("Ghi kết quả"), "work"),
    "known": (gettext_lazy("Đã có"), "off"),
    "refused": (gettext_lazy("Không nhận"), 2),
}


@requires(LAB)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: Request) -> HttpResponse:
    """A table of results: first what it would do, line by line, then the same once more to keep it"""
    scope, now = request.scope(LAB), request.clock.now()
    if request.method == "POST" and request.POST.get("lines"):
        return _apply(request)
    sent = request.method == "POST"
    form = UploadForm(request.POST if sent else None, request.FILES if sent else None)
    lines: list[result_files.Line] = []
    if sent and form.is_valid():
        try:
            read = result_files.read_results(form.cleaned_data["file"].read(), now)
            lines = result_files.take(read, scope, by=request.user, now=now, dry_run=True)
        except InvalidInput as error:
            form.add_error("file", text_of(error.code, error.params))
    context = {
        "form": form,
        "rows": _rows(lines),
        "taken": sum(one.status == "taken" for one in lines),
        "lines": signing.dumps([asdict(one) for one in lines], salt=SALT, compress=True) if lines else "",
        "crumbs": _crumbs((_("Nhập kết quả từ tệp"), "")),
        "done": False,
    }
    return render(request, "cases/lab/results.html", context, status=422 if form.errors else 200)


def _apply(request: Request) -> HttpResponse:
    """What was shown, judged again now: a result that came meanwhile counts as known."""
    try:
        raw = signing.loads(request.POST["lines"], salt=SALT, max_age=24 * 3600)
    except signing.BadSignature:
        messages.error(request, text_of("malformed"))
        return redirect("cases:results")
    lines = [result_files.Line(**{**one, "status": ""}) for one in raw]
    done = result_files.take(lines, request.scope(LAB), by=request.user, now=request.clock.now())
    context = {
        "form": UploadForm(), "rows": _rows(done), "taken": sum(one.status == "taken" for one in done), "lines": "",
        "crumbs": _crumbs((_("Nhập kết quả từ tệp"), "")), "done": True,
    }  # fmt: skip
    return render(request, "cases/lab/results.html", context)


def _rows(lines: list[result_files.Line]) -> list[dict[str, object]]:
    results = {value: str(text) for value, text in Sample.Result.choices}
    return [
        {
            "line": one, "title": FATES[one.status][0], "look": FATES[one.status][1], "result": results.get(one.result, ""),
            "reason": text_of(one.error) if one.error else "",
        }
        for one in lines
    ]  # fmt: skip


@requires(LAB)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def tokens(request: Request) -> HttpResponse:
    """Tokens of laboratories that send results by themselves; a new one is shown once"""
    scope, secret = request.scope(LAB), ""
    form = TokenForm(
        request.POST if request.method == "POST" else None, scope=scope, initial={"unit": scope.paths[0]}
    )
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            _row, secret = result_files.make_token(
                given["name"], given["unit"], by=request.user, now=request.clock.now()
            )
        except InvalidInput as error:
            refuse(form, error)
    context = {
        "form": form,
        "secret": secret,
        "rows": scope.narrow(LabToken.objects.all(), "unit").order_by("-id")[:100],
        "address": request.build_absolute_uri(reverse("cases:api_results")),
        "crumbs": _crumbs((_("Phòng xét nghiệm gửi tự động"), "")),
    }
    return render(request, "cases/lab/tokens.html", context, status=422 if form.errors else 200)


@requires(LAB)
@require_POST
def revoke(request: Request, pk: UUID) -> HttpResponse:
    """Nobody comes in with this token any more"""
    row = request.scope(LAB).narrow(LabToken.objects.filter(pk=pk), "unit").first()
    if row is None:
        raise Http404
    result_files.revoke_token(row, by=request.user, now=request.clock.now())
    messages.success(request, _("Đã thu hồi mã."))
    return redirect("cases:tokens")
