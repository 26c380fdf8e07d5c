"""Events in words. An app registers the titles of its kinds; the floors above say how a unit and an account are called."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from uuid import UUID

TITLES: dict[str, Any] = {}


def register(titles: Mapping[str, Any]) -> None:
    """Titles (translated lazily) of an app's kinds of event: {"place.created": _("Lập điểm")}."""
    TITLES.update(titles)


def title_of(kind: str) -> str:
    """The kind in words; its name where nobody gave it words."""
    return str(TITLES.get(kind, kind))


@dataclass(frozen=True, slots=True)
class Names:
    """What this floor can't know by itself: audit lies below units and accounts."""

    unit: Callable[[str], str]
    actors: Callable[[Iterable[UUID]], Mapping[UUID, str]]
    find_actors: Callable[[str], list[UUID]]


_names = Names(unit=str, actors=lambda ids: {}, find_actors=lambda text: [])


def use(names: Names) -> None:
    global _names
    _names = names


def names() -> Names:
    return _names
