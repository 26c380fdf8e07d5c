"""Is a verified certificate enough to go in? Dated CertLogic rules over ``{payload, external}``: ``hc1.toml``.

`payload` is the certificate. `external` holds ``validationClock`` (ISO, UTC), ``today`` (ISO, Viet Nam's calendar),
``valueSets`` (accepted vaccines…) and ``terms`` (days and hours), both from the policy, and ``issuer``, ``iat``, ``exp``
(ISO) of the token. As in the EU's business rules, each rule that speaks of the certificate's kind must hold.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from types import MappingProxyType
from typing import Any

from lachan.kernel import policies
from lachan.kernel.certlogic import compile_rule
from lachan.kernel.certlogic.values import truth
from lachan.kernel.clock import local_day
from lachan.kernel.codes.hc1.dcc import KINDS
from lachan.kernel.codes.hc1.reading import Hc1
from lachan.kernel.errors import InvalidInput

__all__ = ["Entry", "EntryReason", "EntryRules"]


@dataclass(frozen=True, slots=True)
class EntryReason:
    """Why not: what a rule says when it doesn't hold, and the document behind it."""

    rule_id: str
    text: Mapping[str, str]
    document: str

    def to_json(self) -> dict[str, Any]:
        """{id, text: {vi, en}, document}."""
        return {"id": self.rule_id, "text": dict(self.text), "document": self.document}


@dataclass(frozen=True, slots=True)
class Entry:
    """`ok`, or the `reasons` why not, in the order of the rules."""

    ok: bool
    reasons: tuple[EntryReason, ...]
    ruleset: str


@dataclass(frozen=True, slots=True)
class _Rule:
    reason: EntryReason
    kinds: frozenset[str]
    source: Any
    run: Callable[[Any], Any]


@dataclass(frozen=True, slots=True)
class EntryRules:
    """The rules of one entry of the policy. `broken` speaks where a rule refuses its data: that is never ok."""

    entry: policies.Entry
    broken: EntryReason
    _rules: tuple[_Rule, ...]
    _external: Mapping[str, Any]

    @classmethod
    def at(cls, day: date) -> EntryRules:
        """The rules in force on a day of Vietnam's calendar. Raises InvalidInput policy_none_in_force, entry_rules_…,
        rule_…."""
        entry = policies.load("hc1").at(day)
        return _compiled(entry.valid_from, policies.policy_folders())

    @classmethod
    def of(cls, entry: policies.Entry) -> EntryRules:
        """The rules of an entry, each checked and compiled. For every kind of certificate there must be one."""
        payload = entry.payload
        rules = tuple(_rule(raw, entry.document) for raw in payload.get("rules", ()))
        spoken = frozenset().union(*(rule.kinds for rule in rules))
        if spoken != frozenset(KINDS) or len({rule.reason.rule_id for rule in rules}) != len(rules):
            raise InvalidInput("entry_rules_missing", version=entry.version)
        external = {"valueSets": _value_sets(payload), "terms": _terms(payload)}
        return cls(entry, _reason(payload.get("broken") or {}, entry.document), rules, external)

    @property
    def version(self) -> str:
        """``hc1/2021-12-20``."""
        return self.entry.version

    def check(self, certificate: Hc1, now: datetime) -> Entry:
        """Judge a certificate that `read` gave. Never raises: a rule that can't judge it asks a person to look."""
        data = {"payload": certificate.dcc, "external": self._about(certificate, now)}
        found = [self._said(rule, data) for rule in self._rules if certificate.kind in rule.kinds]
        reasons = {reason.rule_id: reason for reason in found if reason}
        return Entry(not reasons, tuple(reasons.values()), self.version)

    def to_json(self) -> dict[str, Any]:
        """For a device: {version, valid_from, valid_to, valueSets, terms, rules: [{id, kinds, when, text, document}],
        broken}."""
        rules = [
            {**rule.reason.to_json(), "kinds": sorted(rule.kinds), "when": rule.source}
            for rule in self._rules
        ]
        end = self.entry.valid_to
        dates = {
            "valid_from": self.entry.valid_from.isoformat(),
            "valid_to": None if end is None else end.isoformat(),
        }
        return {
            "version": self.version,
            **dates,
            **self._external,
            "rules": rules,
            "broken": self.broken.to_json(),
        }

    def _about(self, certificate: Hc1, now: datetime) -> dict[str, Any]:
        return {
            **self._external,
            "validationClock": _iso(now),
            "today": local_day(now).isoformat(),
            "issuer": certificate.issuer,
            "iat": _iso(certificate.issued_at),
            "exp": _iso(certificate.expires_at),
        }

    def _said(self, rule: _Rule, data: Any) -> EntryReason | None:
        try:
            return None if truth(rule.run(data)) is True else rule.reason
        except InvalidInput:
            return self.broken


def _iso(moment: datetime) -> str:
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@lru_cache(maxsize=32)
def _compiled(start: date, _folders: tuple[Any, ...]) -> EntryRules:
    return EntryRules.of(policies.load("hc1").at(start))


def _value_sets(payload: Mapping[str, Any]) -> dict[str, list[str]]:
    sets = payload.get("value_sets", {})
    if not all(type(item) is str for codes in sets.values() for item in codes):
        raise InvalidInput("entry_rules_values")
    return {name: list(codes) for name, codes in sets.items()}


def _terms(payload: Mapping[str, Any]) -> dict[str, int]:
    terms = payload.get("terms", {})
    if not all(type(value) is int for value in terms.values()):
        raise InvalidInput("entry_rules_terms")
    return dict(terms)


def _rule(raw: Mapping[str, Any], document: str) -> _Rule:
    reason, kinds = _reason(raw, document), frozenset(raw.get("kinds", KINDS))
    try:
        source = json.loads(raw.get("when", ""))
        run = compile_rule(source)
    except ValueError as error:
        raise InvalidInput("entry_rules_when", rule=reason.rule_id, reason=str(error)) from error
    if not kinds or not kinds <= frozenset(KINDS):
        raise InvalidInput("entry_rules_kinds", rule=reason.rule_id)
    return _Rule(reason, kinds, source, run)


def _reason(raw: Mapping[str, Any], document: str) -> EntryReason:
    missing = [key for key in ("id", "reason_vi", "reason_en") if not raw.get(key)]
    if missing:
        raise InvalidInput("entry_rules_incomplete", rule=str(raw.get("id")), key=missing[0])
    text = MappingProxyType({"vi": raw["reason_vi"], "en": raw["reason_en"]})
    return EntryReason(raw["id"], text, raw.get("document", document))
