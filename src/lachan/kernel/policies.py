"""Dated policies: rules that change by decree, kept as data with their legal basis.

A policy is ``lachan/policies/<name>.toml``, a list of ``[[entry]]`` tables, each with ``valid_from``, ``valid_to``
(exclusive; left out while in force), ``document`` (the legal basis) and ``source_confidence``; what the entry
decides is its ``[entry.payload]`` table, or simply its other keys.

The folder named by ``LACHAN_POLICIES`` goes first: a file there takes the place of the shipped one, or, where it
starts with ``extends = true``, adds entries to it; an added entry ends an open shipped entry that began before it.
"""

import os
import tomllib
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime
from functools import lru_cache
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType
from typing import Any

from lachan.kernel.errors import InvalidInput

CONFIDENCE = ("verified", "reported", "memory")
"""How sure we are of the source: seen in a primary source, told by agreeing secondary ones, from memory."""
_HEAD = frozenset(("valid_from", "valid_to", "document", "source_confidence"))


@dataclass(frozen=True, slots=True)
class Entry:
    """What was in force from ``valid_from`` until the day before ``valid_to`` (None: still in force)."""

    policy: str
    valid_from: date
    valid_to: date | None
    document: str
    source_confidence: str
    payload: Mapping[str, Any]

    @property
    def version(self) -> str:
        """Name for logs and records: ``declarations/2021-05-29``."""
        return f"{self.policy}/{self.valid_from.isoformat()}"

    def __getitem__(self, key: str) -> Any:
        return self.payload[key]

    def covers(self, day: date) -> bool:
        """Whether the entry is in force on that day."""
        return self.valid_from <= day and (self.valid_to is None or day < self.valid_to)


class DatedPolicy:
    """The entries of one policy in order of time; no two are in force on one day."""

    def __init__(self, name: str, entries: list[Entry]) -> None:
        self.name = name
        self.entries = tuple(sorted(entries, key=lambda entry: entry.valid_from))
        for earlier, later in zip(self.entries, self.entries[1:], strict=False):
            if earlier.covers(later.valid_from):
                raise InvalidInput("policy_overlap", policy=name, valid_from=later.valid_from.isoformat())
        self._starts = [entry.valid_from for entry in self.entries]

    def at(self, day: date) -> Entry:
        """The entry in force on a day of Vietnam's calendar. Raises InvalidInput ``policy_none_in_force``."""
        if isinstance(day, datetime):
            raise TypeError("a policy is asked by date: say in which time zone the moment falls")
        found = bisect_right(self._starts, day) - 1
        if found < 0 or not self.entries[found].covers(day):
            raise InvalidInput("policy_none_in_force", policy=self.name, day=day.isoformat())
        return self.entries[found]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)


def policy_folders() -> tuple[Path, ...]:
    """Where policies are read from: the province's own folder, if it named one, then the shipped one."""
    return _folders(os.environ.get("LACHAN_POLICIES", "").strip())


@lru_cache(maxsize=8)
def _folders(own: str) -> tuple[Path, ...]:
    """The same objects each time: a path remembers its hash, and this is asked thousands of times by an import."""
    shipped = Path(str(files("lachan").joinpath("policies")))
    return (Path(own), shipped) if own else (shipped,)


def load(name: str) -> DatedPolicy:
    """The policy of that name. Raises InvalidInput ``policy_unknown`` or ``policy_…`` saying what is wrong in it."""
    return _load(name, policy_folders())


def all_policies() -> dict[str, DatedPolicy]:
    """Every policy by name, those of the province's own folder included."""
    folders = policy_folders()
    names = sorted({path.stem for folder in folders for path in folder.glob("*.toml")})
    return {name: _load(name, folders) for name in names}


@lru_cache(maxsize=64)
def _load(name: str, folders: tuple[Path, ...]) -> DatedPolicy:
    if not name.replace("_", "").replace("-", "").isalnum():
        raise InvalidInput("policy_unknown", policy=name[:40])
    found = [folder / f"{name}.toml" for folder in folders if (folder / f"{name}.toml").is_file()]
    if not found:
        raise InvalidInput("policy_unknown", policy=name)
    tables = [_read(path) for path in found]
    entries = _entries(name, tables[0])
    if tables[0].get("extends") is True and len(tables) > 1:
        entries += _closed_before(_entries(name, tables[1]), entries)
    return DatedPolicy(name, entries)


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidInput("policy_syntax", policy=path.stem, reason=str(error)) from error


def _entries(name: str, table: dict[str, Any]) -> list[Entry]:
    raw = table.get("entry")
    if not isinstance(raw, list) or not raw:
        raise InvalidInput("policy_no_entries", policy=name)
    return [_entry(name, item) for item in raw]


def _entry(name: str, raw: dict[str, Any]) -> Entry:
    start, end = raw.get("valid_from"), raw.get("valid_to")
    if type(start) is not date or (end is not None and (type(end) is not date or end <= start)):
        raise InvalidInput("policy_dates", policy=name, valid_from=str(start))
    document, confidence = raw.get("document"), raw.get("source_confidence")
    if not isinstance(document, str) or not document.strip():
        raise InvalidInput("policy_no_document", policy=name, valid_from=str(start))
    if confidence not in CONFIDENCE:
        raise InvalidInput("policy_confidence", policy=name, valid_from=str(start))
    rest = {key: value for key, value in raw.items() if key not in _HEAD}
    payload = rest["payload"] if set(rest) == {"payload"} and isinstance(rest["payload"], dict) else rest
    return Entry(name, start, end, document, str(confidence), MappingProxyType(payload))


def _closed_before(shipped: list[Entry], added: list[Entry]) -> list[Entry]:
    first = min(entry.valid_from for entry in added)
    return [
        replace(entry, valid_to=first) if entry.valid_to is None and entry.valid_from < first else entry
        for entry in shipped
    ]


def whole_number(payload: Mapping[str, Any], key: str, most: int, code: str) -> int:
    """A number from 1 to `most` under a key of a payload. Raises InvalidInput of that code, with the key."""
    value = payload.get(key)
    if type(value) is not int or not 0 < value <= most:
        raise InvalidInput(code, key=key)
    return value
