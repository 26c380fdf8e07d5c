"""Diseases as dated data: case definition, contacts, isolation. One policy ``disease_<code>.toml`` a disease."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from lachan.kernel import policies
from lachan.kernel.certlogic import compile_rule
from lachan.kernel.certlogic.values import truth
from lachan.kernel.errors import InvalidInput
from lachan.kernel.rules import Reason, Rule, Scale, holding

Classification = Literal["not_classified", "no_case", "suspect", "probable", "confirmed"]
CLASSIFICATIONS: tuple[Classification, ...] = get_args(Classification)
"""Weakest first; of the rules that hold the strongest speaks, so a positive test outweighs a negative one."""
LEVELS = ("f0", "f1", "f2", "f3")
PLACES = ("none", "home", "facility", "hospital")
MOST_DAYS = 365
PREFIX = "disease_"
_SCALE: Scale[Classification] = Scale(CLASSIFICATIONS, "disease")
_UNKNOWN: Reason[Classification] = Reason(
    "nothing_holds",
    "not_classified",
    MappingProxyType({"vi": "Chưa đủ thông tin để phân loại", "en": "Too little is known to classify"}),
    MappingProxyType(
        {
            "vi": "Bổ sung phiếu điều tra và kết quả xét nghiệm.",
            "en": "Complete the investigation and the tests.",
        }
    ),
    "",
)


@dataclass(frozen=True, slots=True)
class Classified:
    """A classification, why, and the version of the definition that gave it."""

    result: Classification
    reasons: tuple[Reason[Classification], ...]
    version: str


@dataclass(frozen=True, slots=True)
class ContactTerms:
    """Who is a contact. ``before``: looked back from onset; ``f1``, ``f2``: the shortest meeting that counts; ``follow``:
    how long contacts are watched from the last exposure; ``weights``: how much a kind of place counts, 0 to 1."""

    before: timedelta
    f1: timedelta
    f2: timedelta
    follow: timedelta
    weights: Mapping[str, float]

    def weight(self, kind: str) -> float:
        """Of a kind of place; that of ``default`` where the file names no such kind."""
        return self.weights.get(kind, self.weights["default"])


@dataclass(frozen=True, slots=True)
class IsolationTerms:
    """Where (``PLACES``) and for how many days a level stays apart, and on which days of it a test is due."""

    place: str
    days: int
    tests: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class ReleaseRule:
    """When a level may be released. ``text`` by language."""

    id: str
    level: str
    text: Mapping[str, str]
    run: Any


@dataclass(frozen=True, slots=True)
class Disease:
    """One disease as an entry of its policy defines it."""

    code: str
    name: Mapping[str, str]
    icd10: str
    version: str
    document: str
    report_within: timedelta
    incubation: timedelta
    infectious: timedelta
    contacts: ContactTerms
    isolation: Mapping[str, IsolationTerms]
    releases: tuple[ReleaseRule, ...]
    _rules: tuple[Rule[Classification], ...]

    @classmethod
    def at(cls, code: str, day: date) -> "Disease":
        """The definition in force on a day. Raises InvalidInput ``disease_unknown``, ``policy_none_in_force``, ``disease_…``."""
        try:
            entry = policies.load(PREFIX + code).at(day)
        except InvalidInput as error:
            if error.code == "policy_unknown":
                raise InvalidInput("disease_unknown", disease=code) from error
            raise
        return _read(code, entry.valid_from, policies.policy_folders())

    def classify(self, context: Mapping[str, Any]) -> Classified:
        """By answers and results; never raises. Nothing that holds is ``not_classified``, which isn't ``no_case``."""
        found = holding(self._rules, context, _UNKNOWN)
        if not found:
            return Classified("not_classified", (_UNKNOWN,), self.version)
        result = max((one.result for one in found), key=CLASSIFICATIONS.index)
        return Classified(result, tuple(one for one in found if one.result == result), self.version)

    def window(
        self, onset: date | None, sampled: date | None, until: date | None = None
    ) -> tuple[date, date] | None:
        """First and last day on which contacts count: from so many days before the onset (without symptoms: before the
        positive sample) until ``until`` (isolated) or the end of the infectious time. None without either date."""
        start = onset or sampled
        if start is None:
            return None
        last = start + self.infectious
        return start - self.contacts.before, min(last, until) if until else last

    def release(self, level: str, context: Mapping[str, Any]) -> ReleaseRule | None:
        """The rule by which someone of that level may go, if one holds. A rule that can't judge releases nobody."""
        for rule in self.releases:
            if rule.level != level:
                continue
            try:
                if truth(rule.run(context)):
                    return rule
            except InvalidInput:
                continue
        return None


def codes() -> list[str]:
    """Every disease that has a policy."""
    return sorted(name.removeprefix(PREFIX) for name in policies.all_policies() if name.startswith(PREFIX))


def named(code: str, lang: str, day: date) -> str:
    """The disease's name; its code if no entry is in force."""
    try:
        return Disease.at(code, day).name[lang]
    except InvalidInput:
        return code


@lru_cache(maxsize=64)
def _read(code: str, start: date, _folders: tuple[Any, ...]) -> Disease:
    entry = policies.load(PREFIX + code).at(start)
    payload = entry.payload
    rules = _SCALE.rules(payload.get("classification", ()), entry.document, entry.version)
    return Disease(
        code=code,
        name=MappingProxyType({"vi": _text(payload, "vi"), "en": _text(payload, "en")}),
        icd10=_text(payload, "icd10"),
        version=entry.version,
        document=entry.document,
        report_within=timedelta(
            hours=policies.whole_number(payload, "report_hours", 24 * 30, "disease_number")
        ),
        incubation=_days(payload, "incubation_days"),
        infectious=_days(payload, "infectious_days"),
        contacts=_contacts(payload.get("contacts", {})),
        isolation=MappingProxyType(
            {level: _isolation(payload.get("isolation", {}), level) for level in LEVELS}
        ),
        releases=tuple(_release(one) for one in payload.get("release", ())),
        _rules=rules,
    )


def _contacts(raw: Mapping[str, Any]) -> ContactTerms:
    weights = raw.get("settings", {})
    if "default" not in weights or not all(
        isinstance(one, int | float) and 0 <= one <= 1 for one in weights.values()
    ):
        raise InvalidInput("disease_settings")
    return ContactTerms(
        _days(raw, "before_days"),
        timedelta(minutes=_number(raw, "f1_minutes")),
        timedelta(minutes=_number(raw, "f2_minutes")),
        _days(raw, "follow_days"),
        MappingProxyType({kind: float(weight) for kind, weight in weights.items()}),
    )


def _isolation(raw: Mapping[str, Any], level: str) -> IsolationTerms:
    terms = raw.get(level, {})
    place, tests = terms.get("place"), terms.get("tests", [])
    if place not in PLACES or not all(type(one) is int and 0 <= one <= MOST_DAYS for one in tests):
        raise InvalidInput("disease_isolation", level=level)
    return IsolationTerms(place, _number(terms, "days"), tuple(tests))


def _release(raw: Mapping[str, Any]) -> ReleaseRule:
    level = raw.get("level")
    if level not in LEVELS:
        raise InvalidInput("disease_release", rule=str(raw.get("id")))
    text = MappingProxyType({"vi": _text(raw, "vi"), "en": _text(raw, "en")})
    try:
        return ReleaseRule(_text(raw, "id"), level, text, compile_rule(json.loads(_text(raw, "when"))))
    except ValueError as error:
        raise InvalidInput("disease_release", rule=str(raw.get("id")), reason=str(error)) from error


def _days(raw: Mapping[str, Any], key: str) -> timedelta:
    return timedelta(days=_number(raw, key))


def _number(raw: Mapping[str, Any], key: str) -> int:
    value = raw.get(key)
    if type(value) is not int or not 0 <= value <= MOST_DAYS:
        raise InvalidInput("disease_number", key=key)
    return value


def _text(raw: Mapping[str, Any], key: str) -> str:
    value = raw.get(key)
    if not isinstance(value, str) or not value.strip():
        raise InvalidInput("disease_text", key=key)
    return value


def moment_of(day: date, start: bool, zone: Any) -> datetime:
    """The first moment of a day, or the first after it, in a time zone: the half-open window of whole days."""
    return datetime.combine(day if start else day + timedelta(days=1), datetime.min.time(), zone)
