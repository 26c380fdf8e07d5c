"""What the floors above show on a person's page: each registers an address that gives a piece of a page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Panel:
    """`address`: from the person's id to the piece's address. Shown to whoever holds the permission."""

    title: str | Promise
    permission: str
    address: Callable[[UUID], str]


_panels: dict[str, Panel] = {}


def register(name: str, panel: Panel) -> None:
    """Once, in an AppConfig's ready()."""
    _panels[name] = panel


def registered() -> list[Panel]:
    return list(_panels.values())
