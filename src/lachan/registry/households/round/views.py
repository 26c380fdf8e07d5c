"""/tuan/: a community team goes round its households, and sees no others. Pages that need no script; phone.py is for those that
run one."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import uuid7
from lachan.registry.audit.services import record
from lachan.registry.households import selectors, services
from lachan.registry.households.models import Household, Team
from lachan.registry.households.round.forms import SeenForm
from lachan.registry.households.selectors import listing
from lachan.registry.households.staff.households import told
from lachan.registry.households.staff.listing import WORRIES, WORRY_KINDS, paper
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

GO, VIEW = "households.round", "households.view"


def team_of(request: Request) -> Team | None:
    """The account's own team; whoever sees the households of a commune may go with any of its teams (`?to=`)."""
    own = selectors.team_of(request.user.pk)
    if own is not None and request.scope(GO).covers(own.unit):
        return own
    asked = id_of(request.GET.get("to", "") or request.POST.get("to", ""))
    scope = request.scope(VIEW)
    rows = (
        scope.narrow(Team.objects.filter(pk=asked, closed_at=None), "unit") if asked else Team.objects.none()
    )
    team = rows.select_related("hamlet").first()
    return team if team is not None and request.scope(GO).covers(team.unit) else None


def id_of(text: Any) -> UUID | None:
    """Null for what is none."""
    try:
        return UUID(str(text))
    except ValueError:
        return None


@requires(GO)
@never_cache
@require_safe
def rounds(request: Request) -> HttpResponse:
    """The team's households, those not seen today first"""
    team = team_of(request)
    if team is None:
        choices = listing.teams(request.scope(VIEW)).order_by("unit", "hamlet__folded", "first")[:200]
        return render(request, "households/round_none.html", {"teams": choices})
    now = request.clock.now()
    tell(request, team, now)
    houses = list(listing.of_team(team))
    today, people = local_day(now), listing.living([house.pk for house in houses], local_day(now))
    last = listing.last_notes([house.pk for house in houses])
    rows = [_row(house, people.get(house.pk, []), last.get(house.pk, []), today) for house in houses]
    context = {
        "team": team,
        "where": f"{team.hamlet.name}, {units.short_label(team.unit)}",
        "rows": sorted(rows, key=lambda row: row["seen"]),
        "done": sum(row["seen"] for row in rows),
    }
    return render(request, "households/round.html", context)


def _row(house: Household, people: list[Any], notes: list[Any], today: Any) -> dict[str, Any]:
    latest = max(notes, key=lambda note: note.occurred_at, default=None)
    fresh = [note for note in notes if local_day(note.occurred_at) == today]
    worst = min((note.worry for note in fresh), key=listing.GRAVE.index, default="")
    return {
        "house": house,
        "people": len(people),
        "seen": bool(fresh),
        "last": latest.occurred_at if latest else None,
        "kind": WORRY_KINDS.get(worst, "done" if fresh else ""),
        "words": WORRIES.get(worst, "") if fresh else "",
    }


def tell(request: Request, team: Team, now: datetime) -> None:
    """Who read the names of a team's households: once a page."""
    with transaction.atomic():
        record(
            "round.opened", actor=request.user, subject_kind="team", subject=team.pk, unit=team.unit, now=now
        )


def _house(request: Request, pk: UUID) -> tuple[Team, Household]:
    team = team_of(request)
    house = listing.of_team(team).filter(pk=pk).first() if team else None
    if team is None or house is None:
        raise Http404
    return team, house


@requires(GO)
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def house(request: Request, pk: UUID) -> HttpResponse:
    """One household: a form for each who lives there; POST keeps what was seen of one, or of the whole"""
    team, found = _house(request, pk)
    now = request.clock.now()
    people = listing.living([found.pk], local_day(now)).get(found.pk, [])
    wanted = id_of(request.POST.get("member", ""))
    member = next((one.member for one in people if one.member.pk == wanted), None)
    if wanted is not None and member is None:
        raise Http404
    given = request.POST if request.method == "POST" else None
    form = SeenForm(given, prefix=str(wanted or "all"), whole=wanted is None)
    if request.method == "POST" and form.is_valid():
        try:
            services.round_note(
                form.cleaned_data["id"],
                found,
                member,
                form.seen(),
                team=team,
                occurred_at=now,
                by=request.user,
                now=now,
            )
        except InvalidInput as error:
            refuse(form, error)
        else:
            messages.success(request, _("Đã ghi."))
            return redirect(request.get_full_path())
    notes = {note.member_id: note for note in listing.last_notes([found.pk]).get(found.pk, [])}
    context = {
        "team": team,
        "house": found,
        "own": selectors.team_of(request.user.pk) == team,
        "whole": _part(None, notes, form, wanted),
        "parts": [(one, _part(one.member.pk, notes, form, wanted)) for one in people],
    }
    return render(request, "households/round_house.html", context, status=422 if form.errors else 200)


def _part(member: UUID | None, notes: dict[Any, Any], form: SeenForm, wanted: UUID | None) -> dict[str, Any]:
    """A form for one of them, open with what was refused; and the last word."""
    mine = form.is_bound and wanted == member
    note = notes.get(member)
    fresh = SeenForm(prefix=str(member or "all"), initial={"id": uuid7()}, whole=member is None)
    return {
        "form": form if mine else fresh,
        "open": mine,
        "last": told(selectors.said_of(note)) if note else "",
        "at": note.occurred_at if note else None,
    }


@requires(GO)
@never_cache
@require_safe
def sheet(request: Request) -> HttpResponse:
    """The round on paper; leaves an event"""
    team = team_of(request)
    if team is None:
        return redirect("households:rounds")
    return paper(request, list(listing.of_team(team)), f"{_('Phiếu đi thăm')}: {team.name}", sheet=True)
