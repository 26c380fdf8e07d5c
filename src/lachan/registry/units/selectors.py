"""Questions about units and agencies. The wire form of a unit is its path, `56/568/22327/`."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from datetime import date

from django.conf import settings
from django.db.models import Q, QuerySet

from lachan.base.scope import Scope
from lachan.kernel.text import fold, nfc
from lachan.registry.units import sources, tree
from lachan.registry.units.models import Agency, Geometry, Placement, Unit
from lachan.registry.units.tree import Entry

COMMUNE = Unit.Level.COMMUNE
MOST_TYPED = 100
MOST_RANKED = 800
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


def _below(links: dict[str, list[tuple[str, bool]]], path: str) -> list[str]:
    if path.count("/") == COMMUNE:
        return [path] if path in links else []
    return [other for other in links if other.startswith(path)]


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


def search(
    text: str,
    structure: str | None = None,
    limit: int = 10,
    within: str | Scope | None = None,
    *,
    level: int | None = COMMUNE,
) -> list[Unit]:
    """Units for what someone types, with or without accents, words in any order, the last ones cut short.

    Best first: words of the unit's own name before words of those above it; the typed accents; the installation's own
    province; the whole name before its beginning. `level` None: provinces and districts too. A code finds its unit.
    """
    structure = structure or settings.STRUCTURE
    words = fold(text[:MOST_TYPED]).replace(",", " ").split()
    if not words:
        return []
    index = tree.current().index(structure)
    if len(words) == 1 and words[0].isdigit() and len(words[0]) >= 2:
        return [entry.unit for entry in index.entries if _is_code(entry, words[0], level, within)][:limit]
    numbers = set.intersection(*(index.starting(word) for word in words))
    entries = [index.entries[number] for number in numbers]
    kept = _nearest([entry for entry in entries if _wanted(entry, level, within)], limit)
    typed = nfc(text[:MOST_TYPED]).casefold().replace(",", " ").split()
    kept.sort(key=lambda entry: _rank(entry, words, typed))
    return [entry.unit for entry in kept[:limit]]


def _nearest(entries: list[Entry], limit: int) -> list[Entry]:
    """Two letters that thousands of names share: only the installation's own province, when that fills the list."""
    if len(entries) <= MOST_RANKED:
        return entries
    own = [entry for entry in entries if entry.unit.path.startswith(_home())]
    return own if len(own) >= limit else entries


def _is_code(entry: Entry, code: str, level: int | None, within: str | Scope | None) -> bool:
    return entry.unit.code == code and _wanted(entry, level, within)


def _wanted(entry: Entry, level: int | None, within: str | Scope | None) -> bool:
    if level is not None and entry.unit.level != level:
        return False
    if within is None:
        return True
    return within.covers(entry.unit.path) if isinstance(within, Scope) else entry.unit.path.startswith(within)


def _rank(entry: Entry, words: list[str], typed: list[str]) -> tuple[int, int, bool, int, str, str]:
    away = not entry.unit.path.startswith(_home())
    return (
        _reading(entry, words),
        _wrong_accents(entry, typed),
        away,
        _shape(entry, words),
        entry.name,
        entry.unit.path,
    )


def _home() -> str:
    return f"{settings.PROVINCE}/"


def _reading(entry: Entry, words: list[str]) -> int:
    """How the words can be read: 0 all of the unit's own name; 1 its name, then a name above it (or only that one);
    2 words from here and there."""
    if all(any(own.startswith(word) for own in entry.own) for word in words):
        return 0
    for end in range(len(words)):
        head, rest = " ".join(words[:end]), " ".join(words[end:])
        if f" {entry.full}".find(f" {head}") >= 0 and any(
            name.startswith(rest) for name in entry.above_names
        ):
            return 1
    return 2


def _shape(entry: Entry, words: list[str]) -> int:
    query = " ".join(words)
    return 0 if query in (entry.name, entry.full) else 1 if f" {entry.full}".find(f" {query}") >= 0 else 2


def _wrong_accents(entry: Entry, typed: list[str]) -> int:
    """How many typed words bear accents that no word of the name bears. Words typed without any never count."""
    return sum(not word.isascii() and not any(_bears(own, word) for own in entry.accented) for word in typed)


def _bears(own: str, typed: str) -> bool:
    # hoà and hòa: the same letters and marks, the tone in another place.
    return own.startswith(typed) or sorted(unicodedata.normalize("NFD", own)) == sorted(
        unicodedata.normalize("NFD", typed)
    )


def match(
    text: str, structure: str | None = None, *, parent: str = "", within: Scope | None = None
) -> list[Unit]:
    """The communes that a cell of a table may mean: by path, by code, or by exact folded name with or without its kind.

    `parent` narrows by a folded district or province name. Names in the installation's province win over others.
    """
    structure = structure or settings.STRUCTURE
    text = text.strip()
    unit = (
        by_path(text)
        if text.endswith("/")
        else commune_of(text.zfill(5), structure)
        if text.isdigit()
        else None
    )
    if unit is not None:
        return [unit] if unit.level == COMMUNE and tree.belongs(unit, structure) else []
    head, _, rest = text.partition(",")
    above = fold(f"{rest} {parent}".replace(",", " ")).replace(".", " ").split()
    found = [entry for entry in _named(fold(head), structure) if _above(entry, above)]
    inside = [entry.unit for entry in found if within is None or within.covers(entry.unit.path)]
    own = [unit for unit in inside if unit.path.startswith(_home())]
    return own or inside


def _named(folded: str, structure: str) -> list[Entry]:
    folded = _spelt_out(folded)
    index = tree.current().index(structure)
    numbers = index.starting(folded.split()[0]) if folded else set()
    entries = [index.entries[number] for number in sorted(numbers)]
    return [entry for entry in entries if entry.unit.level == COMMUNE and folded in (entry.name, entry.full)]


def _spelt_out(folded: str) -> str:
    """ "p. vinh hoa" and "tt van gia" as lists of offices have them."""
    for short, long in (
        ("p.", "phuong "),
        ("x.", "xa "),
        ("tt.", "thi tran "),
        ("tt ", "thi tran "),
        ("p ", "phuong "),
    ):
        if folded.startswith(short):
            return " ".join((long + folded[len(short) :]).split())
    return folded


_NOISE = {"tp", "tx", "thanh", "pho", "thi", "xa", "huyen", "quan", "tinh", "q", "h", "t"}


def _above(entry: Entry, words: list[str]) -> bool:
    return all(word in entry.above or word in _NOISE for word in words)


def geometry_of(path: str) -> Geometry | None:
    return Geometry.objects.filter(unit=path).first()


def with_geometry(paths: Sequence[str]) -> dict[str, str]:
    """path → kind of outline, for those that have one."""
    return dict(Geometry.objects.filter(unit__in=paths).values_list("unit_id", "kind"))


def agencies(scope: Scope, on: date, text: str = "") -> QuerySet[Agency]:
    """Agencies in force on a day inside a scope, by name; every typed word must begin a word of the name."""
    rows = scope.narrow(Agency.objects.filter(_in_force(on)), "unit").select_related("parent")
    for word in fold(text[:MOST_TYPED]).split():
        rows = rows.filter(Q(folded__startswith=word) | Q(folded__contains=f" {word}"))
    return rows.order_by("folded", "id")


def _in_force(on: date) -> Q:
    return Q(valid_from__lte=on) & (Q(valid_to=None) | Q(valid_to__gt=on))


def agency_tree(scope: Scope, on: date) -> list[tuple[int, Agency]]:
    """(depth, agency) in reading order; an agency whose parent isn't in the scope stands at depth 0."""
    rows = list(agencies(scope, on))
    present = {row.id for row in rows}
    below: dict[object, list[Agency]] = {}
    for row in rows:
        below.setdefault(row.parent_id if row.parent_id in present else None, []).append(row)
    ordered: list[tuple[int, Agency]] = []
    stack = [(0, row) for row in reversed(below.get(None, []))]
    while stack:
        depth, row = stack.pop()
        ordered.append((depth, row))
        stack += [(depth + 1, child) for child in reversed(below.get(row.id, []))]
    return ordered


def placements(agency: Agency) -> list[Placement]:
    """Where the agency stood, latest first."""
    return list(agency.placements.select_related("parent").order_by("-valid_from", "-id"))
