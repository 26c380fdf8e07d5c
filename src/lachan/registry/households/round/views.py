"""/tuan/: a community team goes round its households, and sees no others. Notes come one by one or, from a phone that had no
network, many at a time; each is kept once."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from lachan.base.access import requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import is_uuid7, uuid7
from lachan.registry.audit.services import record
from lachan.registry.households import selectors, services
from lachan.registry.households.models import Household, Member, Team
from lachan.registry.households.round.forms import SeenForm
from lachan.registry.households.selectors import listing
from lachan.registry.households.services import Seen
from lachan.registry.households.staff.households import told
from lachan.registry.households.staff.listing import WORRIES, WORRY_KINDS, paper
from lachan.registry.households.words import NEED_WORDS, SYMPTOM_WORDS
from lachan.registry.units import selectors as units
from lachan.registry.units.forms import refuse

GO, VIEW = "households.round", "households.view"
MOST_ITEMS, MOST_BYTES = 500, 1_000_000


def team_of(request: Request) -> Team | None:
    """The account's own team; whoever sees the households of a commune may go with any of its teams (`?to=`)."""
    own = selectors.team_of(request.user.pk)
    if own is not None and request.scope(GO).covers(own.unit):
        return own
    asked = _id(request.GET.get("to", "") or request.POST.get("to", ""))
    scope = request.scope(VIEW)
    rows = (
        scope.narrow(Team.objects.filter(pk=asked, closed_at=None), "unit") if asked else Team.objects.none()
    )
    team = rows.select_related("hamlet").first()
    return team if team is not None and request.scope(GO).covers(team.unit) else None


def _id(text: Any) -> UUID | None:
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
    _tell(request, team, now)
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


def _tell(request: Request, team: Team, now: datetime) -> None:
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
    wanted = _id(request.POST.get("member", ""))
    member = next((one.member for one in people if one.member.pk == wanted), None)
    if wanted is not None and member is None:
        raise Http404
    form = SeenForm(request.POST if request.method == "POST" else None, prefix=str(wanted or "all"))
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
    return {
        "form": form if mine else SeenForm(prefix=str(member or "all"), initial={"id": uuid7()}),
        "open": mine,
        "last": told(selectors.said_of(note)) if note else "",
        "at": note.occurred_at if note else None,
    }


@requires(GO)
@never_cache
@require_safe
def data(request: Request) -> HttpResponseBase:
    """What the phone keeps for a round without a network, as JSON: the team's households and who lives there"""
    team = team_of(request)
    if team is None:
        return JsonResponse({"error": "no_team"}, status=404)
    now = request.clock.now()
    _tell(request, team, now)
    houses = list(listing.of_team(team))
    people = listing.living([house.pk for house in houses], local_day(now))
    return JsonResponse(
        {
            "team": str(team.pk),
            "name": team.name,
            "where": f"{team.hamlet.name}, {units.short_label(team.unit)}",
            "at": now.isoformat(),
            "symptoms": {key: str(words) for key, words in SYMPTOM_WORDS.items()},
            "needs": {key: str(words) for key, words in NEED_WORDS.items()},
            "households": [_for_phone(house, people.get(house.pk, [])) for house in houses],
        }
    )


def _for_phone(house: Household, people: list[listing.Living]) -> dict[str, Any]:
    return {
        "id": str(house.pk),
        "number": house.number,
        "head": house.head,
        "address": house.address,
        "members": [{"id": str(one.member.pk), "name": one.name, "age": one.age} for one in people],
    }


@requires(GO)
@require_POST
def take(request: Request) -> HttpResponseBase:
    """Notes of a round, kept once each however often they are sent: {"items": […]} → {"results": [{"id", "status"}]}"""
    team = team_of(request)
    if team is None:
        return JsonResponse({"error": "no_team"}, status=409)
    items = _items(request)
    if items is None:
        return JsonResponse({"error": "malformed"}, status=422)
    houses = {house.pk: house for house in listing.of_team(team)}
    results = [_take(request, team, houses, item) for item in items]
    return JsonResponse({"results": results})


def _items(request: Request) -> list[Any] | None:
    if len(request.body) > MOST_BYTES:
        return None
    try:
        items = json.loads(request.body).get("items")
    except (ValueError, RecursionError, AttributeError):
        return None
    return items if isinstance(items, list) and len(items) <= MOST_ITEMS else None


def _take(request: Request, team: Team, houses: Mapping[UUID, Household], item: Any) -> dict[str, Any]:
    """One note; whatever is wrong with it is told, and holds up no other."""
    item = item if isinstance(item, dict) else {}
    id = _id(item.get("id"))
    try:
        if id is None or not is_uuid7(id):
            raise InvalidInput("malformed", field="id")
        house = houses.get(_id(item.get("household")))  # type: ignore[arg-type]
        if house is None:
            raise InvalidInput("round_household", field="household")
        services.round_note(
            id,
            house,
            _member_of(house, item.get("member")),
            _seen(item),
            team=team,
            occurred_at=_moment(item.get("occurred_at")),
            by=request.user,
            now=request.clock.now(),
        )
    except InvalidInput as error:
        said = text_of(error.code, error.params)
        return {
            "id": str(id or ""),
            "status": "refused",
            "field": error.field,
            "code": error.code,
            "message": said,
        }
    return {"id": str(id), "status": "kept"}


def _member_of(house: Household, text: Any) -> Member | None:
    """Who it is about; someone who moved out since the phone was loaded, too."""
    if text in (None, ""):
        return None
    id = _id(text)
    member = Member.objects.filter(pk=id, household=house).first() if id else None
    if member is None:
        raise InvalidInput("round_member", field="member")
    return member


def _seen(item: Mapping[str, Any]) -> Seen:
    temperature, absent, note = item.get("temperature"), item.get("absent"), item.get("note", "")
    if temperature is not None and (
        isinstance(temperature, bool) or not isinstance(temperature, int | float)
    ):
        raise InvalidInput("round_temperature", field="temperature")
    if not (absent is None or isinstance(absent, bool)) or not isinstance(note, str):
        raise InvalidInput("malformed", field="absent" if isinstance(note, str) else "note")
    return Seen(temperature, _keys(item, "symptoms"), absent, _keys(item, "needs"), note)


def _keys(item: Mapping[str, Any], name: str) -> tuple[str, ...]:
    found = item.get(name, [])
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found) or len(found) > 20:
        raise InvalidInput("round_unknown", field=name)
    return tuple(dict.fromkeys(found))


def _moment(text: Any) -> datetime:
    try:
        found = datetime.fromisoformat(text)
    except (TypeError, ValueError):
        found = None
    if found is None or found.tzinfo is None:
        raise InvalidInput("malformed", field="occurred_at")
    return found


@requires(GO)
@never_cache
@require_safe
def sheet(request: Request) -> HttpResponse:
    """The round on paper; leaves an event"""
    team = team_of(request)
    if team is None:
        return redirect("households:rounds")
    return paper(request, list(listing.of_team(team)), f"{_('Phiếu đi thăm')}: {team.name}", sheet=True)
