"""What may show that two people met: one module a kind of evidence, each with `find(ask) -> Iterator[Found]`.

A new kind is a module beside its neighbours, added to FINDERS: Bluetooth (`Exposure.Kind.PROXIMITY`) will be one. What an
interview tells and what an officer adds by hand is written by services, since there is nothing to look for.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime

from lachan.outbreak.tracing.evidence.ask import Ask, Found
from lachan.outbreak.tracing.evidence.homes import find as homes
from lachan.outbreak.tracing.evidence.vehicles import find as vehicles
from lachan.outbreak.tracing.evidence.visits import find as visits
from lachan.outbreak.tracing.evidence.work import find as work

__all__ = ["FINDERS", "Ask", "Found", "everything"]

FINDERS: tuple[Callable[[Ask], Iterator[Found]], ...] = (visits, homes, work, vehicles)


def everything(ask: Ask, apart: datetime | None = None) -> list[Found]:
    """All that is found of one person in one window. `apart`: from when on she was isolated, and met nobody but those she
    lives with."""
    away = ask if apart is None else replace(ask, until=min(ask.until, apart))
    asked = [(find, ask if find is homes else away) for find in FINDERS]
    return [one for find, its in asked if its.since < its.until for one in find(its)]
