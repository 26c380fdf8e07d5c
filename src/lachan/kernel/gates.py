"""What a gate says to one who wants through: dated CertLogic rules for each kind of place, the worst result winning.

The same decision is made on the officer's phone (``frontend/src/kernel/gates.ts``); shared vectors hold both together.

Context that rules may read (a missing key is None): ``how`` (see ``HOW``), ``verified``, ``fresh``, ``code_expired``,
``code_revoked``, ``code_forged``, ``declared_result`` (green, attention, stop), ``declared_age_h``,
``area_level_from`` (0 to 4), ``symptoms``, ``test_result`` (negative, positive), ``test_age_h``, ``doses``,
``days_since_last_dose``, ``days_since_recovery``, ``hold``, ``temperature`` (tenths of a degree Celsius, an integer,
since CertLogic knows no fractions), ``has_travel_paper``, ``paper_expired``, ``hc1_ok``, ``role`` (driver, companion,
person), ``direction`` (in, out), ``bundle_stale``, ``bundle_expired``.
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
from lachan.kernel.errors import InvalidInput

GateResult = Literal["pass", "advise", "hold", "refer"]
RESULTS: tuple[GateResult, ...] = ("pass", "advise", "hold", "refer")
HOW = ("pass", "card", "claim", "national", "cccd", "bhyt", "hc1", "appointment", "manual", "count")
KINDS = ("checkpoint", "hospital", "factory", "office", "default")
GUARDS: dict[str, str] = {
    "code_forged": "code_forged",
    "code_revoked": "code_revoked",
    "code_expired": "code_expired",
    "bundle_expired": "bundle_expired",
}
"""Context keys that forbid to pass, whatever the rules say, and the id of the reason that then stands first."""
_RANK = {result: rank for rank, result in enumerate(RESULTS)}
_HOLD = _RANK["hold"]


@dataclass(frozen=True, slots=True)
class GateReason:
    """Why: the rule, what it says and advises in each language, and the document behind it."""

    rule_id: str
    result: GateResult
    text: Mapping[str, str]
    advice: Mapping[str, str]
    document: str


@dataclass(frozen=True, slots=True)
class GateDecision:
    """``reasons``: those of the result that won first, then lesser ones; never empty."""

    result: GateResult
    reasons: tuple[GateReason, ...]
    ruleset: str


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: GateReason
    when: Any
    run: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class GateRules:
    """The rules of one kind of place in one entry of ``gates.toml``.

    ``fallback`` speaks where no rule does, ``broken`` where a rule refuses its data, ``guards`` where a code or the
    bundle itself can't be trusted: none of them may let anyone pass.
    """

    version: str
    kind: str
    valid_from: date
    valid_to: date | None
    rules: tuple[_Rule, ...]
    fallback: GateReason
    broken: GateReason
    guards: Mapping[str, GateReason]

    @classmethod
    def at(cls, day: date, kind: str) -> "GateRules":
        """The rules of a kind of place on a day; a kind without rules of its own has those of ``default``.

        Raises InvalidInput ``policy_none_in_force``, ``gate_rules``, ``gate_incomplete``, ``rule_…``.
        """
        entry = policies.load("gates").at(day)
        return _read(entry.valid_from, policies.policy_folders(), kind)

    @classmethod
    def of(cls, entry: policies.Entry, kind: str) -> "GateRules":
        """The rules of an entry, each checked and compiled."""
        kinds = entry.payload.get("kinds", {})
        raw = kinds.get(kind) or kinds.get("default") or {}
        rules = tuple(_rule(one, entry.document) for one in raw.get("rules", ()))
        if not rules or len({rule.reason.rule_id for rule in rules}) != len(rules):
            raise InvalidInput("gate_rules", version=entry.version, kind=kind)
        spoken = {
            name: _reason(raw.get(name) or entry.payload.get(name) or {}, entry.document)
            for name in ("fallback", "broken", *GUARDS)
        }
        if any(_RANK[reason.result] < _HOLD for reason in spoken.values()):
            raise InvalidInput("gate_fallback_passes", version=entry.version, kind=kind)
        return cls(
            entry.version, kind, entry.valid_from, entry.valid_to, rules, spoken.pop("fallback"),
            spoken.pop("broken"), MappingProxyType(spoken),
        )  # fmt: skip

    def decide(self, context: Mapping[str, Any]) -> GateDecision:
        """Decide. Never raises: a rule that can't judge these data asks a person to look."""
        data = dict(context)
        found = [self.guards[name] for key, name in GUARDS.items() if data.get(key) is True]
        for rule in self.rules:
            try:
                verdict = rule.run(data)
            except InvalidInput:
                found.append(self.broken)
                continue
            if verdict is True or (verdict is not False and verdict is not None and truth(verdict)):
                found.append(rule.reason)
        return self._decided(found or [self.fallback])

    def _decided(self, found: list[GateReason]) -> GateDecision:
        worst = max(_RANK[reason.result] for reason in found)
        kept = (reason for reason in found if _RANK[reason.result] or not worst)
        once = {id(reason): reason for reason in sorted(kept, key=lambda reason: -_RANK[reason.result])}
        return GateDecision(RESULTS[worst], tuple(once.values()), self.version)

    def to_json(self) -> dict[str, Any]:
        """The rules as a device takes them: plain JSON."""
        return {
            "version": self.version,
            "kind": self.kind,
            "valid_from": self.valid_from.isoformat(),
            "valid_to": self.valid_to.isoformat() if self.valid_to else None,
            "rules": [{**_plain(rule.reason), "when": rule.when} for rule in self.rules],
            "fallback": _plain(self.fallback),
            "broken": _plain(self.broken),
            "guards": {name: _plain(reason) for name, reason in self.guards.items()},
        }


def entries_from(day: date, kind: str) -> list[GateRules]:
    """The rules of a kind in force on a day and all that follow: what a bundle carries, so that midnight needs no network."""
    return [
        GateRules.of(entry, kind)
        for entry in policies.load("gates").entries
        if entry.valid_to is None or entry.valid_to > day
    ]


@lru_cache(maxsize=64)
def _read(start: date, _folders: tuple[Any, ...], kind: str) -> GateRules:
    return GateRules.of(policies.load("gates").at(start), kind)


def _rule(raw: Mapping[str, Any], document: str) -> _Rule:
    reason = _reason(raw, document)
    try:
        when = json.loads(raw.get("when", ""))
    except ValueError as error:
        raise InvalidInput("gate_when", rule=reason.rule_id, reason=str(error)) from error
    return _Rule(reason, when, compile_rule(when))


def _reason(raw: Mapping[str, Any], document: str) -> GateReason:
    missing = [key for key in ("id", "reason_vi", "reason_en", "advice_vi", "advice_en") if not raw.get(key)]
    if missing or raw.get("result") not in RESULTS:
        raise InvalidInput("gate_incomplete", rule=str(raw.get("id")), key=(missing or ["result"])[0])
    return GateReason(
        rule_id=raw["id"],
        result=raw["result"],
        text=MappingProxyType({"vi": raw["reason_vi"], "en": raw["reason_en"]}),
        advice=MappingProxyType({"vi": raw["advice_vi"], "en": raw["advice_en"]}),
        document=raw.get("document", document),
    )


def _plain(reason: GateReason) -> dict[str, Any]:
    return {
        "id": reason.rule_id,
        "result": reason.result,
        "text": dict(reason.text),
        "advice": dict(reason.advice),
        "document": reason.document,
    }
