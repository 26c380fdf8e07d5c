"""Teams, and what their rounds found."""

from __future__ import annotations

import json
from uuid import UUID

from lachan.registry.households.models import RoundNote, Team, TeamMember
from lachan.registry.households.services.rounds import Seen


def team_of(user: UUID) -> Team | None:
    """The open team with which an account goes round."""
    row = (
        TeamMember.objects.filter(user=user, until=None, team__closed_at=None)
        .select_related("team", "team__hamlet")
        .first()
    )
    return row.team if row else None


def said_of(note: UUID | RoundNote) -> Seen:
    """What a note says, unsealed. Raises RoundNote.DoesNotExist."""
    row = note if isinstance(note, RoundNote) else RoundNote.objects.get(pk=note)
    said = json.loads(row.said or "{}")
    return Seen(
        said.get("temperature"),
        tuple(said.get("symptoms", ())),
        said.get("absent"),
        tuple(said.get("needs", ())),
        said.get("note", ""),
        said.get("refused", False),
    )
