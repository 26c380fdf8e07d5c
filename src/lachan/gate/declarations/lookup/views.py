"""The pages of a look-up: code and phone, the digits, the declaration, who read it, a request about it."""

from __future__ import annotations

from functools import wraps
from typing import Any, Protocol
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lachan.base.access import public
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.lookup import citizen, found, limits, readers, verification
from lachan.gate.declarations.lookup.citizen import Citizen
from lachan.gate.declarations.lookup.forms import CodeForm, DigitsForm, LookupForm, RequestForm
from lachan.gate.declarations.models import DataRequest, Entry
from lachan.gate.declarations.services import requests
from lachan.gate.declarations.services.one_time_code import CodeRefused
from lachan.kernel.errors import InvalidInput
from lachan.registry.audit import services as audit

LOOKED_FOR = "citizen_looked_for"
PAGES = "declarations/lookup"


class CitizenView(Protocol):
    def __call__(self, request: Request, citizen: Citizen, /, *args: Any, **kwargs: Any) -> HttpResponse: ...


def verified(view: CitizenView) -> Any:
    """The view gets the citizen; whoever hasn't proved a phone is sent to the look-up page."""

    @wraps(view)
    def wrapped(request: Request, *args: Any, **kwargs: Any) -> HttpResponse:
        someone = citizen.of(request)
        return view(request, someone, *args, **kwargs) if someone else redirect("declarations:lookup")

    return wrapped


@public
@never_cache
def start(request: Request) -> HttpResponse:
    """Code and phone; with a phone proved already, the code alone and what was opened before."""
    someone = citizen.of(request)
    if someone is None:
        return _ask(request)
    looked_for = request.session.pop(LOOKED_FOR, "")
    form = CodeForm(request.POST or ({"code": looked_for} if looked_for else None))
    if form.is_valid() and (answer := _open(request, someone, form)):
        return answer
    opened = [one for each in someone.opened if (one := found.details(each, request.LANGUAGE_CODE or "vi"))]
    return render(request, f"{PAGES}/own.html", {"form": form, "citizen": someone, "opened": opened})


def _ask(request: Request) -> HttpResponse:
    """Says the same whatever the code and the phone are."""
    form = LookupForm(request.POST or None, initial={"code": request.GET.get("ma", "")[:20]})
    if form.is_valid():
        try:
            verification.ask(request, form.cleaned_data["phone"], reverse("declarations:lookup"))
            request.session[LOOKED_FOR] = form.cleaned_data["code"]
            return redirect("declarations:lookup_code")
        except CodeRefused as refused:
            form.add_error("phone", text_of(refused.code))
    return render(request, f"{PAGES}/ask.html", {"form": form}, status=_status(form))


def _open(request: Request, someone: Citizen, form: CodeForm) -> HttpResponse | None:
    if not limits.LOOKUPS_OF_PHONE.take(someone.phones[0].hex, request.clock.now()):
        form.add_error("code", text_of("too_often"))
        return None
    declaration = found.by_code(form.cleaned_data["code"], someone.phones)
    if declaration is None:
        form.add_error("code", _("Không thấy tờ khai nào mang mã này và ghi số điện thoại của bạn."))
        return None
    citizen.opened(request, someone, declaration)
    return redirect("declarations:lookup_declaration", declaration)


@public
@never_cache
def code(request: Request) -> HttpResponse:
    """The six digits."""
    waiting = verification.asked(request)
    if waiting is None:
        return redirect("declarations:lookup")
    form = DigitsForm(request.POST or None)
    if form.is_valid():
        try:
            verification.confirm(request, waiting, form.cleaned_data["digits"])
            return redirect(waiting.then)
        except CodeRefused as refused:
            form.add_error("digits", text_of(refused.code))
    context = {"form": form, "waiting": waiting, "shown_in_file": _console_file()}
    return render(request, f"{PAGES}/code.html", context, status=_status(form))


def _console_file() -> str:
    """Where a demo's messages go while no operator is connected; "" otherwise."""
    return "outbox.jsonl" if settings.DEMO and settings.MESSAGING_CHANNEL == "console" else ""


@public
@require_POST
def again(request: Request) -> HttpResponse:
    """One more code to the same phone."""
    waiting = verification.asked(request)
    if waiting is None:
        return redirect("declarations:lookup")
    try:
        verification.ask(request, waiting.phone, waiting.then)
        messages.success(request, _("Đã gửi mã mới. Mã trước không dùng được nữa."))
    except CodeRefused as refused:
        messages.error(request, text_of(refused.code))
    return redirect("declarations:lookup_code")


@public
@never_cache
@verified
def declaration(request: Request, someone: Citizen, declaration: UUID) -> HttpResponse:
    """The state of one declaration; GET shows it, POST asks for its correction or deletion."""
    if declaration not in someone.opened:
        return redirect("declarations:lookup")
    form = RequestForm(request.POST or None)
    if form.is_valid() and _request(request, declaration, form):
        return redirect("declarations:lookup_declaration", declaration)
    told = found.details(declaration, request.LANGUAGE_CODE or "vi")
    if told is None:
        messages.info(request, _("Tờ khai này đã hết thời hạn lưu và được xóa."))
        return redirect("declarations:lookup")
    with transaction.atomic():
        audit.record(
            "declaration.looked_up",
            subject_kind="declaration",
            subject=declaration,
            unit=told.declaration.unit,
            now=request.clock.now(),
        )
    context = {"found": told, "form": form, "citizen": someone}
    return render(request, f"{PAGES}/declaration.html", context, status=_status(form))


def _request(request: Request, declaration: UUID, form: RequestForm) -> bool:
    entry = Entry.objects.filter(declaration=declaration).first()
    if entry is None or requests.erased(entry):
        form.add_error(None, _("Nội dung tờ khai này đã được xóa."))
        return False
    kind = DataRequest.Kind(form.cleaned_data["kind"])
    try:
        requests.ask(kind, entry, form.cleaned_data["text"], now=request.clock.now())
    except requests.RequestRefused as refused:
        form.add_error(None, text_of(refused.code))
    except InvalidInput as invalid:
        form.add_error("text", text_of(invalid.code, invalid.params))
    else:
        messages.success(request, _("Đã gửi yêu cầu. Bạn xem trả lời ở chính trang này."))
        return True
    return False


@public
@never_cache
@verified
def who_read(request: Request, someone: Citizen) -> HttpResponse:
    """Who read the declarations opened in this session, and the records, cases, isolation orders and tracing names of the people in them"""
    with transaction.atomic():
        for each in someone.opened:
            audit.record(
                "declaration.readers", subject_kind="declaration", subject=each, now=request.clock.now()
            )
    context = {"readings": readers.of(someone.opened, someone.phones), "citizen": someone}
    return render(request, f"{PAGES}/readers.html", context)


@public
@require_POST
def leave(request: Request) -> HttpResponse:
    """Forget the phone in this browser."""
    citizen.sign_out(request)
    messages.success(request, _("Đã thoát. Máy này không còn giữ số điện thoại của bạn."))
    return redirect("declarations:lookup")


def _status(form: Any) -> int:
    return 422 if form.is_bound and not form.is_valid() else 200
