"""Declarations from arrays: what `prepare` would make of the same answers, without validating what can't be wrong."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from hashlib import sha256
from typing import Any
from uuid import UUID

import msgspec
import numpy as np

from lachan.gate.declarations.prepare import World, alias_of
from lachan.gate.declarations.prepare.make import RANKS, decide, version_of
from lachan.kernel.clock import VN
from lachan.kernel.phones import parse_phone
from lachan.kernel.text import fold
from lachan.web.demo.bulk.ids import Moments, short_codes, times, uuid7s
from lachan.web.demo.bulk.tables import Row
from lachan.web.demo.geography import Commune
from lachan.web.demo.outbreak import Truth
from lachan.web.demo.population import Ints, Population
from lachan.web.demo.sites import Site

WELL, COLD, FEVER, SEVERE, MET_CASE, MET_AREA = range(6)
SAID: tuple[dict[str, Any], ...] = (
    {"no_symptoms": True, "no_contact": True},
    {"no_symptoms": False, "cough": True, "sore_throat": True, "no_contact": True},
    {"no_symptoms": False, "fever": True, "cough": True, "taste_smell": True, "no_contact": True},
    {"no_symptoms": False, "fever": True, "breathless": True, "no_contact": True},
    {"no_symptoms": True, "no_contact": False, "contact_case": True},
    {"no_symptoms": True, "no_contact": False, "contact_area": True},
)
"""What one says of one's health, by state."""
SICK = frozenset({COLD, FEVER, SEVERE})
FORMS = ("domestic", "checkpoint", "facility")
PLATES = "ABCDHN"
_encode = msgspec.json.Encoder().encode
Decided = tuple[int, str, str]


@dataclass(frozen=True, slots=True)
class Form:
    """What of a form the rows need: its version, which answers carry a role, which are shown in lists."""

    version: str
    roles: tuple[tuple[str, str], ...]
    listed: tuple[tuple[str, Callable[[Any], Any] | None], ...]


def states(rng: np.random.Generator, truth: Truth, person: Ints, day: int) -> Ints:
    """How each declares herself on a day of the outbreak."""
    sick = truth.sick(day)[person] & (rng.random(len(person)) < 0.8)
    known = (truth.source[person] >= 0) & (truth.infected[person] + 4 < day) & (rng.random(len(person)) < 0.3)
    usual = rng.choice([WELL, COLD, MET_AREA], size=len(person), p=[0.968, 0.022, 0.01])
    severe = rng.random(len(person)) < 0.06
    return np.where(sick, np.where(severe, SEVERE, FEVER), np.where(known, MET_CASE, usual))


class Maker:
    """Makes the rows of one population's declarations. What a person always says is worked out once.

    `day`: whose forms, rules and area levels hold for all of them.
    """

    def __init__(
        self, world: World, people: Population, sites: list[Site], found: list[Commune], day: date
    ) -> None:
        self.world, self.people, self.sites, self.found = world, people, sites, found
        self._day, self._noon = day, datetime(day.year, day.month, day.day, 12, tzinfo=VN)
        self.forms = {form: self._form(form) for form in FORMS}
        self._sites = [world.places[one.code] for one in sites]
        self._levels = {path: world.level_of(path, self._noon) for path in set(people.residence)}
        self._homes = [one.path for one in found]
        folds: dict[str, str] = {}
        self.folded = [folds.get(name) or folds.setdefault(name, fold(name)[:100]) for name in people.name]
        self._head = np.searchsorted(people.household, people.household).tolist()
        self._child = (people.age < 13).tolist()
        self.phone = [parse_phone(number) for number in people.phone]
        self._decided: dict[tuple[Any, ...], Decided] = {}
        nobody = UUID(int=0)
        self.alias = [
            alias_of(self._record("domestic", self.identity(at)), world, nobody).hex
            for at in range(len(people))
        ]
        blind = world.keyring.blind
        self._phone_index = [
            None if child else blind("phone", phone).hex()
            for child, phone in zip(self._child, self.phone, strict=True)
        ]

    def _form(self, form: str) -> Form:
        view = self.world.form(form, self._day)
        roles = tuple((item.link_id, item.role) for item in view.form.questions() if item.role)
        return Form(view.form.version, roles, view.listed)

    def _record(self, form: str, answers: dict[str, Any]) -> dict[str, Any]:
        return {role: answers[link] for link, role in self.forms[form].roles if link in answers}

    def identity(self, at: int) -> dict[str, Any]:
        """Who someone is, as the forms ask it."""
        people = self.people
        said: dict[str, Any] = {
            "name": people.name[at], "birth": people.birth[at], "sex": "male" if people.male[at] else "female",
            "nationality": "VN", "residence": people.residence[at], "address": people.address[at],
        }  # fmt: skip
        if people.national_id[at]:
            said["national_id"] = people.national_id[at]
        if people.insurance[at]:
            said["insurance"] = people.insurance[at]
        if self._child[at]:
            head = self.people.name[self._head[at]]
            return said | {
                "for_other": True, "proxy_name": head, "proxy_phone": self.phone[at], "proxy_relation": "parent"
            }  # fmt: skip
        said["phone"] = self.phone[at]
        return said

    def form_of(self, site: int) -> str:
        form = self.sites[site].form if site >= 0 else "domestic"
        return form if form in FORMS else "domestic"

    def answers(self, at: int, site: int, state: int) -> tuple[str, dict[str, Any]]:
        """The form and everything that is said on it."""
        form = self.form_of(site)
        said = self.identity(at) | SAID[state]
        said["pledge"] = True
        if form == "checkpoint":
            said |= self._journey(at)
        elif form == "facility":
            said["reason"] = "examination"
        return form, said

    def _journey(self, at: int) -> dict[str, Any]:
        home, lives = self._homes[self.people.home[at]], self.people.residence[at]
        origin = lives if lives != home else self._homes[at * 7 % len(self._homes)]
        plate = f"79{PLATES[at % 6]}1-{100 + at % 900}.{at % 100:02d}"
        return {
            "vehicle": "motorbike",
            "plate": plate,
            "origin": origin,
            "destination": home,
            "purpose": "home",
        }

    def rows(
        self, rng: np.random.Generator, person: Ints, site: Ints, state: Ints, ms: Moments
    ) -> Iterator[tuple[Row, Row]]:
        """The rows of `declarations_declaration` and `declarations_entry`, in the order of prepare's columns."""
        ids, entries, when = uuid7s(rng, ms), uuid7s(rng, ms), times(ms)
        claimed = [text.replace(" ", "T") + "Z" for text in when]
        codes = short_codes(ids)
        people, channel = self.people, "web"
        columns = zip(
            ids, entries, codes, when, claimed, person.tolist(), site.tolist(), state.tolist(), strict=True
        )
        for id, entry, code, at, claim, who, where, how in columns:
            form, answers = self.answers(who, where, how)
            record = self._record(form, answers)
            plain = _encode({"answers": answers, "record": record, "flags": (), "claimed_at": claim})
            place = self._sites[where] if where >= 0 else None
            rank, reasons, ruleset = self._decision(form, how, who, answers)
            declared, place_id = (place.unit, place.id.hex) if place else ("", None)
            period, birth = at[:7], people.birth[who]
            sealed = self.world.data_keys[period].seal(plain, bytes.fromhex(id))
            alias, version = self.alias[who], self.forms[form].version
            yield (
                id, form, version, channel, place_id, declared, alias, self._phone_index[who], period, sealed,
                sha256(plain).digest(), rank, reasons, ruleset, at, at, None,
            ), (
                entry, id, code, form, channel, people.name[who], self.folded[who], int(birth[:4]), alias,
                people.residence[who], declared, record.get("destination") or "", place_id, rank, reasons,
                self._extra(form, answers), at, at,
            )  # fmt: skip

    def _extra(self, form: str, answers: dict[str, Any]) -> str:
        shown = {
            link: mask(answers[link]) if mask else answers[link]
            for link, mask in self.forms[form].listed
            if link in answers
        }
        return _encode(shown).decode()

    def _decision(self, form: str, state: int, who: int, answers: dict[str, Any]) -> Decided:
        """The rules' word. Of the well it depends on no more than where they come from, so it is asked once for each."""
        if state in SICK:
            return self._decide(form, who, answers)
        origin = answers.get("origin", "")
        key = (form, state, self._levels[answers["residence"]], self._level(origin) if origin else None)
        found = self._decided.get(key)
        if found is None:
            found = self._decided[key] = self._decide(form, who, answers)
        return found

    def _level(self, path: str) -> int | None:
        if path not in self._levels:
            self._levels[path] = self.world.level_of(path, self._noon)
        return self._levels[path]

    def _decide(self, form: str, who: int, answers: dict[str, Any]) -> Decided:
        view = self.world.form(form, self._day)
        clean = view.validate(answers, self._day)
        decision, _ = decide(view, clean, self.world, UUID(hex=self.alias[who]), self._noon, self._day)
        reasons = " ".join(one.rule_id for one in decision.reasons)
        return RANKS[decision.result], reasons, version_of(decision.ruleset_version)
