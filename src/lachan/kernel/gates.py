"""What a gate says to one who wants through: dated CertLogic rules for each kind of place, the worst result winning.

The same decision is made on the officer's phone (``frontend/src/kernel/gates.ts``); shared vectors hold both together.

Context that rules may read (a missing key is None): ``how`` (see ``HOW``), ``verified``, ``fresh``, ``code_expired``,
``code_revoked``, ``code_forged``, ``declared_result`` (green, attention, stop), ``declared_age_h``,
``area_level_from`` (0 to 4), ``symptoms``, ``test_result`` (negative, positive), ``test_age_h``, ``doses``,
``days_since_last_dose``, ``days_since_recovery``, ``hold``, ``temperature`` (tenths of a degree Celsius, an integer,
since CertLogic knows no fractions), ``has_travel_paper``, ``paper_expired``, ``hc1_ok``, ``appointment`` (before, now,
after: where this moment stands to the booked hour of an appointment code), ``appointment_here`` (booked at this very
place), ``role`` (driver, companion, person), ``direction`` (in, out), ``bundle_stale``, ``bundle_expired``.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, get_args

from lachan.kernel import policies
from lachan.kernel.errors import InvalidInput
from lachan.kernel.rules import Reason, Rule, Scale, holding

GateResult = Literal["pass", "advise", "hold", "refer"]
RESULTS: tuple[GateResult, ...] = ("pass", "advise", "hold", "refer")
How = Literal["pass", "card", "claim", "national", "cccd", "bhyt", "hc1", "appointment", "manual", "count"]
HOW: tuple[How, ...] = get_args(How)
KINDS = ("checkpoint", "hospital", "factory", "office", "default")
GUARDS = ("code_forged", "code_revoked", "code_expired", "bundle_expired")
"""Context keys that forbid to pass, whatever the rules say; each has a reason of that name in the policy."""
GateReason = Reason[GateResult]
_SCALE: Scale[GateResult] = Scale(RESULTS, "gate")
_HOLD = RESULTS.index("hold")


@dataclass(frozen=True, slots=True)
class GateDecision:
    """``reasons``: those of the result that won first, then lesser ones; never empty."""

    result: GateResult
    reasons: tuple[GateReason, ...]
    ruleset: str


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
    rules: tuple[Rule[GateResult], ...]
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
        found = _SCALE.rules(_rules_of(entry.payload, kind), entry.document, entry.version)
        spoken = {
            name: _SCALE.reason(entry.payload.get(name) or {}, entry.document)
            for name in ("fallback", "broken", *GUARDS)
        }
        if any(_SCALE.rank(reason.result) < _HOLD for reason in spoken.values()):
            raise InvalidInput("gate_fallback_passes", version=entry.version, kind=kind)
        return cls(
            entry.version, kind, entry.valid_from, entry.valid_to, found, spoken.pop("fallback"),
            spoken.pop("broken"), MappingProxyType(spoken),
        )  # fmt: skip

    def decide(self, context: Mapping[str, Any]) -> GateDecision:
        """Decide. Never raises: a rule that can't judge these data asks a person to look."""
        found = [self.guards[key] for key in GUARDS if _warns(context.get(key))]
        found += holding(self.rules, dict(context), self.broken)
        reasons = _SCALE.worst_first(found or [self.fallback])
        return GateDecision(reasons[0].result, reasons, self.version)

    @property
    def spoken(self) -> tuple[GateReason, ...]:
        """Everything that this gate may say."""
        return (*(rule.reason for rule in self.rules), self.fallback, self.broken, *self.guards.values())

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


def _rules_of(payload: Mapping[str, Any], kind: str) -> list[Mapping[str, Any]]:
    """Those of every kind, then the kind's own; of two with one id its own stands."""
    kinds = payload.get("kinds", {})
    own = list((kinds.get(kind) or kinds.get("default") or {}).get("rules", ()))
    replaced = {rule.get("id") for rule in own}
    return [rule for rule in payload.get("common", ()) if rule.get("id") not in replaced] + own


def _warns(value: Any) -> bool:
    """Whether a guard's key is set: by anything but False and None, so that a mistake in it holds."""
    return value is not None and value is not False


def _plain(reason: GateReason) -> dict[str, Any]:
    return {
        "id": reason.rule_id,
        "result": reason.result,
        "text": dict(reason.text),
        "advice": dict(reason.advice),
        "document": reason.document,
    }
