"""Units for what people type, and for what stands in the cell of a table."""

from __future__ import annotations

import unicodedata

from django.conf import settings

from lachan.base.scope import Scope
from lachan.kernel.text import fold, nfc
from lachan.registry.units import tree
from lachan.registry.units.models import Unit
from lachan.registry.units.selectors.paths import COMMUNE, by_path, commune_of
from lachan.registry.units.tree import Entry

MOST_TYPED = 100
MOST_CELL = 300
MOST_RANKED = 800
SHORTEST_CODE = 4  # "1" is a ward's name in some cities


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
    text: str,
    structure: str | None = None,
    *,
    parent: str = "",
    within: Scope | None = None,
    level: int | None = COMMUNE,
) -> list[Unit]:
    """The units that a cell of a table may mean: by path, by code, or by folded name with or without its kind.

    `parent` narrows by a district's or province's name; so does what follows a comma, so a unit's label means that unit.
    Names in the installation's province win over others. `level` None: provinces and districts too.
    """
    structure = structure or settings.STRUCTURE
    text = text.strip()[:MOST_CELL]
    if text.endswith("/"):
        unit = by_path(text)
        return [unit] if unit and level in (None, unit.level) and tree.belongs(unit, structure) else []
    if text.isascii() and text.isdigit() and len(text) >= SHORTEST_CODE:
        unit = commune_of(text.zfill(5), structure)
        return [unit] if unit else []
    head, _, rest = text.partition(",")
    above = [_spelt_out(name) for part in (*rest.split(","), *parent.split(",")) if (name := fold(part))]
    found = [entry for entry in _named(fold(head), structure, level) if _above(entry, above)]
    inside = [entry for entry in found if within is None or within.covers(entry.unit.path)]
    own = [entry for entry in inside if entry.unit.path.startswith(_home())]
    return [entry.unit for entry in _same_accents(own or inside, head)]


def _same_accents(entries: list[Entry], head: str) -> list[Entry]:
    """Of Thanh An and Thạnh An, the one that was written with its accents."""
    typed = tuple(nfc(head).casefold().split())
    exact = [entry for entry in entries if typed in (entry.accented, entry.accented[-len(typed) :])]
    return exact or entries


def _named(folded: str, structure: str, level: int | None) -> list[Entry]:
    folded = _spelt_out(folded)
    index = tree.current().index(structure)
    numbers = index.starting(folded.split()[0]) if folded else set()
    entries = [index.entries[number] for number in sorted(numbers)]
    return [
        entry for entry in entries if level in (None, entry.unit.level) and folded in (entry.name, entry.full)
    ]


_SPELT = {
    "p": "phuong",
    "x": "xa",
    "tt": "thi tran",
    "tp": "thanh pho",
    "tx": "thi xa",
    "h": "huyen",
    "q": "quan",
    "t": "tinh",
}


def _spelt_out(folded: str) -> str:
    """ "p. vinh hoa" and "tt van gia", as lists of offices have them, with the kind in full."""
    kind, dot, rest = folded.partition(".")
    if not dot:
        kind, _, rest = folded.partition(" ")
    return f"{_SPELT[kind]} {rest.strip()}" if kind in _SPELT and rest.strip() else folded


def _above(entry: Entry, names: list[str]) -> bool:
    return all(name in entry.above_names for name in names)
