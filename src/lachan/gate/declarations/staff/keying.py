"""/cb/giay/<id>/…: keying one paper form in, and settling what two people read differently."""

from __future__ import annotations

from typing import Any, Literal
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.gate.declarations.models import PaperForm
from lachan.gate.declarations.prepare import Refused
from lachan.gate.declarations.selectors import history, papers
from lachan.gate.declarations.services import paper as services
from lachan.gate.declarations.services.submit import Conflict
from lachan.gate.declarations.staff import columns, filling, present
from lachan.gate.declarations.staff.paper_forms import TimeForm, VoidForm
from lachan.kernel.clock import VN, local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.questionnaire import Questionnaire, form_at
from lachan.registry.places.models import Place


def _row(request: Request, pk: UUID) -> PaperForm:
    row = papers.visible(request.scope("paper.key")).filter(pk=pk).first()
    if row is None:
        raise Http404
    return row


@requires("paper.key")
@never_cache
def key(request: Request, pk: UUID) -> HttpResponse:
    """Key a form in. The second person doesn't see what the first one read."""
    row = _row(request, pk)
    if row.status not in services.OPEN:
        if row.status == PaperForm.Status.DIFFERENT:
            return redirect("declarations:paper_resolve", row.id)
        return render(request, "declarations/staff/paper_closed.html", _around(row))
    sent = request.POST if request.method == "POST" else None
    time = TimeForm(sent)
    questionnaire = _form(row, time)
    today = _day(row, time)
    filled = filling.fill(questionnaire, today, sent, request.get_full_path())
    if sent is not None:
        if request.htmx and "_send" not in sent:
            filling.only_show(filled)
            return render(
                request, "declarations/staff/_questions.html", {"filling": filled, "form": filled.form}
            )
        if time.is_valid() and filled.ready and (done := _take(request, row, filled, time)):
            return done
    context = {
        **_around(row), "filling": filled, "form": filled.form, "time": time, "here": request.get_full_path(),
        "own": row.first_by == request.user.pk, "again": row.status == PaperForm.Status.KEYED_ONCE, "void": VoidForm(),
    }  # fmt: skip
    return render(request, "declarations/staff/paper_key.html", context)


def _day(row: PaperForm, time: TimeForm) -> Any:
    return local_day(time.moment()) if time.is_bound and time.is_valid() else local_day(row.created_at)


def _form(row: PaperForm, time: TimeForm) -> Questionnaire:
    try:
        return form_at(row.form, _day(row, time))
    except InvalidInput:
        return form_at(row.form, local_day(row.created_at))


def _around(row: PaperForm) -> dict[str, Any]:
    place = Place.objects.filter(pk=row.place).first() if row.place else None
    crumbs = [(_("Tờ giấy"), reverse("declarations:paper")), (row.serial, "")]
    return {"paper": row, "place": place, "unit": present.near(row.unit), "crumbs": crumbs}


def _take(request: Request, row: PaperForm, filled: filling.Filling, time: TimeForm) -> HttpResponse | None:
    """Hand a keying to the service; None when it was refused, with the reason in the form."""
    keyed = services.Keyed(filled.form.answers, time.moment())
    try:
        done, answer = services.key(row.id, keyed, by=request.user, now=request.clock.now())
    except services.PaperRefused as error:
        (
            time.add_error("at", text_of(error.code))
            if error.code == "paper_future"
            else filled.form.add_error(None, text_of(error.code))
        )
        return None
    except Refused as refused:
        filled.refuse(refused)
        return None
    except Conflict:
        filled.form.add_error(None, text_of("conflict"))
        return None
    return _after(request, done, answer is not None)


def _after(request: Request, row: PaperForm, declared: bool) -> HttpResponse:
    if declared:
        messages.success(request, _("Hai lần nhập khớp nhau: đã ghi nhận tờ khai."))
        return redirect("declarations:assisted", row.id)
    if row.status == PaperForm.Status.DIFFERENT:
        messages.warning(request, _("Hai lần nhập khác nhau: xin đối chiếu với tờ giấy."))
        return redirect("declarations:paper_resolve", row.id)
    messages.success(
        request, _("Đã ghi lần nhập thứ nhất. Người khác nhập lần thứ hai thì tờ khai mới được ghi nhận.")
    )
    return redirect("declarations:paper")


@requires("paper.key")
@never_cache
def resolve(request: Request, pk: UUID) -> HttpResponse:
    """What two people read differently, side by side; a third one looks at the paper and chooses.

    The two themselves see which questions differ and not what the other read: their way is to read the paper again.
    """
    row = _row(request, pk)
    if row.status != PaperForm.Status.DIFFERENT:
        return redirect("declarations:paper_key", row.id)
    error, shown = "", _differences(row)
    if request.method == "POST":
        chosen = {field: request.POST.get(field, "") for field, *_rest in shown}
        if all(choice in ("first", "second") for choice in chosen.values()):
            try:
                return _after(request, _resolved(request, row, chosen), True)
            except Refused as refused:
                error = "; ".join(text_of(one.code, one.params) for one in refused.fields)
            except (services.PaperRefused, Conflict) as refused:
                error = text_of(refused.code)
        else:
            error = _("Hãy chọn ở từng mục theo đúng tờ giấy.")
    own = request.user.pk in services.keyers(row)
    context = {
        **_around(row), "differences": shown, "error": error, "void": VoidForm(), "own": own,
        "keyers": sorted(history.names_of(services.keyers(row)).values()),
    }  # fmt: skip
    return render(request, "declarations/staff/paper_resolve.html", context)


def _resolved(request: Request, row: PaperForm, chosen: dict[str, str]) -> PaperForm:
    choices: dict[str, Literal["first", "second"]] = {
        field: "second" if choice == "second" else "first" for field, choice in chosen.items()
    }
    return services.resolve(row.id, choices, by=request.user, now=request.clock.now())[0]


def _differences(row: PaperForm) -> list[tuple[str, str, str, str]]:
    """(field, question, first reading, second reading)."""
    first, second = services.Keyed.of(row.first), services.Keyed.of(row.second)
    form, lang = form_at(row.form, local_day(first.at)), columns.language()
    found = []
    for field in services.differences(row):
        if field == services.TIME:
            times = [keyed.at.astimezone(VN).strftime("%H:%M %d/%m/%Y") for keyed in (first, second)]
            found.append((field, _("Thời gian khai"), times[0], times[1]))
            continue
        item = form.by_link_id[field]
        said = [present.answer_of(item, keyed.answers) or _("Không trả lời") for keyed in (first, second)]
        found.append((field, item.text[lang], said[0], said[1]))
    return found


@requires("paper.key")
@require_POST
def own_again(request: Request, pk: UUID) -> HttpResponse:
    """Drop one's own keying and key it anew, without seeing the other's."""
    row = _row(request, pk)
    try:
        services.key_own_again(row.id, by=request.user, now=request.clock.now())
    except services.PaperRefused as error:
        messages.error(request, text_of(error.code))
    else:
        messages.info(request, _("Đã bỏ lần nhập của bạn. Xin nhập lại theo tờ giấy."))
    return redirect("declarations:paper_key", row.id)


@requires("paper.key")
@require_POST
def again(request: Request, pk: UUID) -> HttpResponse:
    """Drop both keyings and start over."""
    row = _row(request, pk)
    try:
        services.key_again(row.id, by=request.user, now=request.clock.now())
    except services.PaperRefused as error:
        messages.error(request, text_of(error.code))
    else:
        messages.info(request, _("Đã bỏ cả hai lần nhập. Xin nhập lại từ đầu."))
    return redirect("declarations:paper_key", row.id)
