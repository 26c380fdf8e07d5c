"""What a decision needs to know of the province, in memory: a snapshot that whoever serves declarations keeps fresh.

Immutable but for its caches, so a request that began with one snapshot ends with it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any
from uuid import UUID

from lachan.kernel.codes import SigningKey
from lachan.kernel.crypto import DataKey, Keyring
from lachan.kernel.decisions import RuleSet
from lachan.kernel.errors import InvalidInput
from lachan.kernel.passes import PassTerms
from lachan.kernel.phones import mask_phone
from lachan.kernel.questionnaire import Questionnaire, Validator, form_at

NEVER_IN_CLEAR = frozenset(
    {"national_id", "passport", "insurance", "email", "address", "proxy_name", "proxy_phone"}
)
OWN_COLUMNS = frozenset({"name", "birth", "residence", "destination"})
FROM_ROLES = frozenset({"residence", "origin", "visited"})
"""Where a person comes from, for the level of the area."""
CLOSED = frozenset({"suspended", "closed"})


@dataclass(frozen=True, slots=True)
class PlaceInfo:
    """A place as declarations see it. `closed_at`: since when it takes none; None while it does."""

    id: UUID
    code: str
    unit: str
    form: str
    status: str
    closed_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class HoldInfo:
    """Why the gate must not pass a person, and when."""

    reason: str
    document: str
    valid_from: datetime
    valid_to: datetime | None

    def covers(self, moment: datetime) -> bool:
        return self.valid_from <= moment and (self.valid_to is None or moment < self.valid_to)


@dataclass(frozen=True, slots=True)
class LevelInfo:
    """The level of an area (1 to 4) by a document, and when."""

    level: int
    document: str
    valid_from: datetime
    valid_to: datetime | None


@dataclass(frozen=True, slots=True)
class FormView:
    """A form and what of it becomes columns. `units`: (linkId, role, asked several times) of questions for a unit."""

    form: Questionnaire
    validate: Validator
    units: tuple[tuple[str, str, bool], ...]
    listed: tuple[tuple[str, Callable[[Any], Any] | None], ...]

    @classmethod
    def of(cls, form: Questionnaire) -> FormView:
        questions = form.questions()
        units = tuple((item.link_id, item.role, item.repeats) for item in questions if item.format == "unit")
        listed = tuple(
            (item.link_id, mask_phone if item.format == "phone" or item.role == "phone" else None)
            for item in questions
            if item.in_list and item.role not in NEVER_IN_CLEAR and item.role not in OWN_COLUMNS
        )
        return cls(form, form.compile(), units, listed)


@dataclass(slots=True)
class World:
    """`units`: every path. `codes`: a unit's bare code → its path in the structure in use. `data_keys`: by period."""

    keyring: Keyring
    signing: SigningKey
    data_keys: Mapping[str, DataKey]
    places: Mapping[str, PlaceInfo] = field(default_factory=dict)
    units: frozenset[str] = frozenset()
    codes: Mapping[str, str] = field(default_factory=dict)
    levels: Mapping[str, tuple[LevelInfo, ...]] = field(default_factory=dict)
    holds: Mapping[UUID, tuple[HoldInfo, ...]] = field(default_factory=dict)
    _forms: dict[tuple[str, date], FormView] = field(default_factory=dict)
    _rules: dict[date, RuleSet] = field(default_factory=dict)
    _terms: dict[date, PassTerms] = field(default_factory=dict)

    def form(self, form_id: str, day: date) -> FormView:
        """The form in force on a day. Raises InvalidInput ``form_unknown`` or ``form_none_in_force``."""
        found = self._forms.get((form_id, day))
        if found is None:
            made = FormView.of(form_at(form_id, day))  # raises before an unknown name can fill the cache
            if len(self._forms) > 500:
                self._forms.clear()
            found = self._forms[form_id, day] = made
        return found

    def rules(self, day: date) -> RuleSet:
        """The decision rules in force on a day. Raises InvalidInput ``policy_none_in_force``."""
        found = self._rules.get(day)
        if found is None:
            found = self._rules[day] = RuleSet.at(day)
        return found

    def terms(self, day: date) -> PassTerms:
        """How long passes count that are given for a day. Raises InvalidInput ``policy_none_in_force``."""
        found = self._terms.get(day)
        if found is None:
            found = self._terms[day] = PassTerms.at(day)
        return found

    def place(self, code: str) -> PlaceInfo | None:
        """The place of a code as it stands on a poster; case and spaces don't matter."""
        return self.places.get(code) or self.places.get(code.replace(" ", "").replace("-", "").upper())

    def unit(self, text: str) -> str | None:
        """The path of a unit given by path or by code; None if there is none such."""
        return text if text in self.units else self.codes.get(text)

    def commune(self, text: str) -> str | None:
        """The same of a commune, whose own code has five digits in either structure; None for a larger unit."""
        path = self.unit(text)
        return path if path and len(path.rstrip("/").rpartition("/")[2]) == 5 else None

    def level_of(self, path: str, moment: datetime) -> int | None:
        """The level of an area: the unit's own, else that of the nearest unit above; None where none is set."""
        if not self.levels:
            return None
        while path:
            for level in self.levels.get(path, ()):
                if level.valid_from <= moment and (level.valid_to is None or moment < level.valid_to):
                    return level.level
            above = path[:-1].rpartition("/")[0]
            path = f"{above}/" if above else ""
        return None

    def worst_level(self, paths: Iterable[str], moment: datetime) -> int | None:
        """The highest level among areas; None where none of them has one."""
        known = [level for level in (self.level_of(path, moment) for path in paths) if level is not None]
        return max(known) if known else None

    def hold(self, alias: UUID, moment: datetime) -> HoldInfo | None:
        """What holds a person at a moment, if anything does."""
        for found in self.holds.get(alias, ()):
            if found.covers(moment):
                return found
        return None


def known_form(form_id: str, day: date) -> bool:
    """Whether there is such a form on that day."""
    try:
        form_at(form_id, day)
    except InvalidInput:
        return False
    return True
