"""What a team's phone asks for: the list that it keeps for a round without a network, the notes that it brings, the page that stands
in for all others meanwhile."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import ensure_csrf_cookie
from django.views.decorators.http import require_POST, require_safe

from lachan.base.access import public, requires
from lachan.base.http import Request
from lachan.base.messages import text_of
from lachan.base.web_app import web_app
from lachan.kernel.clock import local_day
from lachan.kernel.errors import InvalidInput
from lachan.kernel.ids import is_uuid7
from lachan.registry.households import services
from lachan.registry.households.models import Household, Member, RoundNote, Team
from lachan.registry.households.round.views import GO, id_of, team_of, tell
from lachan.registry.households.selectors import listing
from lachan.registry.households.services import Seen
from lachan.registry.households.words import NEED_WORDS, SYMPTOM_WORDS
from lachan.registry.units import selectors as units

MOST_ITEMS, MOST_BYTES = 500, 1_000_000
LONGEST = timedelta(hours=12)
"""A shift: how long a phone may keep names after it last had them from here. Never longer than a sign-in."""


@public
@require_safe
def shell(request: Request) -> HttpResponse:
    """The round's page without anybody's data, for the service worker to keep: it opens without a network"""
    return render(request, "households/round_shell.html")


@public
@require_safe
def manifest(request: Request) -> HttpResponse:
    """The round as an app of its own on the phone's home screen"""
    return web_app(
        request,
        {
            "id": "/tuan/",
            "name": _("Lá Chắn – Đi thăm hộ"),
            "short_name": _("Đi thăm hộ"),
            "start_url": "/tuan/",
            "scope": "/tuan/",
        },
    )


@requires(GO)
@never_cache
@ensure_csrf_cookie
@require_safe
def data(request: Request) -> HttpResponseBase:
    """What the phone keeps for a round without a network, as JSON: the team's households, who lives there, today's notes; until when"""
    team = team_of(request)
    if team is None:
        return JsonResponse({"error": "no_team"}, status=404)
    now = request.clock.now()
    tell(request, team, now)
    houses = list(listing.of_team(team))
    ids = [house.pk for house in houses]
    people, notes = listing.living(ids, local_day(now)), listing.notes_of_day(ids, local_day(now))
    return JsonResponse(
        {
            "account": str(request.user.pk),
            "user": request.user.full_name,
            "team": str(team.pk),
            "name": team.name,
            "where": f"{team.hamlet.name}, {units.short_label(team.unit)}",
            "at": now.isoformat(),
            "until": (now + min(LONGEST, timedelta(seconds=settings.SESSION_COOKIE_AGE))).isoformat(),
            "symptoms": _in_both(SYMPTOM_WORDS),
            "needs": _in_both(NEED_WORDS),
            "households": [
                {
                    **_for_phone(house, people.get(house.pk, [])),
                    "notes": [_noted(note, request.user.pk) for note in notes.get(house.pk, [])],
                }
                for house in houses
            ],
        }
    )


def _in_both(words: Mapping[str, str | Promise]) -> dict[str, dict[str, str]]:
    """Each in every language: the reader may change it where there is no network."""
    told: dict[str, dict[str, str]] = {key: {} for key in words}
    for lang, _name in settings.LANGUAGES:
        with translation.override(lang):
            for key, text in words.items():
                told[key][lang] = str(text)
    return told


def _noted(note: RoundNote, user: UUID) -> dict[str, Any]:
    """That somebody was there today and how grave it was; not what was seen."""
    return {
        "id": str(note.pk),
        "at": note.occurred_at.isoformat(),
        "mine": note.made_by == user,
        "member": str(note.member_id or ""),
        "worry": note.worry,
    }


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
    """Notes of a round, kept once each however often they are sent: {"account", "items": […]} → {"results": [{"id", "status"}]}"""
    team = team_of(request)
    if team is None:
        return JsonResponse({"error": "no_team"}, status=409)
    told = _told(request)
    if told is None:
        return JsonResponse({"error": "malformed"}, status=422)
    account, items = told
    if account != str(request.user.pk):
        return JsonResponse({"error": "other_account"}, status=409)
    houses = {house.pk: house for house in listing.of_team(team)}
    results = [_take(request, team, houses, item) for item in items]
    return JsonResponse({"results": results})


def _told(request: Request) -> tuple[Any, list[Any]] | None:
    """Who made the notes, and the notes. A phone is shared: what one account noted is never kept under another's name."""
    if len(request.body) > MOST_BYTES:
        return None
    try:
        body = json.loads(request.body)
        account, items = body.get("account"), body.get("items")
    except (ValueError, RecursionError, AttributeError):
        return None
    return (account, items) if isinstance(items, list) and len(items) <= MOST_ITEMS else None


def _take(request: Request, team: Team, houses: Mapping[UUID, Household], item: Any) -> dict[str, Any]:
    """One note; whatever is wrong with it is told, and holds up no other."""
    item = item if isinstance(item, dict) else {}
    id = id_of(item.get("id"))
    try:
        if id is None or not is_uuid7(id):
            raise InvalidInput("malformed", field="id")
        house = houses.get(id_of(item.get("household")))  # type: ignore[arg-type]
        if house is None and _there(id, request.user.pk):
            return {"id": str(id), "status": "kept"}
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


def _there(id: UUID, user: UUID) -> bool:
    """It came before, and the household went to another team since."""
    return RoundNote.objects.filter(pk=id, made_by=user).exists()


def _member_of(house: Household, text: Any) -> Member | None:
    """Who it is about; someone who moved out since the phone was loaded, too."""
    if text in (None, ""):
        return None
    id = id_of(text)
    member = Member.objects.filter(pk=id, household=house).first() if id else None
    if member is None:
        raise InvalidInput("round_member", field="member")
    return member


def _seen(item: Mapping[str, Any]) -> Seen:
    temperature, absent, note = item.get("temperature"), item.get("absent"), item.get("note", "")
    refused = item.get("refused", False)
    if temperature is not None and (
        isinstance(temperature, bool) or not isinstance(temperature, int | float)
    ):
        raise InvalidInput("round_temperature", field="temperature")
    if not (absent is None or isinstance(absent, bool)) or not isinstance(note, str):
        raise InvalidInput("malformed", field="absent" if isinstance(note, str) else "note")
    if not isinstance(refused, bool):
        raise InvalidInput("malformed", field="refused")
    return Seen(temperature, _keys(item, "symptoms"), absent, _keys(item, "needs"), note, refused)


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
