"""/cb/cach-ly/<id>/: one order, what may be done with it, its papers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.templatetags.lachan import dmy
from lachan.kernel.clock import local_day
from lachan.kernel.diseases import Disease, named
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Sample
from lachan.outbreak.isolation import documents, own
from lachan.outbreak.isolation.models import DailyCheck, Order
from lachan.outbreak.isolation.selectors import orders
from lachan.outbreak.isolation.services import following, release
from lachan.outbreak.isolation.services import orders as services
from lachan.outbreak.isolation.staff.forms import CheckForm, DraftForm, IssueForm, ReasonForm
from lachan.outbreak.isolation.staff.lists import shown
from lachan.outbreak.isolation.words import ALARMS, NEEDS, SYMPTOMS
from lachan.registry.audit import services as audit
from lachan.registry.audit.words import names
from lachan.registry.places.models import Place
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

VIEW, DRAFT, ISSUE, RELEASE = "isolation.view", "isolation.draft", "isolation.issue", "isolation.release"
PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def found(request: Request, pk: UUID, permission: str = VIEW) -> Order:
    """The order, where the reader holds the permission; 404 otherwise."""
    order = orders.get(request.scope(permission), pk)
    if order is None:
        raise Http404
    return order


@requires(VIEW)
@never_cache
@require_safe
def order_page(request: Request, pk: UUID) -> HttpResponse:
    """One order; opening it is a read of the person's record"""
    order, now = found(request, pk), request.clock.now()
    with transaction.atomic():
        audit.read_record(request.user, "order", order.pk, order.unit, now)
    return _page(request, order)


def _page(request: Request, order: Order, status: int = 200, **shown_forms: Any) -> HttpResponse:
    now = request.clock.now()
    today = local_day(now)
    standing = release.standing_of([order], today)[order.pk]
    rule = Disease.at(order.disease, order.from_on).release(order.level, standing.context())
    checks = list(order.checks.order_by("-occurred_at")[:100])
    by = names().actors([check.made_by for check in checks if check.made_by])
    tests = list(order.tests.order_by("day"))
    samples = Sample.objects.in_bulk([test.sample for test in tests if test.sample])
    context = {
        "order": order,
        "one": shown(order, today),
        "facts": _facts(order),
        "alarm": ALARMS.get(order.alarm, ""),
        "standing": standing,
        "rule": rule.text[get_language() or "vi"] if rule else "",
        "checks": [_said(check, by) for check in checks],
        "tests": [(test, samples.get(test.sample)) for test in tests],
        "own_address": own.address_of(order) if order.status == Order.Status.ISSUED else "",
        "may_draft": request.scope(DRAFT).covers(order.unit),
        "may_issue": request.scope(ISSUE).covers(order.unit),
        "may_release": request.scope(RELEASE).covers(order.unit),
        "draft_form": DraftForm(None, scope=request.scope(DRAFT), initial=_initial(order)),
        "issue_form": IssueForm(initial={"signer": "", "signer_title": _("Chủ tịch")}),
        "check_form": CheckForm(),
        "release_form": ReasonForm(),
        "crumbs": [(_("Cách ly"), reverse("isolation:list")), (order.number or _("Dự thảo"), "")],
        **shown_forms,
    }
    return render(request, "isolation/staff/order.html", context, status=status)


def _facts(order: Order) -> list[tuple[str, Any]]:
    place = Place.objects.filter(pk=order.place).first() if order.place else None
    where = place.name if place else order.address
    found = [
        (_("Số quyết định"), order.number),
        (_("Bệnh"), named(order.disease, get_language() or "vi", order.from_on)),
        (_("Hình thức"), order.get_kind_display()),
        (_("Nơi cách ly"), ", ".join(part for part in (where, units.label(order.unit)) if part)),
        (_("Từ ngày"), dmy(order.from_on)),
        (_("Đến hết ngày"), dmy(order.to_on)),
        (_("Căn cứ"), order.basis),
    ]
    if order.signer:
        found.append((_("Người ký"), f"{order.signer_title} {order.signer}".strip()))
    return [*found, (_("Lý do kết thúc"), order.release_reason)] if order.release_reason else found


def _initial(order: Order) -> dict[str, Any]:
    return {
        "kind": order.kind, "place": str(order.place or ""), "address": order.address, "to_on": order.to_on,
    }  # fmt: skip


def _said(check: DailyCheck, by: Mapping[UUID, str]) -> dict[str, Any]:
    return {
        "check": check,
        "by": by.get(check.made_by, "") if check.made_by else "",
        "symptoms": [SYMPTOMS.get(one, one) for one in check.symptoms.split()],
        "needs": [NEEDS.get(one, one) for one in check.needs.split()],
    }


def _answered(
    request: Request,
    order: Order,
    name: str,
    form: forms.Form,
    run: Callable[[dict[str, Any]], Any],
    said: str,
    to: str = "",
) -> HttpResponse:
    """Do what a form of the page asks; back to the page (or to the list `to`), or the page with what is wrong."""
    if form.is_valid():
        try:
            run(form.cleaned_data)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, said)
            return redirect(to) if to else redirect("isolation:order", order.pk)
    return _page(request, order, 422, **{name: form})


@requires(DRAFT)
@require_POST
def correct(request: Request, pk: UUID) -> HttpResponse:
    """Correct a draft"""
    order, scope = found(request, pk, DRAFT), request.scope(DRAFT)

    def run(given: dict[str, Any]) -> None:
        place = UUID(given["place"]) if given["place"] else None
        services.correct(
            order, kind=given["kind"], place=place, to_on=given["to_on"], address=given["address"],
            by=request.user, now=request.clock.now(),
        )  # fmt: skip

    return _answered(
        request, order, "draft_form", DraftForm(request.POST, scope=scope), run, _("Đã sửa dự thảo.")
    )


@requires(ISSUE)
@require_POST
def issue(request: Request, pk: UUID) -> HttpResponse:
    """Issue an order"""
    order, now = found(request, pk, ISSUE), request.clock.now()
    said = _("Đã ban hành. Các chốt sẽ giữ người này lại cho đến khi kết thúc.")
    run = lambda given: services.issue(order, **given, by=request.user, now=now)  # noqa: E731
    return _answered(request, order, "issue_form", IssueForm(request.POST), run, said)


@requires(DRAFT)
@require_POST
def cancel(request: Request, pk: UUID) -> HttpResponse:
    """Take a draft back"""
    order, now = found(request, pk, DRAFT), request.clock.now()
    run = lambda given: services.cancel(order, given["reason"], by=request.user, now=now)  # noqa: E731
    return _answered(
        request, order, "cancel_form", ReasonForm(request.POST), run, _("Đã hủy dự thảo."), "isolation:list"
    )


@requires(DRAFT)
@require_POST
def check(request: Request, pk: UUID) -> HttpResponse:
    """Note a day's report"""
    order, form, now = found(request, pk, DRAFT), CheckForm(request.POST), request.clock.now()
    via = request.POST.get("via", DailyCheck.Via.CALL.value)
    run = lambda _given: following.check(order, form.report(via), occurred_at=now, by=request.user, now=now)  # noqa: E731
    to = "isolation:call" if request.POST.get("back") == "call" else ""
    return _answered(request, order, "check_form", form, run, _("Đã ghi theo dõi."), to)


@requires(RELEASE)
@require_POST
def end(request: Request, pk: UUID) -> HttpResponse:
    """End an order"""
    order, now = found(request, pk, RELEASE), request.clock.now()
    run = lambda given: release.release(order, given["reason"], by=request.user, now=now)  # noqa: E731
    said = _("Đã kết thúc cách ly. In giấy chứng nhận ở dưới.")
    return _answered(request, order, "release_form", ReasonForm(request.POST), run, said)


@requires(VIEW)
@never_cache
@require_safe
def paper(request: Request, pk: UUID, kind: str) -> HttpResponse:
    """An order's paper: quyet-dinh.pdf, quyet-dinh.docx or giay-chung-nhan.pdf"""
    order, now = found(request, pk), request.clock.now()
    if kind not in ("quyet-dinh.pdf", "quyet-dinh.docx", "giay-chung-nhan.pdf"):
        raise Http404
    if kind == "giay-chung-nhan.pdf" and order.status != Order.Status.RELEASED:
        raise Http404
    with transaction.atomic():
        audit.read_record(request.user, "order", order.pk, order.unit, now, "print")
    if kind == "quyet-dinh.docx":
        return _file(documents.order_docx(order, own.address_of(order)), DOCX, kind, download=True)
    if kind == "quyet-dinh.pdf":
        return _file(documents.order_pdf(order, own.address_of(order)), PDF, kind)
    return _file(documents.certificate_pdf(order), PDF, kind)


def _file(content: bytes, kind: str, name: str, *, download: bool = False) -> HttpResponse:
    answer = HttpResponse(content, content_type=kind)
    answer["Content-Disposition"] = f'{"attachment" if download else "inline"}; filename="{name}"'
    return answer
