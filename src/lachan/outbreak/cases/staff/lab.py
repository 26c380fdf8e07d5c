"""/cb/xet-nghiem/: samples, their clock, results by hand, pools, labels."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.discreet import discreet
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.paging import Page
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import labels, services
from lachan.outbreak.cases.identity import identity_of
from lachan.outbreak.cases.models import Case, Pool, Sample
from lachan.outbreak.cases.selectors import lab
from lachan.outbreak.cases.selectors.line_list import by_id
from lachan.outbreak.cases.services import Taking
from lachan.outbreak.cases.services.told import tell_sample
from lachan.outbreak.cases.staff import present
from lachan.outbreak.cases.staff.filters import SampleFilter
from lachan.outbreak.cases.staff.forms import PoolResultForm, ResultForm, SampleForm, local
from lachan.registry.units.forms import refuse

LAB = "lab.work"
NOTHING: Page[Sample] = Page([], "", True)
MOST_LABELS = 200


@requires(LAB)
@never_cache
@discreet("q")
@require_safe
def sample_list(request: Request) -> HttpResponse:
    """Samples of the jurisdiction; a code that names one opens it at once"""
    now, scope = request.clock.now(), request.scope(LAB)
    form = SampleFilter(request.asked, scope, local_day(now))
    valid = form.is_valid()
    if valid and (one := lab.by_code(scope, form.cleaned_data["q"])):
        return redirect("cases:sample", one.pk)
    page = lab.page(scope, form.filters(), now, request.GET.get("cursor", "")) if valid else NOTHING
    clocks = [lab.turnaround(one, now) for one in page.rows]
    context = {
        "form": form,
        "page": page,
        "rows": present.sample_rows(page.rows, lab.names_of(page.rows), clocks),
        "counts": lab.counts(scope, now),
        "filtered": valid and any(form.cleaned_data.values()),
    }
    return render(request, "cases/lab/list.html", context)


def _sample(request: Request, pk: UUID) -> Sample:
    sample = lab.visible(request.scope(LAB)).select_related("case", "pool").filter(pk=pk).first()
    if sample is None:
        raise Http404
    return sample


def _crumbs(*more: tuple[str, str]) -> list[tuple[str, str]]:
    return [(_("Xét nghiệm"), reverse("cases:lab")), *more]


@requires(LAB)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def take(request: Request) -> HttpResponse:
    """A sample taken; `?ca=` names the case of whoever it was taken from"""
    now = request.clock.now()
    case = _case(request)
    form = SampleForm(
        request.POST if request.method == "POST" else None,
        today=local_day(now),
        case=case,
        initial={"taken_at": local(now)},
    )
    if request.method == "POST" and form.is_valid():
        try:
            sample = services.take_sample(_taking(request, form, case), by=request.user, now=now)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi mẫu %(code)s.") % {"code": sample.code})
            return redirect("cases:sample", sample.pk)
    context = {
        "form": form, "title": _("Lấy mẫu"), "case": case, "cancel": reverse("cases:lab"),
        "crumbs": _crumbs((_("Lấy mẫu"), "")),
    }  # fmt: skip
    return render(request, "cases/change.html", context, status=422 if form.errors else 200)


def _case(request: Request) -> Case | None:
    text = request.GET.get("ca", "")
    if not text:
        return None
    try:
        case = by_id(request.scope(LAB), UUID(text))
    except ValueError:
        case = None
    if case is None or case.merged_into is not None:
        raise Http404
    return case


def _taking(request: Request, form: SampleForm, case: Case | None) -> Taking:
    given = form.cleaned_data
    unit = case.unit if case else given["unit"]
    if not request.scope(LAB).covers(unit) and case is None:
        raise InvalidInput("case_unit", field="unit")
    identity = None if case else identity_of(form.typed(), unit, local_day(request.clock.now()))
    return Taking(
        disease=case.disease if case else given["disease"], kind=given["kind"], unit=unit, taken_at=given["taken_at"],
        identity=identity, case=case.pk if case else None, reason=given["reason"], lab=given["lab"], note=given["note"],
    )  # fmt: skip


@requires(LAB)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sample_page(request: Request, pk: UUID) -> HttpResponse:
    """One sample; POST enters its result"""
    sample, now = _sample(request, pk), request.clock.now()
    initial = {"resulted_at": local(now), "result": sample.result, "ct": sample.ct}
    form = ResultForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            done = services.record_result(
                sample, given["result"], given["resulted_at"], given["ct"], by=request.user, now=now
            )
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi kết quả của mẫu %(code)s.") % {"code": done.code})
            return redirect("cases:sample", sample.pk)
    row = present.sample_rows([sample], lab.names_of([sample]), [lab.turnaround(sample, now)])[0]
    context = {
        "row": row, "sample": sample, "form": form, "crumbs": _crumbs((sample.code, "")),
        "may_case": bool(sample.case and by_id(request.scope("cases.view"), sample.case.pk)),
    }  # fmt: skip
    return render(request, "cases/lab/sample.html", context, status=422 if form.errors else 200)


@requires(LAB)
@require_POST
def act(request: Request) -> HttpResponse:
    """With the samples that were ticked: received, pooled, or their labels"""
    chosen = _chosen(request)
    what = request.POST.get("what", "")
    if not chosen:
        messages.error(request, _("Hãy đánh dấu các mẫu trước."))
        return redirect("cases:lab")
    if what == "labels":
        return _labels(request, chosen)
    if what == "receive":
        done = services.receive(
            chosen, lab=request.POST.get("lab", ""), by=request.user, now=request.clock.now()
        )
        messages.success(
            request, ngettext("Đã nhận %(count)s mẫu.", "Đã nhận %(count)s mẫu.", done) % {"count": done}
        )
        return redirect("cases:lab")
    return _pooled(request, chosen)


def _chosen(request: Request) -> list[Sample]:
    ids = []
    for text in request.POST.getlist("sample")[:MOST_LABELS]:
        try:
            ids.append(UUID(text))
        except ValueError:
            continue
    return list(lab.visible(request.scope(LAB)).filter(pk__in=ids).order_by("id"))


def _pooled(request: Request, chosen: list[Sample]) -> HttpResponse:
    try:
        pool = services.make_pool(chosen, by=request.user, now=request.clock.now())
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
        return redirect("cases:lab")
    messages.success(request, _("Đã gộp thành lô %(code)s.") % {"code": pool.code})
    return redirect("cases:pool", pool.pk)


def _labels(request: Request, chosen: list[Sample]) -> HttpResponse:
    """A sheet of labels; printing them is recorded."""
    from django.db import transaction

    with transaction.atomic():
        for sample in chosen:
            tell_sample("sample.labelled", sample, by=request.user, now=request.clock.now())
    response = HttpResponse(labels.pdf(chosen, lab.names_of(chosen)), content_type="application/pdf")
    response["Content-Disposition"] = 'inline; filename="nhan-mau.pdf"'
    return response


@requires(LAB)
@never_cache
@require_safe
def sample_label(request: Request, pk: UUID) -> HttpResponse:
    """The label of one sample as PDF"""
    return _labels(request, [_sample(request, pk)])


@requires(LAB)
@never_cache
@require_safe
def pool_list(request: Request) -> HttpResponse:
    """Pools with samples of the jurisdiction, the newest first"""
    page = lab.pools(request.scope(LAB), request.GET.get("cursor", ""))
    rows = [(pool, present.RESULTS[pool.result], _result(pool.result)) for pool in page.rows]
    context = {"page": page, "rows": rows, "crumbs": _crumbs((_("Lô gộp mẫu"), ""))}
    return render(request, "cases/lab/pools.html", context)


def _result(value: str) -> str:
    return str(Sample.Result(value).label)


@requires(LAB)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def pool_page(request: Request, pk: UUID) -> HttpResponse:
    """One pool with its samples; POST enters its result"""
    scope, now = request.scope(LAB), request.clock.now()
    pool = Pool.objects.filter(pk=pk).first()
    samples = list(lab.visible(scope).filter(pool=pk).order_by("id"))
    if pool is None or not (samples or scope.covers(pool.unit)):
        raise Http404
    form = PoolResultForm(
        request.POST if request.method == "POST" else None, initial={"resulted_at": local(now)}
    )
    if request.method == "POST" and form.is_valid():
        try:
            given = form.cleaned_data
            services.record_pool(pool, given["result"], given["resulted_at"], by=request.user, now=now)
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi kết quả của lô %(code)s.") % {"code": pool.code})
            return redirect("cases:pool", pool.pk)
    clocks = [lab.turnaround(one, now) for one in samples]
    context: dict[str, Any] = {
        "pool": pool, "look": present.RESULTS[pool.result], "words": _result(pool.result), "form": form,
        "rows": present.sample_rows(samples, lab.names_of(samples), clocks), "crumbs": _crumbs((pool.code, "")),
        "positive": pool.result == Sample.Result.POSITIVE,
    }  # fmt: skip
    return render(request, "cases/lab/pool.html", context, status=422 if form.errors else 200)
