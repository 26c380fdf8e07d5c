"""Community teams: which households each goes to, and who goes."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lachan.kernel.errors import InvalidInput
from lachan.kernel.text import clean_line
from lachan.registry.audit.services import record
from lachan.registry.households.identity import at
from lachan.registry.households.models import Hamlet, Team, TeamMember

SIZE = 65
"""Households a team: between 60 and 70, as the teams of 2021 were set up."""
MOST_NAME = 80


@transaction.atomic
def make_team(hamlet: Hamlet, name: str, first: int, last: int, *, by: Any = None, now: datetime) -> Team:
    """A team for households `first` to `last` of a hamlet. Raises InvalidInput: `team_name`, `team_range`, `team_overlap`."""
    name = at("name", lambda: clean_line(name, MOST_NAME))
    if not name:
        raise InvalidInput("team_name", field="name")
    if not 1 <= first <= last:
        raise InvalidInput("team_range", field="last")
    Hamlet.objects.select_for_update().get(pk=hamlet.pk)
    if Team.objects.filter(hamlet=hamlet, closed_at=None, first__lte=last, last__gte=first).exists():
        raise InvalidInput("team_overlap", field="first")
    row = Team.objects.create(unit=hamlet.unit, hamlet=hamlet, name=name, first=first, last=last)
    _tell("team.made", row, by, now)
    return row


@transaction.atomic
def split_into_teams(hamlet: Hamlet, *, size: int = SIZE, by: Any = None, now: datetime) -> list[Team]:
    """Teams for the households of a hamlet that no team goes to yet: evenly, none above `size` households."""
    taken = list(Team.objects.filter(hamlet=hamlet, closed_at=None))
    open_ = hamlet.households.filter(closed_at=None).order_by("number").values_list("number", flat=True)
    free = [number for number in open_ if not any(team.first <= number <= team.last for team in taken)]
    made: list[Team] = []
    for run in _runs(free, taken):
        parts = -(-len(run) // size)
        for part in range(parts):
            some = run[part * len(run) // parts : (part + 1) * len(run) // parts]
            number = len(taken) + len(made) + 1
            name = _("Tổ %(number)s, %(hamlet)s") % {"number": number, "hamlet": hamlet.name}
            made.append(make_team(hamlet, name[:MOST_NAME], some[0], some[-1], by=by, now=now))
    return made


def _runs(free: list[int], taken: list[Team]) -> list[list[int]]:
    """The free numbers, parted where another team's range lies between."""
    runs: list[list[int]] = []
    for number in free:
        last = runs[-1][-1] if runs else None
        if last is not None and not any(last < team.first < number for team in taken):
            runs[-1].append(number)
        else:
            runs.append([number])
    return runs


@transaction.atomic
def close_team(team: Team, *, by: Any, now: datetime) -> bool:
    """The team goes round no more; its people are free. False when it was closed already."""
    closed = Team.objects.filter(pk=team.pk, closed_at=None).update(closed_at=now)
    if closed:
        TeamMember.objects.filter(team=team, until=None).update(until=now)
        _tell("team.closed", team, by, now)
    return bool(closed)


@transaction.atomic
def bind(team: Team, user: UUID, *, by: Any, now: datetime) -> TeamMember:
    """The account goes round with this team, and with no other any more."""
    team = Team.objects.select_for_update().get(pk=team.pk)
    if team.closed_at is not None:
        raise InvalidInput("team_closed")
    TeamMember.objects.filter(user=user, until=None).exclude(team=team).update(until=now)
    row, made = TeamMember.objects.get_or_create(team=team, user=user, until=None, defaults={"since": now})
    if made:
        _tell("team.joined", team, by, now, to=str(user))
    return row


@transaction.atomic
def unbind(team: Team, user: UUID, *, by: Any, now: datetime) -> bool:
    left = TeamMember.objects.filter(team=team, user=user, until=None).update(until=now)
    if left:
        _tell("team.left", team, by, now, to=str(user))
    return bool(left)


def _tell(kind: str, row: Team, by: Any, now: datetime, **data: Any) -> None:
    record(kind, actor=by, subject_kind="team", subject=row.pk, unit=row.unit, data=data, now=now)
