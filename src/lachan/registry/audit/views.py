"""The log, for those who may read it: their own jurisdiction, by kind, person and day."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet
from django.http import FileResponse, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_GET

from lachan.base import paging
from lachan.base.access import requires
from lachan.base.export import xlsx_response
from lachan.base.http import Request
from lachan.kernel.clock import local_day
from lachan.kernel.redact import redact
from lachan.registry.audit import selectors, services, words
from lachan.registry.audit.forms import FilterForm
from lachan.registry.audit.models import Event

VIEW = "audit.view"
MOST_EXPORTED = 100_000


def _chosen(request: Request) -> tuple[FilterForm, dict[str, Any], QuerySet[Event]]:
    form = FilterForm(request.GET or None, today=local_day(request.clock.now()))
    chosen, scope = form.chosen(), request.scope(VIEW)
    return form, chosen, selectors.events(scope, whole=scope.covers(f"{settings.PROVINCE}/"), **chosen)


@requires(VIEW)
@require_GET
def events(request: Request) -> HttpResponse:
    form, chosen, rows = _chosen(request)
    page = paging.by_id(rows, request.GET.get("cursor", ""))
    context = {
        "form": form,
        "first": chosen["first"],
        "last": chosen["last"],
        "page": page,
        "rows": list(shown(page.rows)),
        "export_url": f"export/?{request.GET.urlencode()}",
    }
    return render(request, "audit/list.html", context)


def shown(found: Iterable[Event]) -> Iterator[dict[str, Any]]:
    """Events in words, for a page or a chunk of an export. `raw`: the codes and ids behind the words."""
    rows = [(event, _entries(event)) for event in found]
    actors = words.names().actors(
        {event.actor for event, _entries_of in rows if event.actor}
        | {one for _event, entries in rows for value in entries.values() for one in words.ids_in(value)}
    )
    subjects = words.subject_names(
        (event.subject_kind, event.subject) for event, _entries_of in rows if event.subject is not None
    )
    for event, entries in rows:
        said = [words.said_of(key, value, event.kind, actors) for key, value in entries.items()]
        yield {
            "at": event.recorded_at,
            "title": words.title_of(event.kind),
            "kind": event.kind,
            "actor": actors.get(event.actor, "") if event.actor else "",
            "subject_kind": words.subject_of(event.subject_kind),
            "subject": event.subject,
            "name": subjects.get((event.subject_kind, event.subject), "") if event.subject else "",
            "unit": words.names().unit(event.unit) if event.unit else "",
            "data": [one for one in said if one],
            "told": [words.told(key, value, event.kind) for key, value in entries.items()],
            "raw": _raw(event, entries),
        }


def _entries(event: Event) -> dict[str, Any]:
    return {key: value for key, value in json.loads(event.data).items() if value not in (None, "", [])}


def _raw(event: Event, entries: dict[str, Any]) -> list[tuple[str, str]]:
    """For whoever must name an event exactly. The log holds nothing personal; a second look costs little."""
    head = [
        (_("mã sự kiện"), str(event.pk)),
        (_("mã việc"), event.kind),
        (_("mã người làm"), str(event.actor or "")),
        (_("mã đối tượng"), f"{event.subject_kind} {event.subject or ''}".strip()),
        (_("mã đơn vị"), event.unit),
    ]
    data = [(key, value if isinstance(value, str) else json.dumps(value)) for key, value in entries.items()]
    return [(key, redact(value)) for key, value in [*head, *data] if value]


@requires(VIEW)
@require_GET
def export(request: Request) -> FileResponse:
    """The filtered events, newest first, at most 100,000; that they were taken is itself an event."""
    _form, chosen, rows = _chosen(request)
    now, scope = request.clock.now(), request.scope(VIEW)
    columns = (
        _("Lúc"),
        _("Việc"),
        _("Mã việc"),
        _("Người làm"),
        _("Đối tượng"),
        _("Mã đối tượng"),
        _("Đơn vị"),
        _("Chi tiết"),
    )
    with transaction.atomic():
        data = {"first": chosen["first"], "last": chosen["last"], "kind": chosen["kind"]}
        services.record("audit.exported", actor=request.user, unit=scope.paths[0], data=data, now=now)
    return xlsx_response("nhat-ky.xlsx", columns, _lines(rows))


def _lines(rows: QuerySet[Event]) -> Iterator[tuple[Any, ...]]:
    cursor, left = "", MOST_EXPORTED
    while left > 0:
        page = paging.by_id(rows, cursor, size=1000)
        for row in shown(page.rows[:left]):
            detail = "; ".join(f"{key}: {value}" for key, value in row["told"])
            subject = str(row["subject"] or "")
            yield (
                row["at"],
                row["title"],
                row["kind"],
                row["actor"],
                row["subject_kind"],
                subject,
                row["unit"],
                detail,
            )
        left -= len(page.rows)
        cursor = page.next
        if not cursor:
            return
