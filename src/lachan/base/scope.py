"""Jurisdictions as sets of unit paths, and the range test that narrows a query to them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TypeVar

from django.db.models import Model, Q, QuerySet

M = TypeVar("M", bound=Model)


def after(path: str) -> str:
    """The smallest string that sorts after every path below `path` ("56/568/" → "56/5680")."""
    return path[:-1] + chr(ord(path[-1]) + 1)


@dataclass(frozen=True, slots=True)
class Scope:
    """The unit paths (each with everything below it) that someone may see. Empty means nothing."""

    paths: tuple[str, ...] = ()

    @classmethod
    def of(cls, paths: Iterable[str]) -> Scope:
        """Drops paths that stand below another one; refuses a path without its trailing slash."""
        kept: list[str] = []
        for path in sorted(set(paths)):
            if not path.endswith("/"):
                raise ValueError("a unit path ends in a slash")
            if not kept or not path.startswith(kept[-1]):
                kept.append(path)
        return cls(tuple(kept))

    def covers(self, path: str) -> bool:
        return any(path.startswith(own) for own in self.paths)

    def covers_any(self, *paths: str) -> bool:
        return any(self.covers(path) for path in paths if path)

    def intersect(self, path: str) -> Scope:
        """The part of the scope inside one unit."""
        if self.covers(path):
            return Scope((path,))
        return Scope(tuple(own for own in self.paths if own.startswith(path)))

    def q(self, *fields: str) -> Q:
        """A condition true where any of the path columns lies in the scope; false for an empty scope."""
        condition = Q(pk__in=[])
        for field in fields:
            for path in self.paths:
                condition |= Q(**{f"{field}__gte": path, f"{field}__lt": after(path)})
        return condition

    def narrow(self, rows: QuerySet[M], *fields: str) -> QuerySet[M]:
        return rows.filter(self.q(*fields)) if self.paths else rows.none()
