"""/cb/ca-benh/<id>/: one case, and what is done with it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.forms import Form
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.templatetags.lachan import dmy, dmyhm
from lachan.gate.declarations.selectors.history import Happened, names_of
from lachan.gate.declarations.staff import filling, telling
from lachan.gate.declarations.staff.columns import language
from lachan.gate.declarations.staff.present import near, sections
from lachan.kernel import diseases
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases import panels, services
from lachan.outbreak.cases.investigation import form_for, named, read_answers
from lachan.outbreak.cases.models import Case, Sample
from lachan.outbreak.cases.selectors import by_id, duplicates_of, infectious_days, lab, merges_of
from lachan.outbreak.cases.selectors.episodes import cases_of
from lachan.outbreak.cases.staff import present
from lachan.outbreak.cases.staff.forms import (
    FactsForm,
    OutcomeForm,
    OverrideForm,
    TransferForm,
    facilities,
    local,
    values_of,
)
from lachan.outbreak.cases.staff.listing import VIEW
from lachan.registry.accounts.models import Grant
from lachan.registry.audit import services as audit
from lachan.registry.audit.models import Event
from lachan.registry.people.models import Person
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

WORK = "cases.work"
MOST_EVENTS = 200


def found(request: Request, pk: UUID, permission: str = VIEW) -> Case:
    """The case, where the reader holds the permission; 404 otherwise."""
    case = by_id(request.scope(permission), pk)
    if case is None:
        raise Http404
    return case


def crumbs(case: Case, *more: str) -> list[tuple[str, str]]:
    page = reverse("cases:detail", args=[case.pk]) if more else ""
    return [(_("Ca bệnh"), reverse("cases:list")), (case.code, page), *[(one, "") for one in more]]


@requires(VIEW)
@never_cache
@require_safe
def detail(request: Request, pk: UUID) -> HttpResponse:
    """One case; opening it is a read of a person's record and leaves an event"""
    case = found(request, pk)
    if case.merged_into is not None and by_id(request.scope(VIEW), case.merged_into) is not None:
        messages.info(request, _("Ca %(code)s đã được gộp vào ca dưới đây.") % {"code": case.code})
        return redirect("cases:detail", case.merged_into)
    now, scope = request.clock.now(), request.scope(VIEW)
    why = "residence" if scope.covers(case.unit) else "reported"
    audit.read_record(request.user, "case", case.pk, case.unit, now, why)
    return render(request, "cases/detail.html", _context(request, case))


def _context(request: Request, case: Case) -> dict[str, Any]:
    now, work = request.clock.now(), request.scope(WORK)
    samples = list(Sample.objects.filter(case=case).select_related("pool").order_by("-taken_at", "-id"))
    shown = [
        (panel, panel.address(case.pk))
        for panel in panels.registered()
        if request.scope(panel.permission).covers_any(case.unit, case.reported_by)
    ]
    return {
        "case": case,
        "row": present.rows([case])[0],
        "crumbs": crumbs(case),
        "facts": _facts(case),
        "sections": _answers(case),
        "samples": present.sample_rows(samples, {}, [lab.turnaround(one, now) for one in samples]),
        "stays": present.stays_of(case),
        "duplicates": [
            (one, near(one.case.unit), _why(one.why)) for one in duplicates_of(case, request.scope(VIEW))
        ],
        "merges": _merges(case),
        "events": history(case),
        "buttons": [pair for pair in shown if pair[0].button],
        "panels": [pair for pair in shown if not pair[0].button],
        "may_work": case.merged_into is None and work.covers_any(case.unit, case.reported_by),
        "may_merge": request.scope("cases.merge").covers_any(case.unit, case.reported_by),
        "may_person": request.scope("people.view").covers_any(case.unit, case.reported_by),
        "may_sample": request.scope("lab.work").covers_any(case.unit, case.reported_by),
        **_classified(case, now),
    }


def _classified(case: Case, now: Any) -> dict[str, Any]:
    """What the rules say now, in words, with the document behind them."""
    try:
        judged = services.judge(case, now)
    except InvalidInput:
        return {"reasons": [], "by_rules": "", "document": ""}
    lang = language()
    reasons = [
        {"text": one.text[lang], "advice": one.advice[lang], "document": one.document}
        for one in judged.reasons
    ]
    return {
        "reasons": reasons,
        "by_rules": str(Case.Classification(judged.result).label) if case.overridden else "",
        "document": diseases.Disease.at(case.disease, case.reported_on).document,
    }


def _facts(case: Case) -> list[tuple[str, Any]]:
    window = infectious_days(case)
    source = Case.objects.filter(pk=case.source_case).first() if case.source_case else None
    officer = names_of([case.officer]).get(case.officer, "") if case.officer else ""
    symptoms = {True: _("Không có triệu chứng"), False: _("Có triệu chứng"), None: ""}[case.asymptomatic]
    return [
        (_("Khởi phát"), dmy(case.onset) or symptoms),
        (_("Lấy mẫu"), dmy(case.sampled_on)),
        (_("Có kết quả dương tính"), dmy(case.confirmed_on)),
        (_("Báo cáo"), dmy(case.reported_on)),
        (_("Có thể lây cho người khác"), f"{dmy(window[0])} – {dmy(window[1])}" if window else ""),
        (_("Nơi phát hiện"), case.get_detection_display()),
        (_("Nguồn lây"), case.get_infection_display()),
        (_("Lây từ ca"), source.code if source else ""),
        (_("Cách ly từ"), dmyhm(case.isolated_at)),
        (_("Mã quốc gia"), case.national_code),
        (_("Nơi ở"), units.label(case.unit)),
        (_("Đơn vị báo cáo"), units.label(case.reported_by)),
        (_("Cán bộ phụ trách"), officer),
        (
            _("Kết cục"),
            f"{case.get_outcome_display()}{f', {dmy(case.outcome_on)}' if case.outcome_on else ''}",
        ),
    ]


def _answers(case: Case) -> list[Any]:
    answers = read_answers(case.answers or "")
    return sections(form_for(case.disease, case.reported_on), answers) if answers else []


def _why(code: str) -> str:
    return {
        "person": _("cùng một hồ sơ người"),
        "phone": _("cùng tên, năm sinh và điện thoại"),
        "birth": _("cùng tên và ngày sinh"),
    }[code]


def _merges(case: Case) -> list[dict[str, Any]]:
    rows = merges_of(case)
    others = Case.objects.in_bulk([one for row in rows for one in (row.kept, row.absorbed)])
    names = names_of([one for row in rows for one in (row.made_by, row.undone_by)])
    return [
        {
            "row": row, "absorbed": others.get(row.absorbed), "kept": others.get(row.kept),
            "by": names.get(row.made_by, ""), "undone_by": names.get(row.undone_by, ""),
        }
        for row in rows
    ]  # fmt: skip


def history(case: Case) -> list[dict[str, Any]]:
    """Everything but reads, of the case, its samples and its merges, the latest first."""
    subjects = [case.pk, *Sample.objects.filter(case=case).values_list("pk", flat=True)]
    events = Event.objects.filter(subject__in=subjects).exclude(kind="case.read").order_by("-id")
    rows = list(events[:MOST_EVENTS])
    names = names_of([row.actor for row in rows])
    happened = [Happened(row.kind, row.recorded_at, names.get(row.actor, ""), row.data) for row in rows]
    told = telling.timeline(happened)
    return [{**one, "text": _detail(row)} for one, row in zip(told, rows, strict=True)]


def _detail(row: Event) -> str:
    """From what to what, in words."""
    import json

    data = json.loads(row.data)
    words = {
        "case.classified": Case.Classification, "case.overridden": Case.Classification, "case.detection": Case.Detection,
        "case.outcome": Case.Outcome, "sample.resulted": Sample.Result,
    }.get(row.kind)  # fmt: skip
    if words is None:
        return ""
    labels: dict[str, str] = {value: str(text) for value, text in words.choices}
    if "from" in data:
        return f"{labels.get(data['from'], '')} → {labels.get(data['to'], '')}"
    return labels.get(data.get("to") or data.get("result") or "", "")


@requires(VIEW)
@never_cache
@require_safe
def of_person(request: Request, person: UUID) -> HttpResponse:
    """The cases of one person inside the reader's jurisdiction, as a piece of the person's page"""
    known = Person.objects.filter(pk=person).first()
    scope = request.scope(VIEW)
    rows = list(scope.narrow(cases_of(known.pk), "unit", "reported_by").order_by("-id")[:20]) if known else []
    template = "cases/_of_person.html" if request.htmx else "cases/of_person.html"
    return render(request, template, {"rows": present.rows(rows)})


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def investigate(request: Request, pk: UUID) -> HttpResponse:
    """The investigation form of the disease; only the questions that apply are shown"""
    case, now = found(request, pk, WORK), request.clock.now()
    form = form_for(case.disease, case.reported_on)
    sent = request.POST if request.method == "POST" else None
    given = read_answers(case.answers or "")
    filled = filling.fill(form, local_day(now), sent, request.get_full_path(), given)
    if sent is not None:
        if request.htmx and "_send" not in sent:
            filling.only_show(filled)
            context = {"filling": filled, "form": filled.form}
            return render(request, "declarations/staff/_questions.html", context)
        if filled.ready and (done := _investigated(request, case, filled)):
            return done
    context = {
        "case": case, "filling": filled, "form": filled.form, "here": request.get_full_path(),
        "title": form.title[language()], "document": form.document, "seen": case.updated_at.isoformat(),
        "crumbs": crumbs(case, form.title[language()]), "former": case.form and case.form != named(form),
    }  # fmt: skip
    return render(request, "cases/investigate.html", context, status=422 if sent is not None else 200)


def _investigated(request: Request, case: Case, filled: filling.Filling) -> HttpResponse | None:
    from datetime import datetime

    clean = filled.form.questionnaire.compile()(filled.form.answers, filled.form.today)
    try:
        seen = datetime.fromisoformat(request.POST.get("seen", ""))
        services.update_case(
            case, {"answers": clean.answers}, by=request.user, now=request.clock.now(), seen=seen
        )
    except ValueError as error:
        refuse(filled.form, error if isinstance(error, InvalidInput) else InvalidInput("case_changed"))
        return None
    messages.success(request, _("Đã ghi phiếu điều tra."))
    return redirect("cases:detail", case.pk)


def _change(
    request: Request, case: Case, form: Form, act: Callable[[], object], title: str, done: str, **more: Any
) -> HttpResponse:
    """One form, one service: shown, refused beside its fields, or done and back to the case."""
    if request.method == "POST" and form.is_valid():
        try:
            act()
        except InvalidInput as error:
            own = getattr(form, "refuse", None)
            own(error) if own else refuse(form, error)
        else:
            messages.success(request, done)
            return redirect("cases:detail", case.pk)
    context = {
        "case": case, "form": form, "title": title, "crumbs": crumbs(case, title), **more,
        "cancel": reverse("cases:detail", args=[case.pk]),
    }  # fmt: skip
    return render(request, "cases/change.html", context, status=422 if form.errors else 200)


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: Request, pk: UUID) -> HttpResponse:
    """Correct a case's facts; dates are held against each other"""
    case, now = found(request, pk, WORK), request.clock.now()
    form = FactsForm(
        _sent(request), scope=request.scope(VIEW), officers=officers_for(case, now), initial=values_of(case)
    )

    def act() -> object:
        return services.update_case(
            case,
            form.changes(),
            by=request.user,
            now=now,
            confirmed_unusual=form.confirmed,
            seen=form.seen_at(),
        )

    return _change(request, case, form, act, _("Sửa thông tin ca"), _("Đã sửa thông tin ca."))


def _sent(request: Request) -> Any:
    return request.POST if request.method == "POST" else None


def officers_for(case: Case, now: Any) -> list[tuple[UUID, str]]:
    """Accounts that may work on this case, by name; whoever holds it now among them."""
    from lachan.registry.accounts.roles import roles

    able = [code for code, role in roles(now).items() if WORK in role.permissions]
    above = [unit.path for path in (case.unit, case.reported_by) for unit in units.ancestors(path)]
    grants = Grant.objects.filter(
        role__in=able, unit__in=[*above, case.unit, case.reported_by], valid_from__lte=now, revoked_at=None
    )
    wanted = [
        row.user_id for row in grants.order_by("id")[:300] if row.valid_to is None or row.valid_to > now
    ]
    names = names_of([*wanted, case.officer])
    return sorted(((one, name) for one, name in names.items() if one), key=lambda pair: pair[1])


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def classify(request: Request, pk: UUID) -> HttpResponse:
    """An officer's own classification with its reason, or back to the rules"""
    case, now = found(request, pk, WORK), request.clock.now()
    form = OverrideForm(
        _sent(request), initial={"classification": case.overridden, "reason": case.override_reason}
    )

    def act() -> object:
        return services.override(
            case, form.cleaned_data["classification"], form.cleaned_data["reason"], by=request.user, now=now
        )

    return _change(request, case, form, act, _("Phân loại ca bệnh"), _("Đã ghi phân loại."))


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def outcome(request: Request, pk: UUID) -> HttpResponse:
    """How the illness ended, and when"""
    case, now = found(request, pk, WORK), request.clock.now()
    initial = {"outcome": case.outcome, "outcome_on": case.outcome_on}
    form = OutcomeForm(_sent(request), initial=initial)

    def act() -> object:
        return services.set_outcome(
            case, form.cleaned_data["outcome"], form.cleaned_data["outcome_on"], by=request.user, now=now,
            confirmed_unusual=form.confirmed,
        )  # fmt: skip

    return _change(request, case, form, act, _("Kết cục"), _("Đã ghi kết cục."))


@requires(WORK)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def move(request: Request, pk: UUID) -> HttpResponse:
    """Where the patient is from now on"""
    case, now = found(request, pk, WORK), request.clock.now()
    scope = request.scope("places.view") if request.scope("places.view").paths else request.scope(WORK)
    form = TransferForm(_sent(request), scope=scope, initial={"from_at": local(now)})

    def act() -> object:
        given = form.cleaned_data
        return services.transfer(
            case, given["place"], given["from_at"], ward=given["ward"], severity=given["severity"], note=given["note"],
            by=request.user, now=now,
        )  # fmt: skip

    done = _("Đã ghi nơi điều trị.")
    return _change(request, case, form, act, _("Chuyển nơi điều trị"), done, facilities=facilities(scope))
