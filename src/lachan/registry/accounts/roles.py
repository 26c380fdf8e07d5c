"""Roles as data: what each may do, read from policies/roles.toml on the day asked for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import translation

from lachan.kernel import policies
from lachan.kernel.clock import local_day


@dataclass(frozen=True, slots=True)
class Role:
    """A role's titles and permissions. `place_only`: it is granted for one place, never for a unit."""

    name: str
    vi: str
    en: str
    permissions: frozenset[str]
    place_only: bool = False

    @property
    def title(self) -> str:
        """In the reader's language."""
        return self.en if (translation.get_language() or "vi").startswith("en") else self.vi


def roles(now: datetime) -> Mapping[str, Role]:
    """The roles in force on the Vietnamese day of `now`, by name, in the order of the file."""
    entry = policies.load("roles").at(local_day(now))
    return {name: _role(name, raw) for name, raw in entry["roles"].items()}


def _role(name: str, raw: Mapping[str, Any]) -> Role:
    return Role(name, raw["vi"], raw["en"], frozenset(raw["permissions"]), bool(raw.get("place_only", False)))


def all_permissions(now: datetime) -> frozenset[str]:
    """Every permission that some role carries."""
    return frozenset().union(*(role.permissions for role in roles(now).values()))
