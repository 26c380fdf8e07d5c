"""Questions about households, who lives together, and rounds."""

from lachan.registry.households.selectors.living import (
    AtRisk,
    at_risk,
    household_of,
    in_outline,
    members_of,
    members_with,
    unplaced,
)
from lachan.registry.households.selectors.rounds import said_of, team_of

__all__ = [
    "AtRisk",
    "at_risk",
    "household_of",
    "in_outline",
    "members_of",
    "members_with",
    "said_of",
    "team_of",
    "unplaced",
]
