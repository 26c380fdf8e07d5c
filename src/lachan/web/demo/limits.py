"""How small and how large a demo may be. Without Django: `lachan run` asks before it prepares anything."""

from __future__ import annotations

LEAST, MOST, LONGEST = 1, 5_000_000, 60  # people, people, days


def unfit(people: int, days: int = 14) -> str:
    """Why there can't be such a demo, in a sentence; "" if there can."""
    if LEAST <= people <= MOST and 1 <= days <= LONGEST:
        return ""
    return f"--people must be {LEAST} to {MOST:,}, --days 1 to {LONGEST}."
