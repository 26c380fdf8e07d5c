"""Hamlets, households, who lives in them, teams and their rounds."""

from lachan.registry.households.services.members import add_person, change_member, move_in, move_out
from lachan.registry.households.services.rounds import Seen, round_note
from lachan.registry.households.services.teams import bind, close_team, make_team, split_into_teams, unbind
from lachan.registry.households.services.write import (
    change_household,
    close_household,
    ensure_hamlet,
    ensure_household,
)

__all__ = [
    "Seen",
    "add_person",
    "bind",
    "change_household",
    "change_member",
    "close_household",
    "close_team",
    "ensure_hamlet",
    "ensure_household",
    "make_team",
    "move_in",
    "move_out",
    "round_note",
    "split_into_teams",
    "unbind",
]
