"""Chains as a drawing and as a table, and where a case may come from."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.templatetags.lachan import dmy, dmyhm
from lachan.kernel.errors import InvalidInput
from lachan.outbreak.cases.models import Case
from lachan.outbreak.cases.services import update_case
from lachan.outbreak.tracing.drawing import draw
from lachan.outbreak.tracing.models import Contact
from lachan.outbreak.tracing.selectors.chain import Candidate, Chain, chain, infected_between, sources_of
from lachan.outbreak.tracing.selectors.identity import aliases_of_many
from lachan.outbreak.tracing.selectors.infectious import infected_by_alias
from lachan.outbreak.tracing.selectors.ranked import contacts_of
from lachan.outbreak.tracing.selectors.reasons import length
from lachan.outbreak.tracing.staff.common import VIEW, called, case_or_404, crumbs, slice_of
from lachan.registry.places.models import Place

EDIT = "cases.work"
MOST_DRAWN = 60


@requires(VIEW)
@never_cache
@require_safe
def page(request: Request, case: UUID) -> HttpResponse:
    """Everyone reached from a case, as a graph and as a table with the path to each"""
    row = case_or_404(request, case)
    found = chain(row)
    order = sorted(
        found.levels, key=lambda node: (node not in found.own, found.levels[node].level, str(node))
    )
    names = _names(request, row, found)
    shown = slice_of(order, request.GET.get("cursor", ""), str)
    links = _links(row, found, names)
    drawn = order[:MOST_DRAWN]
    context = {
        "case": row,
        "chain": found,
        "counts": [(f"F{level}", found.count(level)) for level in (1, 2, 3)],
        "drawing": draw(
            [(node, found.levels[node].level, names[node], links.get(node, "")) for node in drawn],
            [step for step in found.steps if step[0] in drawn and step[1] in drawn],
        ),
        "left_out": len(order) - len(drawn),
        "rows": [_row(node, found, names, links) for node in shown.rows],
        "page": shown,
        "crumbs": crumbs(row, (_("Chuỗi lây"), "")),
    }
    return render(request, "tracing/chain.html", context)


def _names(request: Request, case: Case, found: Chain) -> dict[UUID, str]:
    """Cases by their codes, everybody else by the contact's code or the revealed name."""
    known = aliases_of_many(found.levels)
    who = called(request, {node: min(aliases) for node, aliases in known.items()})
    names = {node: str(one) for node, one in who.items()}
    for node, its in _cases(found, known, case.disease).items():
        names[node] = its.code
    return {**names, **dict.fromkeys(found.own, case.code)}


def _cases(found: Chain, known: dict[UUID, set[UUID]], disease: str) -> dict[UUID, Case]:
    of = {
        alias: node for node, aliases in known.items() for alias in aliases if found.levels[node].level == 0
    }
    return {of[alias]: cases[-1] for alias, cases in infected_by_alias(list(of), disease).items()}


def _links(case: Case, found: Chain, names: dict[UUID, str]) -> dict[UUID, str]:
    known = aliases_of_many(found.levels)
    nodes = {alias: node for node, aliases in known.items() for alias in aliases}
    rows: dict[UUID, Contact] = contacts_of(nodes, case.disease)
    links = {node: reverse("tracing:contact", args=[row.pk]) for node, row in rows.items()}
    cases = _cases(found, known, case.disease)
    links |= {node: reverse("tracing:case", args=[one.pk]) for node, one in cases.items()}
    return links


def _row(node: UUID, found: Chain, names: dict[UUID, str], links: dict[UUID, str]) -> dict[str, Any]:
    level = found.levels[node]
    return {
        "name": names[node],
        "url": links.get(node, ""),
        "level": f"F{level.level}",
        "path": " → ".join(names.get(each, "…") for each in level.path),
        "first": level.first,
        "last": level.last,
    }


@requires(VIEW)
@never_cache
@require_safe
def sources(request: Request, case: UUID) -> HttpResponse:
    """Who may have infected a case: whoever it met before, those who were infectious then first"""
    row = case_or_404(request, case)
    may_edit = request.scope(EDIT).covers_any(row.unit, row.reported_by)
    found = sources_of(row, request.clock.now())
    shown = slice_of(found, request.GET.get("cursor", ""), lambda one: one.node)
    who = called(request, {one.node: one.alias for one in shown.rows})
    ids = {each.place for one in shown.rows for each in one.found if each.place}
    places = dict(Place.objects.filter(pk__in=ids).values_list("pk", "name"))
    between = infected_between(row)
    context = {
        "case": row,
        "between": between,
        "rows": [(one, who[one.node], _reasons(one, places), round(100 * one.score)) for one in shown.rows],
        "page": shown,
        "total": len(found),
        "source": Case.objects.filter(pk=row.source_case).first() if row.source_case else None,
        "may_edit": may_edit,
        "crumbs": crumbs(row, (_("Nguồn lây"), "")),
    }
    return render(request, "tracing/sources.html", context)


@requires(EDIT)
@require_POST
def choose(request: Request, case: UUID) -> HttpResponse:
    """Note one of the cases found as the source of a case"""
    row, now = case_or_404(request, case, EDIT), request.clock.now()
    wanted = request.POST.get("source", "")
    known = {str(one.case.pk): one.case for one in sources_of(row, now) if one.case is not None}
    if wanted not in known:
        messages.warning(request, _("Ca này không nằm trong những ca đã gặp trước đó."))
        return redirect("tracing:sources", row.pk)
    try:
        update_case(row, {"source_case": known[wanted].pk}, by=request.user, now=now)
    except InvalidInput as error:
        messages.error(request, text_of(error.code, error.params))
    else:
        messages.success(request, _("Đã ghi nguồn lây."))
    return redirect("tracing:sources", row.pk)


def _reasons(one: Candidate, places: dict[UUID, str]) -> list[str]:
    said = []
    for each in one.found:
        where = places.get(each.place, "") if each.place else ""
        parts = [f"{each.kind.label}: {where}" if where else str(each.kind.label)]
        if each.overlap_s:
            parts.append(_("cùng lúc %(length)s") % {"length": length(each.overlap_s)})
        parts.append(_("lần cuối %(when)s") % {"when": dmyhm(each.to_at)})
        said.append(", ".join(parts))
    if one.case is not None:
        start = one.case.onset or one.case.sampled_on
        said.append(
            _("khởi phát hoặc lấy mẫu %(day)s") % {"day": dmy(start)}
            if start
            else _("chưa rõ ngày khởi phát")
        )
    return said
