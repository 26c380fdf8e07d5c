"""The decision about a declaration: a dated set of CertLogic rules over its answers, the worst result winning.

Data of a rule: the clean answers by linkId, and over them the context, which answers can't forge. The context that
the shipped rules read: ``form`` (id), ``age`` in years, ``area_level_from`` (0 to 4, None where not known), and
``days_since_test``, ``days_since_last_dose``, ``days_since_recovery``, ``days_since_contact`` (None where not known);
``derived`` makes all of them but the first and the level.
"""

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal

from lachan.kernel import policies
from lachan.kernel.certlogic import compile_rule
from lachan.kernel.certlogic.values import truth
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput

Result = Literal["green", "attention", "stop"]
RESULTS: tuple[Result, ...] = ("green", "attention", "stop")
_RANK = {result: rank for rank, result in enumerate(RESULTS)}
_DATES = {
    "days_since_test": "test_date",
    "days_since_last_dose": "last_dose_date",
    "days_since_recovery": "recovery_date",
    "days_since_contact": "contact_last",
}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why: the rule, what it says and advises in each language, and the document behind it."""

    rule_id: str
    result: Result
    text: Mapping[str, str]
    advice: Mapping[str, str]
    document: str


@dataclass(slots=True)
class Decision:
    """``reasons`` are those of the result that won, then those of lesser ones, in the order of the rules."""

    result: Result
    reasons: tuple[Reason, ...]
    ruleset_version: str


@dataclass(frozen=True, slots=True)
class RuleSet:
    """The compiled rules of one entry of ``declarations.toml``.

    ``fallback`` speaks where no rule does, ``broken`` where a rule refuses its data: neither is ever green.
    ``return_window_days``: how long a return visit only asks what can change.
    """

    version: str
    return_window_days: int
    fallback: Reason
    broken: Reason
    _rules: tuple[tuple[Callable[[Any], Any], Reason, int], ...]

    @classmethod
    def at(cls, day: date) -> "RuleSet":
        """The rules in force on a day. Raises InvalidInput ``policy_none_in_force``, ``ruleset_…``, ``rule_…``."""
        entry = policies.load("declarations").at(day)
        return _compiled(entry.valid_from, policies.policy_folders())

    @classmethod
    def of(cls, entry: policies.Entry) -> "RuleSet":
        """The rules of an entry, each checked and compiled."""
        payload = entry.payload
        rules = tuple(_rule(raw, entry.document) for raw in payload.get("rules", ()))
        if not rules or len({reason.rule_id for _run, reason, _rank in rules}) != len(rules):
            raise InvalidInput("ruleset_rules", version=entry.version)
        window = payload.get("return_window_days")
        if type(window) is not int or window < 0:
            raise InvalidInput("ruleset_window", version=entry.version)
        fallback, broken = (_reason(payload.get(key) or {}, entry.document) for key in ("fallback", "broken"))
        if "green" in (fallback.result, broken.result):
            raise InvalidInput("ruleset_fallback_green", version=entry.version)
        return cls(entry.version, window, fallback, broken, rules)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What each rule says, in order."""
        return tuple(reason for _run, reason, _rank in self._rules)

    def decide(self, answers: Mapping[str, Any], context: Mapping[str, Any]) -> Decision:
        """Decide. Never raises: a rule that can't judge these data asks a person to look."""
        data = {**answers, **context}
        worst, found = -1, []
        for run, reason, rank in self._rules:
            try:
                verdict = run(data)
            except InvalidInput:
                verdict, reason, rank = True, self.broken, _RANK[self.broken.result]
            if verdict is True or (verdict is not False and verdict is not None and truth(verdict)):
                found.append((rank, reason))
                worst = max(worst, rank)
        if worst < 0:
            return Decision(self.fallback.result, (self.fallback,), self.version)
        return Decision(RESULTS[worst], _worst_first(found, worst), self.version)


def _worst_first(found: list[tuple[int, Reason]], worst: int) -> tuple[Reason, ...]:
    """The reasons of the result first, then the lesser; praise is left out where there is blame; none twice."""
    if len(found) == 1:
        return (found[0][1],)
    ordered = sorted((pair for pair in found if pair[0] or not worst), key=lambda pair: -pair[0])
    return tuple({id(reason): reason for _rank, reason in ordered}.values())


def decide(answers: Mapping[str, Any], context: Mapping[str, Any], day: date | None = None) -> Decision:
    """The decision by the rules in force on a day of Vietnam's calendar; without ``day``, on ``context["today"]``
    (a date or its ISO form). Raises InvalidInput ``policy_none_in_force``."""
    if day is None:
        today = context["today"]
        day = today if isinstance(today, date) else date.fromisoformat(today)
    return RuleSet.at(day).decide(answers, context)


def derived(answers: Mapping[str, Any], today: date) -> dict[str, Any]:
    """The part of the context that follows from clean answers and the day: ages in days and years, None if unknown.

    A partial birth date counts as its last day, so a person isn't made older than they may be.
    """
    context: dict[str, Any] = {name: _days(answers.get(link_id), today) for name, link_id in _DATES.items()}
    context["age"] = _age(answers.get("birth"), today)
    return context


def _days(value: Any, today: date) -> int | None:
    return (today - date.fromisoformat(value)).days if value else None


def _age(birth: Any, today: date) -> int | None:
    if not birth:
        return None
    born = date.fromisoformat(birth) if len(birth) == 10 else parse_date(birth).latest()
    return max(0, today.year - born.year - ((today.month, today.day) < (born.month, born.day)))


@lru_cache(maxsize=32)
def _compiled(start: date, _folders: tuple[Any, ...]) -> RuleSet:
    """Compiled once for each entry and each place that policies are read from."""
    return RuleSet.of(policies.load("declarations").at(start))


def _rule(raw: Mapping[str, Any], document: str) -> tuple[Callable[[Any], Any], Reason, int]:
    reason = _reason(raw, document)
    try:
        run = compile_rule(json.loads(raw.get("when", "")))
    except ValueError as error:
        raise InvalidInput("ruleset_when", rule=reason.rule_id, reason=str(error)) from error
    return run, reason, _RANK[reason.result]


def _reason(raw: Mapping[str, Any], document: str) -> Reason:
    missing = [key for key in ("id", "reason_vi", "reason_en", "advice_vi", "advice_en") if not raw.get(key)]
    if missing or raw.get("result") not in RESULTS:
        raise InvalidInput("ruleset_incomplete", rule=str(raw.get("id")), key=(missing or ["result"])[0])
    return Reason(
        rule_id=raw["id"],
        result=raw["result"],
        text=MappingProxyType({"vi": raw["reason_vi"], "en": raw["reason_en"]}),
        advice=MappingProxyType({"vi": raw["advice_vi"], "en": raw["advice_en"]}),
        document=raw.get("document", document),
    )
