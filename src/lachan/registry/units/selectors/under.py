"""Every unit inside a scope, for queries that ask each unit's own index instead of a range of units."""

from __future__ import annotations

from bisect import bisect_left

from lachan.base.scope import Scope, after
from lachan.registry.units import tree

_sorted: tuple[tree.Tree, list[str]] | None = None


def paths_under(scope: Scope) -> list[str]:
    """Every unit of every structure in the scope, itself included; nothing when a part of it isn't a known unit."""
    global _sorted
    current = tree.current()
    if _sorted is None or _sorted[0] is not current:
        _sorted = current, sorted(current.units)
    paths, found = _sorted[1], list[str]()
    for own in scope.paths:
        if own not in current.units:
            return []
        found += paths[bisect_left(paths, own) : bisect_left(paths, after(own))]
    return found
