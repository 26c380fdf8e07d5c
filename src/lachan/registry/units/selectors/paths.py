"""Units by path: names, labels, what is above, below, before and after, and which rows belong to one."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.conf import settings

from lachan.base.scope import Scope
from lachan.kernel.text import fold
from lachan.registry.units import sources, tree
from lachan.registry.units.models import Geometry, Unit

COMMUNE = Unit.Level.COMMUNE
_SHORT_KINDS = {"Thành phố": "TP", "Thị xã": "TX"}


def by_path(path: str) -> Unit | None:
    """The unit of a path, or None."""
    return tree.current().units.get(path)


def commune_of(code: str, structure: str | None = None) -> Unit | None:
    """The commune that bears a GSO code ("22327") in a structure; the installation's one by default."""
    index = tree.current().index(structure or settings.STRUCTURE)
    for entry in index.entries:
        if entry.unit.code == code and entry.unit.level == COMMUNE:
            return entry.unit
    return None


def ancestors(path: str) -> list[Unit]:
    """The units above, province first, without the unit itself."""
    return [unit for unit in tree.current().chain(path) if unit.path != path]


def children(path: str, structure: str | None = None) -> list[Unit]:
    """The units right below, by name; of a province in the structure of 2025, its communes. "" gives the provinces."""
    structure = structure or settings.STRUCTURE
    depth = path.count("/") + 1
    found = [
        entry.unit
        for entry in tree.current().index(structure).entries
        if entry.unit.path.startswith(path) and entry.unit.path.count("/") == depth
    ]
    return sorted(found, key=lambda unit: (fold(tree.names(unit, structure)[0]), unit.path))


def label(path: str, structure: str | None = None) -> str:
    """ "Phường Vĩnh Hòa, TP Nha Trang, Khánh Hòa"; the path itself when it isn't known, "" for "".

    `structure` decides only what a province is called that took another name when it was merged.
    """
    chain = tree.current().chain(path)
    if not chain or chain[-1].path != path:
        return path
    lowest = chain[-1]
    structure = lowest.structure if lowest.level > Unit.Level.PROVINCE else structure or settings.STRUCTURE
    return ", ".join(_part(unit, structure, last=unit is chain[-1]) for unit in reversed(chain))


def short_label(path: str) -> str:
    """The unit's own full name only, for lists inside one district."""
    unit = by_path(path)
    return tree.names(unit, unit.structure)[1] if unit else path


def _part(unit: Unit, structure: str, *, last: bool) -> str:
    name, full = tree.names(unit, structure)
    if unit.level == COMMUNE or (last and unit.level == Unit.Level.PROVINCE):
        return full
    if unit.level == Unit.Level.PROVINCE:
        return name
    return f"{_SHORT_KINDS[unit.kind]} {name}" if unit.kind in _SHORT_KINDS else full


def successors(path: str) -> list[tuple[Unit, bool]]:
    """The units of July 2025 that follow this one, each with whether it was divided among several."""
    return _linked(tree.current().after.get(path, []))


def predecessors(path: str) -> list[tuple[Unit, bool]]:
    """The units before July 2025 from which this one came, each with whether it was divided among several."""
    return _linked(tree.current().before.get(path, []))


def _linked(links: Sequence[tuple[str, bool]]) -> list[tuple[Unit, bool]]:
    return [(unit, divided) for path, divided in links if (unit := by_path(path))]


def scope_paths(path: str, on: date) -> tuple[str, ...]:
    """The paths whose rows belong to a unit on a day: its own, its predecessors', and, once they exist, those successors
    that hold nothing but what was already its own.

    So a commune of 2025 sees the rows of 2021; a district of 2021 sees the communes made of its own; but a commune
    that was merged with its neighbours doesn't come to see theirs.
    """
    found = {path}
    known = tree.current()
    merged = (
        on >= sources.CHANGE or path.count("/") > Unit.Level.PROVINCE
    )  # a province's code is the same before and after
    for before in _below(known.before, path) if merged else ():
        found.update(old for old, _ in known.before[before])
    for old in _below(known.after, path):
        found.update(new for new, _ in known.after[old] if _own_successor(known, path, new, on))
    return Scope.of(found).paths


def _below(links: tree.Links, path: str) -> list[str]:
    if path.count("/") == COMMUNE:
        return [path] if path in links else []
    return links.below(path)


def _own_successor(known: tree.Tree, path: str, new: str, on: date) -> bool:
    unit = known.units.get(new)
    if unit is None or on < unit.valid_from or unit.level == Unit.Level.PROVINCE:
        return False
    return all(old.startswith(path) for old, _ in known.before.get(new, []))


def communes_under(scope: Scope, structure: str | None = None) -> list[str]:
    """Paths of the communes inside a scope, in a structure (the installation's one by default), by path."""
    entries = tree.current().index(structure or settings.STRUCTURE).entries
    return [
        entry.unit.path for entry in entries if entry.unit.level == COMMUNE and scope.covers(entry.unit.path)
    ]


def geometry_of(path: str) -> Geometry | None:
    return Geometry.objects.filter(unit=path).first()


def with_geometry(paths: Sequence[str]) -> dict[str, str]:
    """path → kind of outline, for those that have one."""
    return dict(Geometry.objects.filter(unit__in=paths).values_list("unit_id", "kind"))
