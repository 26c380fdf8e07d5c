"""How often doors may be used."""

from __future__ import annotations

from datetime import timedelta

from lachan.gate.declarations.lookup.limits import Limit

MOVES = Limit(600, timedelta(minutes=10))
"""By address: a market's Wi-Fi is one address, and a made-up crowd is one too."""
