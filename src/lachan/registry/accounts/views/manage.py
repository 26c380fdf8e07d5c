"""Accounts of one's own jurisdiction: the list, one account, and what can be done to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from itertools import islice
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import FileResponse, Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from lachan.base import paging
from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.errors import InvalidInput
from lachan.registry.accounts import authority, selectors, services
from lachan.registry.accounts.forms import FilterForm, GrantForm, LockForm, explain
from lachan.registry.accounts.models import Grant, User
from lachan.registry.accounts.roles import roles
from lachan.registry.accounts.services.sign_in import resting
from lachan.registry.accounts.views.shown import account_state, qr_image, shown_grants, timeline
from lachan.registry.audit import services as audit

MANAGE = authority.MANAGE


def _chosen(request: Request) -> tuple[FilterForm, Any]:
    form = FilterForm(request.GET or None, now=request.clock.now())
    chosen = form.chosen()
    rows = selectors.accounts(
        request.scope(MANAGE), chosen.get("q", ""), chosen.get("role", ""), chosen.get("state", "")
    )
    return form, rows


@requires(MANAGE)
@require_GET
def accounts(request: Request) -> HttpResponse:
    form, rows = _chosen(request)
    page = paging.by_id(rows, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "page": page,
        "rows": _rows(page.rows, request.clock.now()),
        "invitations": selectors.open_invitations(request.scope(MANAGE), request.clock.now()).count(),
        "export_url": f"export/?{request.GET.urlencode()}",
    }
    return render(request, "accounts/list.html", context)


def _rows(users: list[User], now: datetime) -> list[dict[str, Any]]:
    """A page of accounts with what its table shows, in three queries."""
    grants, factors = selectors.grants_by_user(users), selectors.with_second_factor(users)
    rests = resting(users, now)
    return [
        {
            "user": user,
            "state": (state := account_state(user, user.pk in rests))[0],
            "kind": state[1],
            "grants": shown_grants(grants.get(user.pk, []), now),
            "second_factor": user.pk in factors,
        }
        for user in users
    ]


@requires(MANAGE)
@require_GET
def export(request: Request) -> FileResponse:
    """The filtered list as a spreadsheet, a row a grant."""
    _form, rows = _chosen(request)
    columns = (
        _("Họ và tên"),
        _("Tên đăng nhập"),
        _("Vai trò"),
        _("Đơn vị"),
        _("Trạng thái"),
        _("Bảo mật hai lớp"),
    )
    now, users = request.clock.now(), rows.order_by("-pk").iterator(500)
    lines = (
        (
            row["user"].full_name,
            row["user"].username,
            given.role,
            given.unit,
            row["state"],
            row["second_factor"],
        )
        for chunk in iter(lambda: list(islice(users, 500)), [])
        for row in _rows(chunk, now)
        for given in row["grants"]
    )
    with transaction.atomic():
        audit.record(
            "account.exported",
            actor=request.user,
            unit=request.scope(MANAGE).paths[0],
            data={"rows": rows.count()},
            now=now,
        )
    return xlsx_response("tai-khoan.xlsx", columns, lines)


def _account(request: Request, account: UUID) -> User:
    """An account with a role in the reader's jurisdiction; any other doesn't exist for her."""
    return get_object_or_404(selectors.accounts(request.scope(MANAGE)), pk=account)


def _grant_form(request: Request, data: Any = None) -> GrantForm:
    now, scope = request.clock.now(), request.scope(MANAGE)
    names = {role.name for role in authority.givable(request.user, scope.paths, now)}
    return GrantForm(data, scope=scope, now=now, names=names)


@requires(MANAGE)
@require_GET
def account(request: Request, account: UUID) -> HttpResponse:
    return _page(request, _account(request, account))


def _page(request: Request, user: User, status: int = 200, **forms: Any) -> HttpResponse:
    now = request.clock.now()
    text, kind = account_state(user, bool(resting([user], now)))
    context = {
        "account": user,
        "state": text,
        "kind": kind,
        "grants": shown_grants(selectors.standing_grants(user), now),
        "second_factor": selectors.has_second_factor(user),
        "may_manage": authority.may_manage(request.user, user, now),
        "may_answer_for": authority.may_answer_for(request.user, user, now),
        "is_self": user.pk == request.user.pk,
        "events": timeline(selectors.history(user), now),
        "grant_form": forms.get("grant_form") or _grant_form(request),
        "lock_form": forms.get("lock_form") or LockForm(),
        "crumbs": [(_("Tài khoản"), "/cb/tai-khoan/"), (user.full_name, "")],
    }
    return render(request, "accounts/account.html", context, status=status)


@requires(MANAGE)
@require_POST
def grant(request: Request, account: UUID) -> HttpResponse:
    user, form = _account(request, account), _grant_form(request, request.POST)
    if form.is_valid():
        try:
            services.grant(user, now=request.clock.now(), by=request.user, **form.cleaned_data)
        except InvalidInput as error:
            explain(form, error)
        else:
            messages.success(request, _("Đã giao vai trò."))
            return redirect("accounts:account", account=user.pk)
    return _page(request, user, 422, grant_form=form)


@requires(MANAGE)
@require_POST
def revoke(request: Request, account: UUID, grant: UUID) -> HttpResponse:
    user = _account(request, account)
    given = get_object_or_404(Grant, pk=grant, user=user)
    role = roles(request.clock.now()).get(given.role)
    return _act(
        request,
        user,
        lambda: services.revoke(given, request.clock.now(), by=request.user),
        _("Đã thu hồi vai trò %(role)s.") % {"role": role.title if role else given.role},
    )


@requires(MANAGE)
@require_POST
def lock(request: Request, account: UUID) -> HttpResponse:
    user, form = _account(request, account), LockForm(request.POST)
    if not form.is_valid():
        return _page(request, user, 422, lock_form=form)
    reason = form.cleaned_data["reason"]
    return _act(
        request,
        user,
        lambda: services.lock(user, request.clock.now(), reason, by=request.user),
        _("Đã khóa tài khoản và kết thúc mọi phiên đăng nhập."),
    )


@requires(MANAGE)
@never_cache
@require_POST
def password_link(request: Request, account: UUID) -> HttpResponse:
    """A one-time link to a new password, shown once."""
    user = _account(request, account)
    try:
        link = services.password_link(user, request.clock.now(), by=request.user)
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
        return redirect("accounts:account", account=user.pk)
    context = {"account": user, "link": link, "qr": qr_image(link, _("Mã QR của đường dẫn"))}
    return render(request, "accounts/password_link.html", context)


SIMPLE: dict[str, tuple[Callable[..., Any], Any]] = {
    "mo-khoa": (services.unlock, gettext_lazy("Đã mở khóa tài khoản.")),
    "dat-lai-bao-mat": (
        services.reset_second_factor,
        gettext_lazy("Đã đặt lại bảo mật hai lớp: lần đăng nhập tới phải cài lại."),
    ),
    "ket-thuc-phien": (services.end_sessions, gettext_lazy("Đã kết thúc mọi phiên đăng nhập.")),
}


@requires(MANAGE)
@require_POST
def act(request: Request, account: UUID, verb: str) -> HttpResponse:
    """Unlock, reset the second factor, end all sessions: verbs that need no form."""
    if verb not in SIMPLE:
        raise Http404
    user = _account(request, account)
    service, done = SIMPLE[verb]
    return _act(request, user, lambda: service(user, request.clock.now(), by=request.user), str(done))


def _act(request: Request, user: User, verb: Callable[[], Any], done: str) -> HttpResponse:
    try:
        verb()
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, done)
    still_seen = selectors.accounts(request.scope(MANAGE)).filter(pk=user.pk).exists()
    return redirect("accounts:account", account=user.pk) if still_seen else redirect("accounts:list")
