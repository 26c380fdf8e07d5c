"""/cb/viec/: what waits, one task, and how much each officer and commune has."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.paging import Page
from lachan.base.templatetags.lachan import dmyhm
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.tasks import services
from lachan.outbreak.tasks.models import Task
from lachan.outbreak.tasks.selectors import page as pages
from lachan.outbreak.tasks.selectors.workers import SEE, workers
from lachan.outbreak.tasks.staff import rows
from lachan.outbreak.tasks.staff.forms import STATES, HandForm, NoteForm, TaskFilter
from lachan.outbreak.tasks.words import WHAT
from lachan.registry.audit.services import record
from lachan.registry.audit.words import names
from lachan.registry.units import selectors as units

NOTHING: Page[Task] = Page([], "", True)
JUST = timedelta(minutes=30)
WEEK = timedelta(days=7)
MOST_EXPORTED = 50_000


def _scopes(request: Request) -> pages.Scopes:
    scopes: pages.Scopes = request.user.scopes(request.clock.now())
    return scopes


def found(request: Request, pk: UUID) -> Task:
    """The task, if the reader may see it; 404 otherwise."""
    task = pages.visible(_scopes(request)).filter(pk=pk).first()
    if task is None:
        raise Http404
    return task


@requires(SEE)
@never_cache
@require_safe
def task_list(request: Request) -> HttpResponse:
    """What waits for the reader and for her units, most pressing first"""
    scopes, now, me = _scopes(request), request.clock.now(), request.user.pk
    form = TaskFilter(request.GET, request.scope(SEE))
    valid = form.is_valid()
    filters = form.filters() if valid else pages.Filters()
    page = pages.page(scopes, filters, me, now, request.GET.get("cursor", "")) if valid else NOTHING
    context = {
        "form": form,
        "page": page,
        "rows": rows.of(page.rows, request),
        "total": pages.rows(scopes, filters, me, now).count() if valid else 0,
        "counts": pages.counts(scopes, me, now),
        "filtered": not valid or any(form.cleaned_data.values()),
        "state": filters.state,
        "whose": names().actors([filters.officer]).get(filters.officer, "") if filters.officer else "",
        "just_done": rows.of(_just_done(scopes, request), request),
        "here": request.get_full_path(),
        "export_url": f"{reverse('tasks:export')}?{request.GET.urlencode()}",
    }
    return render(request, "tasks/list.html", context)


def _just_done(scopes: pages.Scopes, request: Request) -> list[Task]:
    """What the reader said to be done a moment ago, to take it back."""
    recent = pages.visible(scopes).filter(
        status=Task.Status.DONE, done_by=request.user.pk, done_at__gte=request.clock.now() - JUST
    )
    return [task for task in recent.order_by("-done_at")[:3] if pages.undoable(task, request.user.pk)]


@requires(SEE)
@never_cache
@require_safe
def task_page(request: Request, pk: UUID) -> HttpResponse:
    """One task: whose it is, until when, what was done with it"""
    return _page(request, found(request, pk))


def _page(
    request: Request, task: Task, hand: HandForm | None = None, note: NoteForm | None = None
) -> HttpResponse:
    [row] = rows.of([task], request)
    context = {
        "row": row,
        "task": task,
        "facts": _facts(row),
        "events": _steps(task),
        "hand": hand or HandForm(None, workers(task.permission, task.unit, request.clock.now())),
        "note": note or NoteForm(),
        "may_undo": pages.undoable(task, request.user.pk)
        and request.scope(task.permission).covers(task.unit),
        "here": reverse("tasks:task", args=[task.pk]),
        "crumbs": [(_("Việc cần làm"), reverse("tasks:list")), (row.kind, "")],
    }
    wrong = (hand is not None and hand.errors) or (note is not None and note.errors)
    return render(request, "tasks/task.html", context, status=422 if wrong else 200)


def _facts(row: rows.Row) -> list[tuple[str, Any]]:
    task = row.task
    priority = {1: _("Khẩn"), 2: _("Thường"), 3: _("Khi có thời gian")}.get(task.priority, task.priority)
    return [
        (_("Loại việc"), row.kind),
        (_("Đơn vị"), row.unit),
        (_("Mức ưu tiên"), priority),
        (_("Mở lúc"), dmyhm(task.made_at)),
        (_("Hạn"), dmyhm(task.due_at)),
        (_("Người làm"), row.assignee or _("chưa ai nhận")),
        (_("Đã báo lên"), row.up),
    ]


def _steps(task: Task) -> list[dict[str, Any]]:
    notes = pages.notes(task)
    people = names().actors({one for note in notes for one in (note.made_by, note.to_user) if one})
    return [
        {
            "title": _("%(what)s: %(who)s")
            % {"what": WHAT[note.what], "who": people.get(note.to_user, "") if note.to_user else ""}
            if note.what == "handed"
            else WHAT.get(note.what, note.what),
            "text": note.text,
            "by": people.get(note.made_by, "") if note.made_by else "",
            "at": note.made_at,
        }
        for note in notes
    ]


def _act(request: Request, pk: UUID, act: Callable[[Task], object], text: str) -> HttpResponse:
    """One step, and back to where the reader was."""
    try:
        act(found(request, pk))
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, text)
    return redirect(_back(request))


def _back(request: Request) -> str:
    asked = request.POST.get("next", "")
    if asked.startswith("/") and url_has_allowed_host_and_scheme(
        asked, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    ):
        return asked
    return reverse("tasks:list")


@requires(SEE)
@require_POST
def take(request: Request, pk: UUID) -> HttpResponse:
    """Take a task that nobody has"""
    now = request.clock.now()
    return _act(
        request, pk, lambda task: services.take(task, by=request.user, now=now), _("Việc này giờ là của bạn.")
    )


@requires(SEE)
@require_POST
def done(request: Request, pk: UUID) -> HttpResponse:
    """Say that it is done"""
    now, text = request.clock.now(), request.POST.get("text", "")[:500]
    return _act(
        request, pk, lambda task: services.done(task, by=request.user, now=now, text=text), _("Đã xong việc.")
    )


@requires(SEE)
@require_POST
def undo(request: Request, pk: UUID) -> HttpResponse:
    """Take one's own last step back"""
    now = request.clock.now()
    return _act(
        request,
        pk,
        lambda task: services.undo(task, by=request.user, now=now),
        _("Đã hoàn tác bước vừa rồi."),
    )


@requires(SEE)
@require_POST
def hand_over(request: Request, pk: UUID) -> HttpResponse:
    """Hand a task to a named colleague, with a word on how things stand"""
    task, now = found(request, pk), request.clock.now()
    form = HandForm(request.POST, workers(task.permission, task.unit, now))
    if form.is_valid():
        try:
            services.hand_over(task, form.chosen(), by=request.user, now=now, text=form.cleaned_data["text"])
        except InvalidInput as error:
            form.add_error(
                error.field if error.field in form.fields else None, text_of(error.code, error.params)
            )
        else:
            messages.success(request, _("Đã giao việc cho %(name)s.") % {"name": form.chosen().full_name})
            return redirect("tasks:task", task.pk)
    return _page(request, task, hand=form)


@requires(SEE)
@require_POST
def note(request: Request, pk: UUID) -> HttpResponse:
    """A word on how things stand"""
    task, form = found(request, pk), NoteForm(request.POST)
    if form.is_valid():
        try:
            services.note(task, form.cleaned_data["text"], by=request.user, now=request.clock.now())
        except InvalidInput as error:
            form.add_error(None, text_of(error.code, error.params))
        else:
            messages.success(request, _("Đã ghi."))
            return redirect("tasks:task", task.pk)
    return _page(request, task, note=form)


@requires(SEE)
@never_cache
@require_safe
def workload(request: Request) -> HttpResponse:
    """How much each officer and each commune has, and what was done in seven days"""
    scopes, now = _scopes(request), request.clock.now()
    officers = pages.by_officer(scopes, now - WEEK, now)
    called = names().actors({one.key for one in officers if one.key})
    context = {
        "officers": [(called.get(one.key, "") if one.key else "", one) for one in officers],
        "communes": [(units.label(one.key), one) for one in pages.by_commune(scopes, now - WEEK, now)],
        "counts": pages.counts(scopes, request.user.pk, now),
        "crumbs": [(_("Việc cần làm"), reverse("tasks:list")), (_("Khối lượng việc"), "")],
    }
    return render(request, "tasks/workload.html", context)


@requires(SEE)
@require_safe
def export(request: Request) -> HttpResponseBase:
    """The filtered list as a spreadsheet; leaves an event"""
    now, form = request.clock.now(), TaskFilter(request.GET, request.scope(SEE))
    filters = form.filters() if form.is_valid() else pages.Filters()
    wanted = pages.rows(_scopes(request), filters, request.user.pk, now).order_by("due_at", "id")
    shown = rows.of(list(wanted[:MOST_EXPORTED]), request)
    with transaction.atomic():
        record("tasks.exported", actor=request.user, subject_kind="task", data={"rows": len(shown)}, now=now)
    columns = [
        _("Việc"),
        _("Loại việc"),
        _("Đơn vị"),
        _("Hạn"),
        _("Quá hạn"),
        _("Người làm"),
        _("Tình trạng"),
    ]
    lines = (
        [
            row.title,
            row.kind,
            row.unit,
            row.task.due_at,
            row.late,
            row.assignee,
            str(STATES["" if row.task.status == Task.Status.OPEN else "done"]),
        ]
        for row in shown
    )
    return xlsx_response("viec-can-lam.xlsx", columns, lines, sheet=_("Việc cần làm"))
