"""The decision about a declaration: a dated set of CertLogic rules over its answers, the worst result winning.

Data of a rule: the clean answers by linkId, and over them the context, which answers can't forge. The context that
the shipped rules read: ``form`` (id), ``age`` in years, ``area_level_from`` (0 to 4, None where not known), and
``days_since_test``, ``days_since_last_dose``, ``days_since_recovery``, ``days_since_contact`` (None where not known);
``derived`` makes all of them but the first and the level.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any, Literal

from lachan.kernel import policies, rules
from lachan.kernel.clock import parse_date
from lachan.kernel.errors import InvalidInput
from lachan.kernel.rules import Rule, Scale

Result = Literal["green", "attention", "stop"]
RESULTS: tuple[Result, ...] = ("green", "attention", "stop")
_DATES = {
    "days_since_test": "test_date",
    "days_since_last_dose": "last_dose_date",
    "days_since_recovery": "recovery_date",
    "days_since_contact": "contact_last",
}


_SCALE: Scale[Result] = Scale(RESULTS, "ruleset")
Reason = rules.Reason[Result]


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
    _rules: tuple[Rule[Result], ...]

    @classmethod
    def at(cls, day: date) -> "RuleSet":
        """The rules in force on a day. Raises InvalidInput ``policy_none_in_force``, ``ruleset_…``, ``rule_…``."""
        entry = policies.load("declarations").at(day)
        return _compiled(entry.valid_from, policies.policy_folders())

    @classmethod
    def of(cls, entry: policies.Entry) -> "RuleSet":
        """The rules of an entry, each checked and compiled."""
        payload = entry.payload
        found = _SCALE.rules(payload.get("rules", ()), entry.document, entry.version)
        window = payload.get("return_window_days")
        if type(window) is not int or window < 0:
            raise InvalidInput("ruleset_window", version=entry.version)
        fallback, broken = (
            _SCALE.reason(payload.get(key) or {}, entry.document) for key in ("fallback", "broken")
        )
        if "green" in (fallback.result, broken.result):
            raise InvalidInput("ruleset_fallback_green", version=entry.version)
        return cls(entry.version, window, fallback, broken, found)

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """What each rule says, in order."""
        return tuple(rule.reason for rule in self._rules)

    def decide(self, answers: Mapping[str, Any], context: Mapping[str, Any]) -> Decision:
        """Decide. Never raises: a rule that can't judge these data asks a person to look."""
        found = rules.holding(self._rules, {**answers, **context}, self.broken)
        reasons = _SCALE.worst_first(found or [self.fallback])
        return Decision(reasons[0].result, reasons, self.version)


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
